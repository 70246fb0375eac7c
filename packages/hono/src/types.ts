import type { Delivery } from "@countersign/core";

/** What the middleware adds to a route: `c.var.webhook`. */
export interface WebhookEnv<Payload> {
  Variables: {
    /** The proven delivery. */
    webhook: Delivery<Payload>;
  };
}
