import {
  guardrail as createGuardrail,
  type Decide,
  type GuardrailOptions,
  type Payload,
  type PayloadKind,
  type Provider,
  type StandardSchema,
} from "@countersign/core";
import type { Context, Env, Handler } from "hono";
import { bufferedBody } from "./buffered.ts";
import type { UnknownEnv } from "./types.ts";

/**
 * A route handler that answers a synchronous hook with a decision, whatever happens; see `guardrail` of
 * `@countersign/core`.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import { type Context, Hono } from "hono";
 * import { env } from "hono/adapter";
 * import { allow, block } from "@countersign/core";
 * import { aperture } from "@countersign/core/providers";
 * import { guardrail } from "@countersign/hono";
 *
 * const app = new Hono();
 * const secret = (_: unknown, c: Context) => env<{ APERTURE_KEY: string }>(c).APERTURE_KEY;
 * app.post(
 *   "/guard",
 *   guardrail(aperture({ event: "pre_request" }), { secret }, ({ payload }) =>
 *     payload.metadata.model === "forbidden" ? block({ message: "Not this model." }) : allow(),
 *   ),
 * );
 * ```
 */
export function guardrail<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  E extends Env = UnknownEnv,
>(
  provider: P,
  options: GuardrailOptions<Schema, Kind, Context<E>, Payload<P, Schema, Kind>>,
  decide: Decide<Payload<P, Schema, Kind>, Context<E>>,
): Handler<E> {
  const guard = createGuardrail(provider, options, decide);
  return async function guardRequest(c) {
    return guard.handle(c.req.raw, c, await bufferedBody(c));
  };
}
