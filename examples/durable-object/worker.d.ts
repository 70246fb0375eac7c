import { type ReplayNamespace } from "./store.ts";

export { ReplayObject } from "./replay-object.ts";
export interface Env {
  readonly TAILSCALE_WEBHOOK_SECRET: string;
  readonly REPLAY: ReplayNamespace;
}
/** A Worker that handles each of Tailscale's requests once, wherever in the world it arrives. */
declare const _default: {
  fetch(request: Request, env: Env): Promise<Response>;
};
export default _default;
//# sourceMappingURL=worker.d.ts.map
