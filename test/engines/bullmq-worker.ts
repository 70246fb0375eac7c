import { type BullmqJob, bullmqDelivery } from "@countersign/outbox/bullmq";
import { Queue, Worker } from "bullmq";
import { senderTo } from "./stand.ts";

/** A worker in a process of its own, which is killed. */
const [name = "", prefix = "", redis = "", url = ""] = process.argv.slice(2);
// A check for stalled jobs keeps all workers from the next for its own interval.
const pace = { lockDuration: 1_000, stalledInterval: 200 };
const connection = { url: redis, maxRetriesPerRequest: null };
const delivery = bullmqDelivery(new Queue(name, { connection, prefix }), senderTo(url));
new Worker(name, (job, token) => delivery.process(job as BullmqJob, token), {
  connection,
  prefix,
  ...pace,
});
