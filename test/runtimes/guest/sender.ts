/** The entry for the packed sender: sends past a guard and a resolver of its own, prints how each event ended. */
import { readFileSync } from "node:fs";
import process from "node:process";
import { createSender, never, type ResolvedAddress } from "@countersign/sender";

const [plain = "", secure = "", authority = ""] = process.argv.slice(2);

/** What each name resolves to, the first time and from then on. */
const NAMES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "good.example.com": [["127.0.0.1"]],
  "receiver.test": [["127.0.0.1"]],
  "private.example.com": [["10.0.0.1"]],
  "metadata.example.com": [["169.254.169.254"]],
  "mixed.example.com": [["127.0.0.1", "10.0.0.1"]],
  "gone.example.com": [[]],
  "rebinding.example.com": [["127.0.0.1"], ["10.0.0.1"]],
};
const asked: Record<string, number> = {};

async function resolve(name: string): Promise<readonly ResolvedAddress[]> {
  const times = asked[name] ?? 0;
  asked[name] = times + 1;
  const answers = NAMES[name] ?? [[]];
  return (answers[Math.min(times, answers.length - 1)] ?? []).map((address) => ({ address, family: 4 }));
}

const { port } = new URL(plain);
const names = ["good", "private", "metadata", "mixed", "gone", "rebinding"];
const sender = createSender({
  guard: { allow: ["127.0.0.0/8"], schemes: ["http", "https"] },
  resolve,
  endpoints: [
    { name: "literal", url: plain },
    { name: "trusted", url: secure, tls: { ca: readFileSync(authority, "utf8") } },
    { name: "untrusted", url: secure },
    { name: "tls to a private address", url: secure.replace("receiver.test", "private.example.com") },
    ...names.map((name) => ({ name, url: `http://${name}.example.com:${port}/hook` })),
  ].map((endpoint) => ({ ...endpoint, retry: never(), timeout: "5s" })),
});
const outcomes = await (await sender.send({ id: "evt_1", type: "t", data: { n: 1 } })).outcome();
await sender.close();
console.log(
  JSON.stringify({
    ended: Object.fromEntries(outcomes.map(({ endpoint, status, history }) => [endpoint, history[0]?.error ?? status])),
    lookups: asked["rebinding.example.com"],
  }),
);
