import type { Delivery, Payload, PayloadKind, Provider, StandardSchema, VerifierOptions } from "@countersign/core";
import type {
  ContextConfigDefault,
  FastifyBaseLogger,
  FastifyRequest,
  FastifySchema,
  FastifyTypeProviderDefault,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
} from "fastify";

/** A request whose parameters are not typed: a route's config does not know what its path says. */
type AnyRequest = FastifyRequest<
  RouteGenericInterface,
  RawServerDefault,
  RawRequestDefaultExpression,
  FastifySchema,
  FastifyTypeProviderDefault,
  ContextConfigDefault,
  FastifyBaseLogger,
  Record<"params" | "query", any> & Record<"headers" | "body", unknown>
>;

/** What a route says in `config.webhook`: the provider, and the options of its verifier. */
export type WebhookConfig<
  P extends Provider<any> = Provider<any>,
  Schema extends StandardSchema | undefined = StandardSchema | undefined,
  Kind extends PayloadKind | undefined = PayloadKind | undefined,
> = {
  /** Whose webhooks the route takes: a row of `@countersign/core/providers`, or one of your own. */
  readonly provider: P;
} & VerifierOptions<Schema, Kind, AnyRequest>;

/** What hooks, handlers and lookups of `webhookRoute()` are given: `params` and `webhook` have the types of that very route. */
export type WebhookRequest<Route extends RouteGenericInterface, Config> = FastifyRequest<
  Route,
  RawServerDefault,
  RawRequestDefaultExpression,
  FastifySchema,
  FastifyTypeProviderDefault,
  Config
>;

/** The payload that a route gives its handler: the one that its generics name, else the one of its config. */
type PayloadIn<Route, Config> = Route extends { readonly Webhook: infer Named }
  ? Named
  : Config extends { readonly webhook: infer Webhook }
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
    /**
     * The proven delivery, on a route that is protected; anywhere else, where the plugin is registered, reading it
     * throws. A route that names its own generics names the payload among them: `Webhook`, beside `Params`.
     */
    webhook: Delivery<PayloadIn<RouteGeneric, ContextConfig>>;
  }
  interface FastifyContextConfig {
    /**
     * Lets only genuine webhooks through to this route, where the plugin is registered. What a request's
     * `routeOptions.config` shows of it is the provider alone: the secret is kept elsewhere.
     */
    webhook?: WebhookConfig<any, any, PayloadKind | undefined>;
  }
}
