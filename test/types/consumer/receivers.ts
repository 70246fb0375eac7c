/** What a stranger's project would hold. Compiled against the packed packages, with each end of the peer ranges. */
import { createVerifier, type FormPayload, memoryReplayStore } from "@countersign/core";
import {
  aperture,
  github,
  type StripeEvent,
  slack,
  stripe,
  type TailscaleEvent,
  tailscale,
} from "@countersign/core/providers";
import { guardrail as expressGuardrail, webhook as expressWebhook, keepRawBody } from "@countersign/express";
import { guardrail as fastifyGuardrail, webhookRoute, webhooks } from "@countersign/fastify";
import { guardrail as honoGuardrail, webhook as honoWebhook } from "@countersign/hono";
import express from "express";
import Fastify from "fastify";
import { type Context, Hono } from "hono";
import { env } from "hono/adapter";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where the value has exactly the type: `any`, `unknown` and `never` are not good enough. */
const typed =
  <Expected>() =>
  <Actual>(value: Actual, _: Same<Actual, Expected> extends true ? true : never): Actual =>
    value;

const secret = "a long random secret";
const replay = memoryReplayStore();
interface Order {
  order: string;
}
const schema = {
  "~standard": { version: 1, vendor: "mine", validate: (value: unknown) => ({ value: value as Order }) },
} as {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => { readonly value: Order };
    readonly types?: { readonly input: unknown; readonly output: Order };
  };
};

export async function onCore(request: Request): Promise<void> {
  typed<StripeEvent>()((await createVerifier(stripe, { secret }).verifyRequest(request)).payload, true);
  const keyed = createVerifier(stripe, { secret, replay, key: (delivery) => delivery.payload.id });
  typed<StripeEvent>()((await keyed.verifyRequest(request)).payload, true);
  const json = createVerifier(tailscale, { secret, payload: "json" });
  typed<TailscaleEvent[]>()((await json.verifyRequest(request)).payload, true);
  const raw = createVerifier(stripe, { secret, payload: "raw", replay, key: (d) => String(d.payload.byteLength) });
  typed<Uint8Array>()((await raw.verifyRequest(request)).payload, true);
  const form = createVerifier(slack, { secret, payload: "form" });
  typed<FormPayload>()((await form.verifyRequest(request)).payload, true);
  const own = createVerifier(github, { secret, schema, replay, key: (delivery) => delivery.payload.order });
  typed<Order>()((await own.verifyRequest(request)).payload, true);
}

export function narrowed(event: TailscaleEvent): unknown {
  // @ts-expect-error There is no such event.
  if (event.type === "nodeCreatd") return undefined;
  return event.type === "policyUpdate" ? event.data?.newPolicy : String(event.type);
}

export function onExpress() {
  const app = express();
  app.use(express.json({ verify: keepRawBody }));
  app.post("/hooks/:tenant", expressWebhook(tailscale, { secret }), (req, res) => {
    typed<TailscaleEvent[]>()(req.webhook.payload, true);
    typed<string>()(req.params.tenant, true);
    // @ts-expect-error The path has no such parameter.
    req.params.tennant;
    res.sendStatus(204);
  });
  app.post("/order", expressWebhook(github, { secret: (_, req) => req.originalUrl, schema }), (req, res) => {
    typed<Order>()(req.webhook.payload, true);
    res.end();
  });
  app.post(
    "/guard",
    expressGuardrail(aperture({ event: "pre_request" }), { secret }, () => ({ action: "allow" })),
  );
  return app;
}

export function onFastify() {
  const app = Fastify();
  app.register(webhooks);
  app.route(
    webhookRoute({
      url: "/hooks/:tenant",
      provider: tailscale,
      secret: (_, request) => request.params.tenant,
      bodyLimit: 1000,
      preHandler: async () => {},
      async handler(request, reply) {
        typed<TailscaleEvent[]>()(request.webhook.payload, true);
        typed<string>()(request.params.tenant, true);
        return reply.code(204).send();
      },
    }),
  );
  app.route(
    webhookRoute<{ Querystring: { region: string } }, typeof stripe>({
      url: "/stripe",
      provider: stripe,
      secret,
      replay,
      key: (delivery) => delivery.payload.id,
      handler: async (request) => {
        typed<StripeEvent>()(request.webhook.payload, true);
        typed<string>()(request.query.region, true);
      },
    }),
  );
  app.post("/config", { config: { webhook: { provider: github, secret, schema } } }, async (request) => {
    typed<Order>()(request.webhook.payload, true);
  });
  app.post<{ Params: { tenant: string }; Webhook: TailscaleEvent[] }>(
    "/config/:tenant",
    { config: { webhook: { provider: tailscale, secret: (_, request) => request.params.tenant } } },
    async (request) => {
      typed<TailscaleEvent[]>()(request.webhook.payload, true);
      typed<string>()(request.params.tenant, true);
    },
  );
  const guard = fastifyGuardrail(aperture({ event: "pre_request" }), { secret }, () => ({ action: "allow" }));
  app.route({ method: "POST", url: "/guard", ...guard });
  return app;
}

export function onHono() {
  type Bindings = { SECRET: string };
  const app = new Hono<{ Bindings: Bindings }>();
  app.post("/hooks", honoWebhook(tailscale, { secret: (_, c) => env<Bindings>(c).SECRET }), (c) => {
    typed<TailscaleEvent[]>()(c.var.webhook.payload, true);
    typed<string>()(c.env.SECRET, true);
    return c.body(null, 204);
  });
  app.post(
    "/order",
    honoWebhook(github, { secret: (_, c: Context<{ Bindings: Bindings }>) => c.env.SECRET, schema }),
    (c) => {
      typed<Order>()(c.var.webhook.payload, true);
      return c.body(null, 204);
    },
  );
  // @ts-expect-error Nothing says which variables there are.
  honoWebhook(github, { secret: (_, c) => c.env.SECERT });
  const guard = honoGuardrail(aperture({ event: "pre_request" }), { secret }, () => ({ action: "allow" }));
  app.post("/guard", guard);
  return app;
}
