import { pgBossDelivery } from "@countersign/outbox/pg-boss";
import { PgBoss } from "pg-boss";
import { senderTo } from "./stand.ts";

/** A worker in a process of its own, which is killed. */
const [schema = "", connectionString = "", url = "", queue = ""] = process.argv.slice(2);
const boss = new PgBoss({ connectionString, schema, supervise: false, schedule: false, max: 2 });
boss.on("error", () => {});
await boss.start();
await pgBossDelivery(boss, senderTo(url), { queue }).work();
