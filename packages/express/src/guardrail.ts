import {
  guardrail as createGuardrail,
  type Decide,
  type GuardrailOptions,
  type Payload,
  type PayloadKind,
  type Provider,
  type StandardSchema,
} from "@countersign/core";
import type { Request, RequestHandler } from "express";

/**
 * A route handler that answers a synchronous hook with a decision, whatever happens; see `guardrail` of
 * `@countersign/core`.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import express from "express";
 * import { allow, block } from "@countersign/core";
 * import { aperture } from "@countersign/core/providers";
 * import { guardrail } from "@countersign/express";
 *
 * const app = express();
 * app.post(
 *   "/guard",
 *   guardrail(aperture({ event: "pre_request" }), { secret: "a key" }, ({ payload }) =>
 *     payload.metadata.model === "forbidden" ? block({ message: "Not this model." }) : allow(),
 *   ),
 * );
 * ```
 */
export function guardrail<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
>(
  provider: P,
  options: GuardrailOptions<Schema, Kind, Request, Payload<P, Schema, Kind>>,
  decide: Decide<Payload<P, Schema, Kind>, Request>,
): RequestHandler {
  const guard = createGuardrail(provider, options, decide);
  return function guardRequest(req, res, next) {
    guard.handleIncoming(req, res, req).catch(next);
  };
}
