import { createVerifier, type Delivery, type FormPayload } from "@countersign/core";
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
import { webhooks } from "@countersign/fastify";
import { webhook as honoWebhook } from "@countersign/hono";
import express from "express";
import Fastify from "fastify";
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";

const secret = "secret";
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
