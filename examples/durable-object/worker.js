import { createVerifier } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { durableObjectReplayStore } from "./store.js";

export { ReplayObject } from "./replay-object.js";

let verifier;
/** A Worker that handles each of Tailscale's requests once, wherever in the world it arrives. */
export default {
  fetch(request, env) {
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
//# sourceMappingURL=worker.js.map
