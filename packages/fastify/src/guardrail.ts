import {
  guardrail as createGuardrail,
  type Decide,
  type GuardrailOptions,
  type Payload,
  type PayloadKind,
  type Provider,
  type StandardSchema,
} from "@countersign/core";
import type { FastifyRequest, onRequestHookHandler } from "fastify";

/** The part of a route that answers by itself: spread it into the route's options. */
export interface GuardrailRoute {
  /** Verifies, decides and answers, before any parser runs. */
  onRequest: onRequestHookHandler;
  /** Never called, because `onRequest` has answered; Fastify does not declare a route without one. */
  handler: () => Promise<void>;
}

/**
 * A route that answers a synchronous hook with a decision, whatever happens; see `guardrail` of `@countersign/core`.
 * It answers before any parser runs and needs no plugin.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import Fastify from "fastify";
 * import { allow, block } from "@countersign/core";
 * import { aperture } from "@countersign/core/providers";
 * import { guardrail } from "@countersign/fastify";
 *
 * const app = Fastify();
 * app.route({
 *   method: "POST",
 *   url: "/guard",
 *   ...guardrail(aperture({ event: "pre_request" }), { secret: "a key" }, ({ payload }) =>
 *     payload.metadata.model === "forbidden" ? block({ message: "Not this model." }) : allow(),
 *   ),
 * });
 * ```
 */
export function guardrail<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
>(
  provider: P,
  options: GuardrailOptions<Schema, Kind, FastifyRequest, Payload<P, Schema, Kind>>,
  decide: Decide<Payload<P, Schema, Kind>, FastifyRequest>,
): GuardrailRoute {
  const guard = createGuardrail(provider, options, decide, (request) => request.log);
  return {
    onRequest: function guardRequest(request, reply) {
      reply.hijack();
      guard.handleIncoming(request.raw, reply.raw, request).catch((error: Error) => {
        request.log.error({ err: error }, "guardrail failed");
        reply.raw.destroy(error);
      });
    },
    async handler() {},
  };
}
