/** A script whose author forgot `close()`: sends one event and says when it has ended. Started by exit.test.ts. */
import { createSender, type EndpointOptions, waits } from "@countersign/sender";
import { loopback } from "../loopback.ts";

const [url = "", own = "{}"] = process.argv.slice(2);
const sender = createSender({
  guard: loopback,
  endpoints: [{ name: "e", url, retry: waits(["1500ms"]), ...(JSON.parse(own) as Partial<EndpointOptions>) }],
});
const handle = await sender.send({ type: "t", data: {} });
void handle.outcome().then(([outcome]) => console.log(`${outcome?.status} ${outcome?.attempts}`));
