/** The contract of replay stores, run by workerd against the example's Durable Object. */
import { replayStoreContract } from "@countersign/core/testing";
import { ReplayObject as Example } from "./replay-object.ts";
import { durableObjectReplayStore, type ReplayNamespace } from "./store.ts";
import worker, { type Env } from "./worker.ts";

// Objects and Worker share one isolate, so that the test can let the objects' time pass.
let elapsed = 0;

export class ReplayObject extends Example {
  protected override now(): number {
    return Date.now() + elapsed;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname === "/hooks") return worker.fetch(request, env);
    const failures: string[] = [];
    const cases = replayStoreContract(() => ({
      store: durableObjectReplayStore(env.REPLAY as ReplayNamespace),
      elapse: (milliseconds) => {
        elapsed += milliseconds;
      },
    }));
    for (const { name, run } of cases) {
      await run().catch((error: Error) => failures.push(`${name}: ${error.message}`));
    }
    return Response.json({ cases: cases.length, failures });
  },
};
