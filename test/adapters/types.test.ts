import { createVerifier, type Delivery, type FormPayload, memoryReplayStore } from "@countersign/core";
import {
  type GitHubEvent,
  github,
  type SlackPayload,
  type StalwartPayload,
  slack,
  stalwart,
  type TailscaleEvent,
  tailscale,
  tappass,
} from "@countersign/core/providers";
import { webhook as expressWebhook } from "@countersign/express";
import { webhookRoute, webhooks } from "@countersign/fastify";
import { webhook as honoWebhook } from "@countersign/hono";
import express from "express";
import Fastify, { type FastifyRequest, type FastifyTypeProvider } from "fastify";
import { type Context, Hono } from "hono";
import { env } from "hono/adapter";
import * as v from "valibot";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";

const secret = "secret";
interface LikeZod extends FastifyTypeProvider {
  readonly validator: this["schema"] extends z.ZodType ? z.output<this["schema"]> : unknown;
}
const zodSchema = z.object({ zen: z.string().transform((text) => text.length) });
const valibotSchema = v.object({ zen: v.pipe(v.string(), v.transform(Number)) });

// The types are what is tested: `tsc` fails where one is not as it says here.
describe("the payload's type travels to the handler", () => {
  test("core", () => {
    expectTypeOf(createVerifier(tailscale, { secret }).verify).returns.resolves.toEqualTypeOf<
      Delivery<TailscaleEvent[]>
    >();
    expectTypeOf(createVerifier(github, { secret, payload: "raw" }).verify).returns.resolves.toEqualTypeOf<
      Delivery<Uint8Array>
    >();
    expectTypeOf(createVerifier(github, { secret, payload: "form" }).verify).returns.resolves.toEqualTypeOf<
      Delivery<FormPayload>
    >();
    expectTypeOf(createVerifier(github, { secret, payload: "json" }).verify).returns.resolves.toEqualTypeOf<
      Delivery<GitHubEvent>
    >();
    expectTypeOf(createVerifier(github, { secret, schema: zodSchema }).verify).returns.resolves.toEqualTypeOf<
      Delivery<{ zen: number }>
    >();
    expectTypeOf(createVerifier(github, { secret, schema: valibotSchema }).verify).returns.resolves.toEqualTypeOf<
      Delivery<{ zen: number }>
    >();
  });

  test("Express", () => {
    const app = express();
    app.post("/", expressWebhook(tailscale, { secret }), (req, res) => {
      expectTypeOf(req.webhook).toEqualTypeOf<Delivery<TailscaleEvent[]>>();
      res.end();
    });
    app.post("/:id", expressWebhook(stalwart, { secret }), (req, _res, next) => {
      expectTypeOf(req.webhook.payload).toEqualTypeOf<StalwartPayload>();
      next();
    });
    app.all("/", expressWebhook(github, { secret, schema: zodSchema }), (req) => {
      expectTypeOf(req.webhook.payload).toEqualTypeOf<{ zen: number }>();
    });
    app.post("/", expressWebhook(github, { secret, schema: valibotSchema }), (req) => {
      expectTypeOf(req.webhook.payload).toEqualTypeOf<{ zen: number }>();
    });
    app.post("/", expressWebhook(slack, { secret, payload: "raw" }), (req) => {
      expectTypeOf(req.webhook.payload).toEqualTypeOf<Uint8Array>();
    });
    app.post("/", expressWebhook(slack, { secret, payload: "form" }), (req) => {
      expectTypeOf(req.webhook.payload).toEqualTypeOf<FormPayload>();
    });
    express.Router().post("/", expressWebhook(tappass<{ mine: 1 }>({ header: "x-key" }), { secret }), (req) => {
      expectTypeOf(req.webhook.payload).toEqualTypeOf<{ mine: 1 }>();
    });
    app.post("/", expressWebhook(slack, { secret: async (_head, req) => String(req.params.tenant) }), (req) => {
      expectTypeOf(req.webhook.payload).toEqualTypeOf<SlackPayload>();
    });
    app.get("/", (req) => {
      expectTypeOf(req.webhook.payload).toBeUnknown();
    });
    const misspelt = () =>
      // @ts-expect-error an option that does not exist
      expressWebhook(slack, { secret: "x", tolerence: "5m" });
    expectTypeOf(misspelt).toBeFunction();
  });

  test("Fastify", () => {
    const app = Fastify();
    app.register(webhooks);
    app.after(() => {
      app.post("/a", { config: { webhook: { provider: tailscale, secret } } }, async (request) => {
        expectTypeOf(request.webhook).toEqualTypeOf<Delivery<TailscaleEvent[]>>();
      });
      app.post("/b", { config: { webhook: { provider: github, secret, schema: zodSchema } } }, async (request) => {
        expectTypeOf(request.webhook.payload).toEqualTypeOf<{ zen: number }>();
      });
      app.post("/c", { config: { webhook: { provider: github, secret, schema: valibotSchema } } }, async (request) => {
        expectTypeOf(request.webhook.payload).toEqualTypeOf<{ zen: number }>();
      });
      app.post("/d", { config: { webhook: { provider: slack, secret, payload: "raw" } } }, async (request) => {
        expectTypeOf(request.webhook.payload).toEqualTypeOf<Uint8Array>();
      });
      app.post("/e", { config: { webhook: { provider: slack, secret, payload: "form" } } }, async (request) => {
        expectTypeOf(request.webhook.payload).toEqualTypeOf<FormPayload>();
      });
      app.route({
        method: "POST",
        url: "/f",
        config: { webhook: { provider: tappass<{ mine: 1 }>({ header: "x-key" }), secret } },
        handler: async (request) => {
          expectTypeOf(request.webhook.payload).toEqualTypeOf<{ mine: 1 }>();
        },
      });
      app.post(
        "/g",
        { config: { webhook: { provider: slack, secret: async (_head, request) => String(request.id) } } },
        async (request) => {
          expectTypeOf(request.webhook.payload).toEqualTypeOf<SlackPayload>();
        },
      );
      app.get("/h", async (request) => {
        expectTypeOf(request.webhook.payload).toBeUnknown();
      });
    });
  });

  test("Hono", () => {
    const app = new Hono<{ Bindings: { SECRET: string } }>();
    app.post("/a", honoWebhook(tailscale, { secret }), (c) => {
      expectTypeOf(c.var.webhook).toEqualTypeOf<Delivery<TailscaleEvent[]>>();
      expectTypeOf(c.get("webhook")).toEqualTypeOf<Delivery<TailscaleEvent[]>>();
      expectTypeOf(c.env.SECRET).toBeString();
      return c.body(null);
    });
    app.post("/b", honoWebhook(github, { secret, schema: zodSchema }), (c) => {
      expectTypeOf(c.var.webhook.payload).toEqualTypeOf<{ zen: number }>();
      return c.body(null);
    });
    app.post("/c", honoWebhook(github, { secret, schema: valibotSchema }), (c) => {
      expectTypeOf(c.var.webhook.payload).toEqualTypeOf<{ zen: number }>();
      return c.body(null);
    });
    app.post("/d", honoWebhook(slack, { secret, payload: "raw" }), (c) => {
      expectTypeOf(c.var.webhook.payload).toEqualTypeOf<Uint8Array>();
      return c.body(null);
    });
    app.post("/e", honoWebhook(slack, { secret, payload: "form" }), (c) => {
      expectTypeOf(c.var.webhook.payload).toEqualTypeOf<FormPayload>();
      return c.body(null);
    });
    app.post(
      "/f",
      honoWebhook(stalwart, { secret: (_head, c: Context<{ Bindings: { SECRET: string } }>) => c.env.SECRET }),
      (c) => {
        expectTypeOf(c.var.webhook.payload).toEqualTypeOf<StalwartPayload>();
        return c.body(null);
      },
    );
  });
});

describe("the framework's own types stay", () => {
  const replay = memoryReplayStore();

  test("Express: req.params was any behind webhook()", () => {
    const app = express();
    app.post("/hooks/:tenant", expressWebhook(tailscale, { secret }), (req, res) => {
      expectTypeOf(req.params).toEqualTypeOf<{ tenant: string }>();
      expectTypeOf(req.webhook.payload).toEqualTypeOf<TailscaleEvent[]>();
      // @ts-expect-error The path has no such parameter.
      () => req.params.tennant;
      res.send(req.params.tenant);
    });
    app.post("/hooks/:tenant", expressWebhook(slack, { secret, replay, key: (d) => d.payload.type }), (req) => {
      expectTypeOf(req.params.tenant).toBeString();
    });
    const handler: express.RequestHandler = expressWebhook(tailscale, { secret });
    app.use("/all", handler, expressWebhook(tailscale, { secret }));
    express
      .Router()
      .route("/:id")
      .post(expressWebhook(tailscale, { secret }), (req) => {
        expectTypeOf(req.webhook.payload).toEqualTypeOf<TailscaleEvent[]>();
      });
  });

  test("Fastify: webhookRoute() types the payload, the path and the lookup together", () => {
    const app = Fastify();
    app.route(
      webhookRoute({
        url: "/hooks/:tenant",
        provider: tailscale,
        secret: (_, request) => {
          expectTypeOf(request.params).toEqualTypeOf<{ readonly tenant: string }>();
          return request.params.tenant;
        },
        replay,
        key: (delivery) => delivery.payload[0]?.type,
        bodyLimit: 1000,
        preHandler: async (request) => {
          expectTypeOf(request.params.tenant).toBeString();
        },
        onSend: async (_request, _reply, payload) => payload,
        async handler(request, reply) {
          expectTypeOf(request.webhook).toEqualTypeOf<Delivery<TailscaleEvent[]>>();
          expectTypeOf(request.params).toEqualTypeOf<{ readonly tenant: string }>();
          expectTypeOf(this.hasRoute).toBeFunction();
          // @ts-expect-error The path has no such parameter.
          () => request.params.tennant;
          return reply.code(204).send();
        },
      }),
    );
    app.route(
      webhookRoute({
        url: "/range/:from-:to/*",
        provider: github,
        secret,
        schema: zodSchema,
        handler: async (request) => {
          expectTypeOf(request.webhook.payload).toEqualTypeOf<{ zen: number }>();
          expectTypeOf(request.params).toEqualTypeOf<{
            readonly from: string;
            readonly to: string;
            readonly "*": string;
          }>();
        },
      }),
    );
    webhookRoute({
      url: "/at/:hour(^\\d{2})h:minute(^\\d{2})m/:file.png",
      provider: github,
      secret,
      payload: "form",
      schema: { querystring: { type: "object" } },
      handler: async (request) => {
        expectTypeOf(request.webhook.payload).toEqualTypeOf<FormPayload>();
        expectTypeOf<keyof typeof request.params>().toEqualTypeOf<"hour" | "minute" | "file">();
      },
    });
    webhookRoute({
      url: "/",
      provider: github,
      secret,
      schema: { body: zodSchema, querystring: { type: "object" } },
      handler: async (request) => {
        expectTypeOf(request.webhook.payload).toEqualTypeOf<{ zen: number }>();
      },
    });
    // @ts-expect-error It is spelt otherwise.
    () => webhookRoute({ url: "/", provider: slack, secret, tolerence: "5m", handler: async () => {} });
    // @ts-expect-error There is no secret.
    () => webhookRoute({ url: "/", provider: slack, handler: async () => {} });
  });

  test("Fastify: webhookRoute() keeps the generics of a route that names them", () => {
    interface Route {
      Params: { tenant: "a" | "b" };
      Querystring: { region: string };
    }
    const route = webhookRoute<Route, typeof tailscale>({
      url: "/:tenant",
      provider: tailscale,
      secret: (_, request) => request.query.region,
      handler: async (request) => {
        expectTypeOf(request.params.tenant).toEqualTypeOf<"a" | "b">();
        expectTypeOf(request.query).toEqualTypeOf<{ region: string }>();
        expectTypeOf(request.webhook.payload).toEqualTypeOf<TailscaleEvent[]>();
      },
    });
    Fastify({ http2: true }).route(route);
    Fastify().withTypeProvider<LikeZod>().route(route);
  });

  test("Fastify: app.post() with generics of its own keeps Params, and names the payload beside them", () => {
    const app = Fastify();
    const webhook = {
      provider: tailscale,
      secret: (_: unknown, request: FastifyRequest<{ Params: { tenant: string } }>) => request.params.tenant,
    };
    app.post<{ Params: { tenant: string }; Webhook: TailscaleEvent[] }>(
      "/:tenant",
      { config: { webhook } },
      async (request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ tenant: string }>();
        expectTypeOf(request.webhook.payload).toEqualTypeOf<TailscaleEvent[]>();
      },
    );
    app.post(
      "/y/:tenant",
      { config: { webhook: { provider: tailscale, secret: (_head, request) => request.params.tenant } } },
      async (request) => {
        expectTypeOf(request.webhook.payload).toEqualTypeOf<TailscaleEvent[]>();
      },
    );
  });

  test("Hono: a misspelt variable in c.env compiled", () => {
    type Bindings = { SECRET: string };
    const app = new Hono<{ Bindings: Bindings }>();
    app.post("/a", honoWebhook(stalwart, { secret: (_, c: Context<{ Bindings: Bindings }>) => c.env.SECRET }), (c) => {
      expectTypeOf(c.var.webhook.payload).toEqualTypeOf<StalwartPayload>();
      expectTypeOf(c.env).toEqualTypeOf<Bindings>();
      return c.body(null);
    });
    app.post("/b", honoWebhook(stalwart, { secret: (_, c) => env<Bindings>(c).SECRET }), (c) => {
      expectTypeOf(c.var.webhook.payload).toEqualTypeOf<StalwartPayload>();
      expectTypeOf(c.env.SECRET).toBeString();
      return c.body(null);
    });
    // @ts-expect-error The application has no such variable.
    () => honoWebhook(stalwart, { secret: (_, c: Context<{ Bindings: Bindings }>) => c.env.SECERT });
    // @ts-expect-error Nor has env() for it.
    () => honoWebhook(stalwart, { secret: (_, c) => env<Bindings>(c).SECERT });
    // @ts-expect-error Nothing says here which variables there are.
    () => honoWebhook(stalwart, { secret: (_, c) => c.env.SECRET });
    honoWebhook(stalwart, { secret, replay, key: (d) => d.payload.events[0]?.id });
  });
});
