/** Fastify fails closed: the ways in which an unsigned POST was once let through with 200. */
import { inspect } from "node:util";
import { allow, ConfigurationError } from "@countersign/core";
import { aperture, meta, slack, stripe, tailscale } from "@countersign/core/providers";
import { fakeClock, signedRequest } from "@countersign/core/testing";
import { guardrail, webhookRoute, webhooks } from "@countersign/fastify";
import { type FastifyInstance, type FastifyServerOptions, fastify } from "fastify";
import { fastify as fastify50 } from "fastify50";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { genuine, notingStore, now, secret, text } from "./kit.ts";

type Line = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: number };

describe.each([
  ["Fastify 5", fastify],
  ["Fastify 5.0", fastify50],
])("%s", (_, create) => {
  const clock = fakeClock(now);
  const webhook = { provider: tailscale, secret, clock };
  const config = { webhook };
  const ok = async () => "ok";
  let app: FastifyInstance;
  let lines: Line[];

  beforeEach(() => {
    lines = [];
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
    app = create({ logger: { level: "warn", stream } } satisfies FastifyServerOptions) as FastifyInstance;
  });
  afterEach(() => app.close());

  const errors = () => lines.filter(({ level }) => level >= 50);
  const unsigned = async (url = "/hook") =>
    (await app.inject({ method: "POST", url, headers: { "content-type": "application/json" }, payload: text }))
      .statusCode;
  async function signed(url = "/hook") {
    const { headers } = await genuine(text);
    return app.inject({ method: "POST", url, headers: Object.fromEntries(headers), payload: text });
  }

  /** What each of the stumbles must come to: a forged request is refused, a genuine one is handled. */
  async function protectedAt(url = "/hook"): Promise<void> {
    expect([await unsigned(url), (await signed(url)).statusCode]).toEqual([401, 200]);
    expect(errors()).toEqual([]);
  }

  describe("let an unsigned POST through", () => {
    test("app.register(webhooks) without await", async () => {
      app.register(webhooks);
      app.post("/hook", { config }, ok);
      await protectedAt();
      expect(lines[0]?.msg).toMatch(/declared before .* was loaded: it is protected.*Await app\.register\(webhooks\)/);
      expect(lines).toHaveLength(1);
    });

    test("a route declared before the plugin is registered", async () => {
      app.post("/hook", { config }, ok);
      await app.register(webhooks);
      await protectedAt();
    });

    test("routes in a plugin that is loaded before ours", async () => {
      app.register(async (child) => void child.register(async (inner) => void inner.post("/hook", { config }, ok)));
      app.register(webhooks);
      await protectedAt();
    });

    test("ours registered inside another plugin, and the route outside it", async () => {
      app.register(async (child) => void (await child.register(webhooks)));
      app.post("/early", { config }, ok);
      app.register(async (child) => void child.post("/hook", { config }, ok));
      await protectedAt();
      await protectedAt("/early");
    });

    test("registered twice, in two plugins", async () => {
      app.register(async (child) => {
        await child.register(webhooks);
        child.post("/hook", { config }, ok);
      });
      app.register(async (child) => {
        await child.register(webhooks);
        child.post("/other", { config }, ok);
      });
      await protectedAt();
      await protectedAt("/other");
      expect(lines).toEqual([]);
    });

    test("a forgotten register: webhookRoute() needs none", async () => {
      app.route(webhookRoute({ url: "/hook", ...webhook, handler: ok }));
      await protectedAt();
      expect(lines).toEqual([]);
    });

    test.each([
      ["config.webhooks", { config: { webhooks: webhook } }],
      ["config.webHook", { config: { webHook: { secret } } }],
      ["config.hook", { config: { hook: webhook } }],
      ["config", { config: webhook }],
      ["webhook", { webhook }],
    ])("options in %s", async (place, options) => {
      await app.register(webhooks);
      const declare = () => app.post("/hook", options as object, ok);
      expect(declare).toThrow(ConfigurationError);
      expect(declare).toThrow(`in ${place}, which nothing reads`);
    });

    test("config.webhooks before the plugin: 500, and the log says why", async () => {
      app.post("/hook", { config: { webhooks: webhook } } as object, ok);
      app.register(webhooks);
      expect([await unsigned(), (await signed()).statusCode]).toEqual([500, 500]);
      expect(errors()[0]).toMatchObject({ msg: "webhook route is set up wrongly" });
      expect(JSON.stringify(errors())).toContain("config.webhooks, which nothing reads");
      expect(JSON.stringify(errors())).not.toContain(secret);
    });

    test("options that are wrong, before the plugin: 500, and the log says why", async () => {
      app.post("/hook", { config: { webhook: { provider: tailscale, secret: "" } } }, ok);
      app.register(webhooks);
      expect(await unsigned()).toBe(500);
      expect(JSON.stringify(errors())).toContain("secret is missing or empty");
    });

    test("a config of other people's is none of ours", async () => {
      await app.register(webhooks);
      app.post("/hook", { config: { webhooks: true, hooks: { secret }, other: { provider: "x" } } } as object, ok);
      expect(await unsigned()).toBe(200);
      expect((await app.inject("/nowhere")).statusCode).toBe(404);
    });
  });

  describe("request.webhook without protection was null", () => {
    const read = async (request: { webhook: { id: unknown } }) => request.webhook.id ?? "read";

    test("on a route without a config it throws and names the mend", async () => {
      app.register(webhooks);
      app.post("/hook", read as never);
      app.get("/:any", { config: { other: 1 } } as object, read as never);
      expect(await unsigned()).toBe(500);
      expect(errors()[0]).toMatchObject({
        err: { type: "ConfigurationError", message: expect.stringMatching(/read on POST \/hook.*webhookRoute\(\)/) },
      });
      expect((await app.inject("/x")).statusCode).toBe(500);
    });

    test("in a hook before the verdict it throws and says so", async () => {
      app.addHook("onRequest", async (request) => void request.webhook);
      app.register(webhooks);
      app.route(webhookRoute({ url: "/hook", ...webhook, handler: ok }));
      expect((await signed()).statusCode).toBe(500);
      expect(JSON.stringify(errors())).toContain("before the request was verified");
    });

    test("requests do not share it", async () => {
      app.register(webhooks);
      app.route(webhookRoute({ url: "/hook", ...webhook, handler: async (request) => request.webhook.payload }));
      app.post("/other", read as never);
      expect((await signed()).json()).toEqual(JSON.parse(text));
      expect(await unsigned("/other")).toBe(500);
    });
  });

  describe("secrets were in routeOptions.config", () => {
    test.each(["webhookRoute()", "the plugin", "the plugin, loaded after the route"])("%s", async (form) => {
      const handler = async (request: any) => {
        const { routeOptions } = request;
        request.log.warn({ routeOptions, config: routeOptions.config, req: request }, "printed");
        return [
          JSON.stringify(routeOptions),
          inspect(routeOptions, { depth: Infinity, showHidden: true }),
          inspect(routeOptions.config, { depth: Infinity, showHidden: true }),
          inspect(request.webhook, { depth: Infinity, showHidden: true }),
        ].join("\n");
      };
      if (form === "the plugin") await app.register(webhooks);
      const seen: object[] = [];
      app.addHook("onRoute", (route) => void seen.push(route.config ?? {}));
      if (form === "webhookRoute()")
        app.route(webhookRoute({ url: "/hook", ...webhook, config: { mine: 1 }, handler }));
      else app.post("/hook", { config: { webhook, mine: 1 } as object }, handler);
      if (form === "the plugin, loaded after the route") app.register(webhooks);
      const { body, statusCode } = await signed();
      expect(statusCode).toBe(200);
      expect(body).toContain("mine");
      expect(body).not.toContain(secret);
      expect(lines.some(({ msg }) => msg === "printed")).toBe(true);
      expect(JSON.stringify(lines)).toContain('"mine":1');
      expect(JSON.stringify(lines)).not.toContain(secret);
      if (form !== "the plugin, loaded after the route") expect(JSON.stringify(seen)).not.toContain(secret);
    });
  });

  describe("a refusal was told to nobody", () => {
    test.each(["webhookRoute()", "the plugin", "the plugin, loaded after the route"])(
      "%s: a lookup that fails is in the request's own log",
      async (form) => {
        const failing = { ...webhook, secret: () => undefined };
        if (form === "the plugin") await app.register(webhooks);
        if (form === "webhookRoute()") app.route(webhookRoute({ url: "/hook", ...failing, handler: ok }));
        else app.post("/hook", { config: { webhook: failing } }, ok);
        if (form === "the plugin, loaded after the route") app.register(webhooks);
        expect((await signed()).statusCode).toBe(503);
        expect(errors()).toMatchObject([{ code: "secret_unavailable", reqId: "req-1", provider: "tailscale" }]);
      },
    );
  });

  test("a guardrail's refusal was told to nobody", async () => {
    const failing = guardrail(aperture({ event: "pre_request" }), { secret: () => undefined }, () => allow());
    app.route({ method: "POST", url: "/guard", ...failing });
    const reply = await app.inject({
      method: "POST",
      url: "/guard",
      headers: { authorization: "Bearer x" },
      payload: {},
    });
    expect(reply.statusCode).toBe(503);
    expect(errors()).toMatchObject([{ code: "secret_unavailable", reqId: "req-1", provider: "aperture" }]);
  });

  describe("webhookRoute()", () => {
    test("takes the options of a route: hooks, schema, bodyLimit, prefix, errorHandler", async () => {
      const seen: string[] = [];
      const note = (name: string) => async () => void seen.push(name);
      await app.register(
        async (child) => {
          child.route(
            webhookRoute({
              url: "/:tenant",
              ...webhook,
              schema: { params: { type: "object", properties: { tenant: { enum: ["a"] } } } },
              onRequest: note("onRequest"),
              preValidation: [note("preValidation")],
              preHandler: note("preHandler"),
              preSerialization: note("preSerialization"),
              onSend: note("onSend"),
              onResponse: note("onResponse"),
              errorHandler: (error, request, reply) =>
                void reply.code(418).send(`${request.params.tenant} ${error.code}`),
              async handler(request) {
                expect(this.prefix).toBe("/hooks");
                expect(request.body).toBe(request.webhook.payload);
                return { tenant: request.params.tenant, type: request.headers["content-type"] };
              },
            }),
          );
        },
        { prefix: "/hooks" },
      );
      expect((await signed("/hooks/a")).json()).toEqual({ tenant: "a", type: "application/json" });
      expect(seen).toEqual(["onRequest", "preValidation", "preHandler", "preSerialization", "onSend", "onResponse"]);
      const wrong = await signed("/hooks/b");
      expect([wrong.statusCode, wrong.body]).toEqual([418, "b FST_ERR_VALIDATION"]);
    });

    test("bodyLimit is the limit, unless there is one", async () => {
      app.route(webhookRoute({ url: "/hook", ...webhook, bodyLimit: 10, handler: ok }));
      app.route(webhookRoute({ url: "/wide", ...webhook, bodyLimit: 10, limit: 1000, handler: ok }));
      expect([(await signed()).statusCode, (await signed("/wide")).statusCode]).toEqual([413, 200]);
    });

    test("a Standard Schema is the payload's, alone or as the body of Fastify's", async () => {
      const schema = z.array(z.object({ type: z.string().transform((name) => name.length) }));
      const handler = async (request: any) => [request.webhook.payload, request.body];
      app.route(webhookRoute({ url: "/hook", ...webhook, schema, handler }));
      const both = { body: schema, querystring: { type: "object", required: ["q"] } };
      app.route(webhookRoute({ url: "/both", ...webhook, schema: both, handler }));
      app.route(webhookRoute({ url: "/no", ...webhook, schema: z.object({}), handler }));
      const payload = [{ type: 11 }];
      expect((await signed()).json()).toEqual([payload, payload]);
      expect((await signed("/both?q=1")).json()).toEqual([payload, payload]);
      expect((await signed("/both")).statusCode).toBe(400);
      expect((await signed("/no")).statusCode).toBe(422);
    });

    test("the method is the provider's, and that of its handshake", async () => {
      app.route(webhookRoute({ url: "/hook", ...webhook, handler: ok }));
      app.route(webhookRoute({ url: "/meta", provider: meta, secret, handshake: "token", handler: ok }));
      app.route(webhookRoute({ url: "/put", method: "PUT", ...webhook, handler: ok }));
      expect((await app.inject("/hook")).statusCode).toBe(404);
      const hub = "hub.mode=subscribe&hub.verify_token=token&hub.challenge=12";
      const met = await app.inject(`/meta?${hub}`);
      expect([met.statusCode, met.body]).toEqual([200, "12"]);
      expect((await app.inject({ method: "POST", url: "/put" })).statusCode).toBe(404);
      expect((await app.inject({ method: "PUT", url: "/put" })).statusCode).toBe(405);
    });

    test("a wrong set-up throws where it is written", () => {
      const make = (options: object) => () =>
        webhookRoute({ url: "/", provider: stripe, secret, handler: ok, ...options });
      expect(make({ secret: undefined })).toThrow(/secret is missing or empty/);
      expect(make({ provider: undefined })).toThrow(/must be a provider/);
      expect(make({ tolerence: "5m" })).toThrow(/no option "tolerence"/);
      expect(make({ limit: -1 })).toThrow(ConfigurationError);
    });

    test("settles, and its handler runs once", async () => {
      const asked: string[] = [];
      const replay = notingStore(clock, asked);
      app.route(webhookRoute({ url: "/hook", ...webhook, replay, handler: ok }));
      expect([(await signed()).body, (await signed()).body]).toEqual(["ok", ""]);
      expect(asked).toEqual(["commit"]);
    });

    test("beside the plugin it is verified once", async () => {
      await app.register(webhooks);
      app.route(webhookRoute({ url: "/hook", ...webhook, handler: ok }));
      await protectedAt();
    });

    test("answers forms, whose parser Fastify has not", async () => {
      app.route(
        webhookRoute({ url: "/hook", provider: slack, secret, handler: async (request) => request.webhook.payload }),
      );
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const { headers: all, body } = await signedRequest(slack, { secret, body: "command=%2Fhi&text=x", headers });
      const reply = await app.inject({ method: "POST", url: "/hook", headers: all, payload: Buffer.from(body) });
      expect(reply.json()).toMatchObject({ command: "/hi" });
    });
  });
});
