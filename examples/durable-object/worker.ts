import { createVerifier, type Verifier } from "@countersign/core";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { durableObjectReplayStore, type ReplayNamespace } from "./store.ts";

export { ReplayObject } from "./replay-object.ts";

export interface Env {
  readonly TAILSCALE_WEBHOOK_SECRET: string;
  readonly REPLAY: ReplayNamespace;
}

let verifier: Verifier<TailscaleEvent[]> | undefined;

/** A Worker that handles each of Tailscale's requests once, wherever in the world it arrives. */
export default {
  fetch(request: Request, env: Env): Promise<Response> {
    verifier ??= createVerifier(tailscale, {
      secret: env.TAILSCALE_WEBHOOK_SECRET,
      replay: durableObjectReplayStore(env.REPLAY),
    });
    return verifier.handle(request, ({ payload }) => {
      for (const event of payload) console.log(event.type, event.message);
      return new Response(null, { status: 204 });
    });
  },
};
