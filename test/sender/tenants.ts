/**
 * A process of its own, so that its descriptors can be counted out: a sender with many endpoints, each with a few
 * events. Says at the end what was recorded.
 */
import { text } from "node:stream/consumers";
import { createSender, type LimitOptions } from "@countersign/sender";

/** What the process is told. */
export interface Plan {
  readonly port: number;
  /** The host of each endpoint. */
  readonly hosts: readonly string[];
  readonly events: number;
  readonly limits: LimitOptions;
}

/** What it says. */
export interface Told {
  /** How many events ended how. */
  readonly ended: Readonly<Record<string, number>>;
  /** How many attempts had which error. */
  readonly errors: Readonly<Record<string, number>>;
  /** How often the machine had nothing left. */
  readonly machine: number;
}

const { port, hosts, events, limits } = JSON.parse(await text(process.stdin)) as Plan;
const ended: Record<string, number> = {};
const errors: Record<string, number> = {};
let machine = 0;
const count = (counts: Record<string, number>, what: string) => {
  counts[what] = (counts[what] ?? 0) + 1;
};
const sender = createSender({
  guard: { allow: ["127.0.0.0/8"], schemes: ["http"] },
  limits,
  resolve: async () => [{ address: "127.0.0.1", family: 4 }],
  endpoints: hosts.map((host, index) => ({ name: `e${index}`, url: `http://${host}:${port}/e${index}` })),
  hooks: {
    attempt: ({ attempt: { error, message } }) => {
      if (error !== undefined) count(errors, `${error}: ${message}`);
    },
    failure: ({ where }) => {
      if (where === "machine") machine += 1;
    },
  },
});
const handles = [];
for (let n = 0; n < events; n += 1) handles.push(await sender.send({ type: "t", data: n }));
for (const handle of handles) for (const { status } of await handle.outcome()) count(ended, status);
await sender.close();
console.log(JSON.stringify({ ended, errors, machine } satisfies Told));
