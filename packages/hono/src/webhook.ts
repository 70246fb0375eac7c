import type {
  NodeRequest,
  NodeResponse,
  Payload,
  PayloadKind,
  Provider,
  StandardSchema,
  VerifierOptions,
} from "@countersign/core";
import { admitRequest, createReceiver, withholdFrom } from "@countersign/core/adapter";
import type { Context, Env, MiddlewareHandler } from "hono";
import { bufferedBody, handOn } from "./buffered.ts";
import type { UnknownEnv, WebhookEnv } from "./types.ts";

/**
 * Middleware that lets only genuine, fresh, whole webhooks through to the next handler, which finds the delivery in
 * `c.var.webhook`. Everything else is answered with a bare status; `onReject` is told why.
 *
 * A `secret` function is given Hono's context as its second argument. Hono's `env(c)` finds the variables of every
 * runtime; for `c.env`, which Node has not, name the application's types: `(_, c: Context<AppEnv>) => c.env.SECRET`.
 * Behind the middleware `c.req.json()`, `text()` and `arrayBuffer()` give the verified bytes; `c.req.raw` was read and is empty.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { env } from "hono/adapter";
 * import { tailscale } from "@countersign/core/providers";
 * import { webhook } from "@countersign/hono";
 *
 * type Secrets = { TAILSCALE_WEBHOOK_SECRET: string };
 * const app = new Hono();
 * app.post("/hooks/tailscale", webhook(tailscale, { secret: (_, c) => env<Secrets>(c).TAILSCALE_WEBHOOK_SECRET }), (c) => {
 *   for (const event of c.var.webhook.payload) console.log(event.type, event.message);
 *   return c.body(null, 204);
 * });
 * ```
 */
export function webhook<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  E extends Env = UnknownEnv,
>(
  provider: P,
  options: VerifierOptions<Schema, Kind, Context<E>, Payload<P, Schema, Kind>>,
): MiddlewareHandler<E & WebhookEnv<Payload<P, Schema, Kind>>> {
  const receiver = createReceiver<Context>(provider, options as VerifierOptions<Schema, Kind, Context>);
  return async function verifyWebhook(c, next) {
    const pending = bufferedBody(c);
    const node = c.env as NodeBindings | undefined;
    const buffered = pending === undefined ? undefined : await pending;
    const response = await admitRequest(receiver, {
      request: c.req.raw,
      context: c,
      buffered,
      incoming: node?.incoming,
      outgoing: node?.outgoing,
      async handle(delivery) {
        c.set("webhook", delivery);
        if (withholdFrom(delivery, c.req.raw.headers)) hideHeaders(c, delivery.withheld);
        handOn(c, delivery.body);
        await next();
        return c.res;
      },
      failed: () => c.error !== undefined,
    });
    if (!c.finalized) return response;
    if (response !== c.res) c.res = response;
    return undefined;
  };
}

/** Hono's own reader of headers does not find them; `c.req.raw` has them still. */
function hideHeaders(c: Context, withheld: Readonly<Record<string, string>>): void {
  const { req } = c;
  const header = req.header.bind(req) as (name?: string) => string | undefined | Record<string, string>;
  req.header = ((name?: string) => {
    if (name !== undefined) return name.toLowerCase() in withheld ? undefined : header(name);
    const all = header() as Record<string, string>;
    return Object.fromEntries(Object.entries(all).filter(([each]) => !(each in withheld)));
  }) as typeof req.header;
}

/** What `@hono/node-server` hands to the application. */
interface NodeBindings {
  readonly incoming?: NodeRequest;
  readonly outgoing?: NodeResponse;
}
