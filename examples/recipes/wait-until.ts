/** A Worker that answers first and works later: `waitUntil` keeps it alive until the delivery is settled. */
import { createVerifier, type Verifier } from "@countersign/core";
import { type StripeEvent, stripe } from "@countersign/core/providers";
import { type Database, d1ReplayStore } from "../d1/store.ts";

type Env = { STRIPE_WEBHOOK_SECRET: string; REPLAY: Database<any>; work(event: StripeEvent): Promise<void> };
let verifier: Verifier<StripeEvent> | undefined;

export default {
  fetch(request: Request, env: Env, ctx: { waitUntil(promise: Promise<unknown>): void }): Promise<Response> {
    verifier ??= createVerifier(stripe, {
      secret: env.STRIPE_WEBHOOK_SECRET,
      replay: d1ReplayStore(env.REPLAY),
      settle: "manual",
    });
    return verifier.handle(request, (delivery) => {
      const working = env.work(delivery.payload);
      // After a 2xx the provider sends no retry: work that fails is for you to try again.
      const failed = (error: unknown) => delivery.release().then(() => console.error(error));
      ctx.waitUntil(working.then(() => delivery.commit(), failed));
      return new Response(null, { status: 202 });
    });
  },
};
