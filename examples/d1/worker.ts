import { createVerifier, type Verifier } from "@countersign/core";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { type Database, d1ReplayStore } from "./store.ts";

export interface Env {
  readonly TAILSCALE_WEBHOOK_SECRET: string;
  readonly REPLAY: Database<any>;
}

let verifier: Verifier<TailscaleEvent[]> | undefined;

/** A Worker that handles each of Tailscale's requests once, wherever in the world it arrives. */
export default {
  fetch(request: Request, env: Env): Promise<Response> {
    verifier ??= createVerifier(tailscale, {
      secret: env.TAILSCALE_WEBHOOK_SECRET,
      replay: d1ReplayStore(env.REPLAY),
    });
    return verifier.handle(request, ({ payload }) => {
      for (const event of payload) console.log(event.type, event.message);
      return new Response(null, { status: 204 });
    });
  },
};
