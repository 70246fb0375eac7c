/** One process of the fleet: a framework, a store, and a log that outlives it. */
import { defineReplayStore, replayKeyOf, type StoreFailure } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { CLIENTS, type ClientName } from "../clients.ts";
import { type AdapterName, HARNESSES } from "../harnesses.ts";
import { pause } from "../until.ts";
import { logTo, now } from "./log.ts";

/** What a worker serves, and where it writes down what it did. */
export interface Orders {
  readonly client: ClientName;
  readonly adapter: AdapterName;
  readonly url: string;
  readonly space: string;
  readonly secret: string;
  readonly lease: string;
  readonly wait: string;
  /** After how many milliseconds a connection that does not answer is given up. */
  readonly patience: number;
  readonly log: string;
}

// What the stores say to the operator is part of every outage here.
console.error = () => {};

process.once("message", async ({ client, adapter, url, space, secret, lease, wait, patience, log }: Orders) => {
  const write = logTo(log);
  /** By key, who holds it here. */
  const tokens = new Map<string, string>();
  // Where the store is away at the start, whoever supervises the process starts it again.
  const { store } = await CLIENTS[client](url, space, patience).catch(() => process.exit(1));
  const logged = defineReplayStore({
    claim: (key, token, ...rest) =>
      tell("claim", key, token, async () => {
        const state = await store.claim(key, token, ...rest);
        if (state === "new") tokens.set(key, token);
        return state;
      }),
    commit: (key, token, ...rest) => tell("commit", key, token, () => store.commit(key, token, ...rest)),
    release: (key, token) => {
      // It may reach the store although its answer never comes back.
      write({ what: "asked", key, token });
      return store.release(key, token);
    },
    extend: (key, token, ...rest) => tell("extend", key, token, () => store.extend(key, token, ...rest)),
  });
  async function tell<T>(
    what: "claim" | "extend" | "commit",
    key: string,
    token: string,
    ask: () => T | Promise<T>,
  ): Promise<T> {
    const asked = now();
    const answer = await ask();
    write({ what, asked, key, token, answer });
    return answer;
  }

  const failed = new Set<string>();
  const harness = await HARNESSES[adapter]();
  const { port } = await harness.start({
    provider: standardWebhooks,
    options: {
      secret,
      log: false,
      replay: {
        store: logged,
        lease,
        wait,
        onFailure: ({ operation, reason, key }: StoreFailure) => write({ what: "told", operation, reason, key }),
      },
    },
    async handler({ delivery }) {
      const event = delivery.id as string;
      const { takes, fails } = delivery.payload.data as { takes: number; fails: boolean };
      const token = tokens.get(await replayKeyOf(standardWebhooks, event));
      if (token === undefined) throw new Error(`${event} is handled without a claim.`);
      write({ what: "begun", event, token });
      await pause(takes);
      const fail = fails && !failed.has(event);
      failed.add(event);
      write({ what: fail ? "failed" : "handled", event, token });
      return { status: fail ? 500 : 204 };
    },
  });
  process.send?.({ serving: port });
});
process.on("disconnect", () => process.exit(0));
