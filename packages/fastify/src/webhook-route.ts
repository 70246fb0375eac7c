import type { Payload, PayloadKind, Provider, StandardSchema, VerifierOptions } from "@countersign/core";
import type {
  FastifyContextConfig,
  FastifySchema,
  HTTPMethods,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
  RouteOptions,
} from "fastify";
import type { ParamsOf } from "./params.ts";
import { protect } from "./protect.ts";
import type { WebhookConfig, WebhookRequest } from "./types.ts";

/** The validator of the payload in `schema`: itself, or the `body` of Fastify's own. */
type PayloadSchema<Schema> = Schema extends StandardSchema
  ? Schema
  : Schema extends { readonly body: infer Body extends StandardSchema }
    ? Body
    : undefined;

/** The same, as a route's config would say it. */
type ConfigOf<P, Schema, Kind> = Record<
  "webhook",
  Record<"provider", P> & Record<"schema", PayloadSchema<Schema>> & Record<"payload", Kind>
>;

type FastifyOptions<Route extends RouteGenericInterface, Config> = RouteOptions<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Route,
  Config
>;

/** A route that takes one provider's webhooks: Fastify's options of a route, and those of a verifier. */
export interface WebhookRouteOptions<
  P extends Provider<any>,
  Url extends string,
  Schema extends StandardSchema | FastifySchema | undefined,
  Kind extends PayloadKind | undefined,
  Route extends RouteGenericInterface,
> extends Omit<
      VerifierOptions<
        PayloadSchema<Schema>,
        Kind,
        WebhookRequest<Route, ConfigOf<P, Schema, Kind>>,
        Payload<P, PayloadSchema<Schema>, Kind>
      >,
      "schema"
    >,
    Omit<FastifyOptions<Route, ConfigOf<P, Schema, Kind>>, "method" | "url" | "schema" | "config" | "handler"> {
  /** Whose webhooks the route takes: a row of `@countersign/core/providers`, or one of your own. */
  readonly provider: P;
  /** Where they are sent to. Its parameters type `request.params`. */
  readonly url: Url;
  /** Default: what the provider sends, mostly `POST`, and the method of its handshake if that is another. */
  readonly method?: HTTPMethods | HTTPMethods[];
  /**
   * Any Standard Schema validator (zod, valibot, arktype …), run on the proven payload; or Fastify's own schema for
   * `querystring`, `params`, `headers` and `response`, whose `body` may be such a validator.
   */
  readonly schema?: Schema;
  /** What else a route's config holds, for other plugins. */
  readonly config?: Omit<FastifyContextConfig, "webhook"> & Readonly<Record<string, unknown>>;
  /** Called with proven requests alone. */
  readonly handler: RouteHandlerMethod<
    RawServerDefault,
    RawRequestDefaultExpression,
    RawReplyDefaultExpression,
    Route,
    ConfigOf<P, Schema, Kind>
  >;
}

/** A whole route, for `app.route()` of an application of any kind. */
export type WebhookRoute = RouteOptions<any, any, any, any, any, any, any, any>;

/**
 * A whole route that lets only genuine, fresh, whole webhooks through to its handler: with its own parser, verification
 * and settling, so that nothing has to be registered and nothing can be forgotten. The delivery is `request.webhook`,
 * its payload also `request.body`. Everything else, of any content type, is answered with a bare status before a parser
 * sees it; `onReject` is told why.
 *
 * It takes the options of a verifier and those of a Fastify route. Where only `bodyLimit` is given, it is the `limit`. A
 * `secret` function is given the Fastify request as its second argument.
 *
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import Fastify from "fastify";
 * import { tailscale } from "@countersign/core/providers";
 * import { webhookRoute } from "@countersign/fastify";
 *
 * const app = Fastify();
 * app.route(
 *   webhookRoute({
 *     url: "/hooks/tailscale",
 *     provider: tailscale,
 *     secret: "tskey-webhook-xxxxx",
 *     async handler(request, reply) {
 *       for (const event of request.webhook.payload) console.log(event.type, event.message);
 *       return reply.code(204).send();
 *     },
 *   }),
 * );
 * ```
 */
export function webhookRoute<
  P extends Provider<any>,
  const Url extends string,
  Schema extends StandardSchema | FastifySchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
>(options: WebhookRouteOptions<P, Url, Schema, Kind, Record<"Params", ParamsOf<Url>>>): WebhookRoute;
/** Names the route's types itself: `webhookRoute<{ Querystring: { region: string } }, typeof tailscale>({ … })`. */
export function webhookRoute<
  Route extends RouteGenericInterface,
  P extends Provider<any> = Provider<any>,
  Schema extends StandardSchema | FastifySchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
>(options: WebhookRouteOptions<P, string, Schema, Kind, Route>): WebhookRoute;
export function webhookRoute(options: WebhookRouteOptions<any, any, any, any, any>): WebhookRoute {
  const { route, webhook } = divide(options);
  const { methods = ["POST"], handshake } = webhook.provider ?? {};
  const { method: open } = handshake ?? {};
  route.method ??= open === undefined || methods.includes(open) ? [...methods] : [...methods, open];
  protect(route, webhook);
  return route;
}

/** Fastify's options; whatever else is given must be an option of the verifier, which refuses what it does not know. */
const ROUTE: Readonly<Record<keyof RouteOptions, true>> = {
  method: true,
  url: true,
  schema: true,
  handler: true,
  config: true,
  attachValidation: true,
  exposeHeadRoute: true,
  validatorCompiler: true,
  serializerCompiler: true,
  schemaErrorFormatter: true,
  bodyLimit: true,
  handlerTimeout: true,
  logLevel: true,
  logSerializers: true,
  constraints: true,
  prefixTrailingSlash: true,
  errorHandler: true,
  childLoggerFactory: true,
  onRequest: true,
  preParsing: true,
  preValidation: true,
  preHandler: true,
  preSerialization: true,
  onSend: true,
  onResponse: true,
  onTimeout: true,
  onError: true,
  onRequestAbort: true,
};

function divide({ schema, ...options }: WebhookRouteOptions<any, any, any, any, any>): {
  route: WebhookRoute;
  webhook: WebhookConfig;
} {
  const route: Record<string, unknown> = {};
  const webhook: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) (Object.hasOwn(ROUTE, name) ? route : webhook)[name] = value;
  if (isValidator(schema)) webhook.schema = schema;
  else if (isValidator(schema?.body)) {
    const { body, ...rest } = schema;
    webhook.schema = body;
    route.schema = rest;
  } else if (schema !== undefined) route.schema = schema;
  return { route: route as unknown as WebhookRoute, webhook: webhook as unknown as WebhookConfig };
}

function isValidator(value: unknown): value is StandardSchema {
  return typeof (value as StandardSchema | undefined)?.["~standard"]?.validate === "function";
}
