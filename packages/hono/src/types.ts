import type { Delivery } from "@countersign/core";

/** What the middleware adds to a route: `c.var.webhook`. */
export interface WebhookEnv<Payload> {
  /** What Hono merges into `c.var` of the handlers behind the middleware. */
  Variables: {
    /** The proven delivery: its payload, bytes, time and key, and `commit()` and `release()`. */
    webhook: Delivery<Payload>;
  };
}

/**
 * What a `secret` function is given when nothing says which application it is for: Hono's context, with a `c.env` that
 * has no names. Hono's `env<Secrets>(c)` reads them on every runtime; an annotation (`c: Context<AppEnv>`) types `c.env`.
 */
export interface UnknownEnv {
  /** No name is known, so that none can be misspelt. Optional, as `env()` of Hono before 4.7 takes no other context. */
  Bindings?: Record<never, never>;
}
