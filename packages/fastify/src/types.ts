import type { Delivery, Payload, PayloadKind, Provider, StandardSchema, VerifierOptions } from "@countersign/core";
import type { FastifyRequest } from "fastify";

/** What a route says in `config.webhook`: the provider, and the options of its verifier. */
export type WebhookConfig<
  P extends Provider<any> = Provider<any>,
  Schema extends StandardSchema | undefined = StandardSchema | undefined,
  Kind extends PayloadKind | undefined = PayloadKind | undefined,
> = {
  /** Whose webhooks the route takes: a row of `@countersign/core/providers`, or one of your own. */
  readonly provider: P;
} & VerifierOptions<Schema, Kind, FastifyRequest>;

/** The payload that a route's own config gives its handler. */
type PayloadIn<Config> = Config extends { readonly webhook: infer Webhook }
  ? Webhook extends { readonly provider: infer P }
    ? Payload<
        P,
        Webhook extends { readonly schema: infer Schema } ? Schema : undefined,
        Webhook extends { readonly payload: infer Kind } ? Kind : undefined
      >
    : unknown
  : unknown;

declare module "fastify" {
  interface FastifyRequest<RouteGeneric, RawServer, RawRequest, SchemaCompiler, TypeProvider, ContextConfig> {
    /** The proven delivery, on routes with `config.webhook`. */
    webhook: Delivery<PayloadIn<ContextConfig>>;
  }
  interface FastifyContextConfig {
    /** Lets only genuine webhooks through to this route; without it the plugin leaves the route alone. */
    webhook?: WebhookConfig<any, any, PayloadKind | undefined>;
  }
}
