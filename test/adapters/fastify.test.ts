import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Server } from "node:http";
import { ConfigurationError, type ReplayStore } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { fakeClock, signedRequest } from "@countersign/core/testing";
import { webhooks } from "@countersign/fastify";
import Fastify, { type FastifyInstance, type FastifyServerOptions, fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adapterContract } from "./contract.ts";
import { type Form, harnessOn } from "./fastify.ts";
import { deferred, listen } from "./harness.ts";
import { caller, genuine, notingStore, now, secret, text } from "./kit.ts";
import { render, shoot, Wire } from "./wire.ts";

const forms: Form[] = ["webhookRoute()", "the plugin", "the plugin, loaded after the route"];
describe.each(forms)("Fastify 5, by %s", (form) => adapterContract(harnessOn("fastify", fastify, form)));

describe("Fastify 5", () => {
  const clock = fakeClock(now);
  const webhook = { provider: tailscale, secret, clock };
  let app: FastifyInstance;
  let asked: string[];
  let replay: ReplayStore;

  async function fresh(options: FastifyServerOptions = {}): Promise<void> {
    app = Fastify({ forceCloseConnections: true, ...options });
    await app.register(webhooks);
  }
  beforeEach(async () => {
    await fresh();
    asked = [];
    replay = notingStore(clock, asked);
  });
  afterEach(() => app.close());

  async function inject(body = text, headers?: Record<string, string>, url = "/hook") {
    const good = await genuine(text);
    return app.inject({ method: "POST", url, headers: headers ?? Object.fromEntries(good.headers), payload: body });
  }

  test("inject(): genuine, forged, and a payload that is a stream of its own", async () => {
    app.post("/hook", { config: { webhook } }, async (request) => ({ first: request.webhook.payload[0]?.message }));
    const good = await inject();
    expect([good.statusCode, good.json()]).toEqual([200, { first: "Node ✓ created" }]);
    const forged = await inject(`${text} `);
    expect([forged.statusCode, forged.body]).toEqual([401, ""]);
  });

  test("leaves other routes alone: JSON, 400, 404, 413, 415", async () => {
    app.post("/hook", { config: { webhook } }, async () => "hook");
    app.post("/echo", async (request) => request.body);
    app.get("/echo", async () => "got");
    const post = async (type: string, payload: string, url = "/echo") =>
      (await app.inject({ method: "POST", url, headers: { "content-type": type }, payload })).statusCode;
    expect((await app.inject({ method: "POST", url: "/echo", payload: { a: 1 } })).json()).toEqual({ a: 1 });
    expect((await app.inject("/echo")).body).toBe("got");
    expect(await post("application/json", "{")).toBe(400);
    expect(await post("application/json", "")).toBe(400);
    expect(await post("application/json", `"${"x".repeat(1_100_000)}"`)).toBe(413);
    expect(await post("application/x-www-form-urlencoded", "a=b")).toBe(415);
    // What we call a verified body is nothing that a client could bring about.
    expect(await post("application/x-countersign-verified", "a=b")).toBe(415);
    expect(await post("text/plain", "x", "/nowhere")).toBe(404);
    expect((await app.inject("/hook")).statusCode).toBe(404);
  });

  test("the body's schema is checked on the route, and a refusal by it lets the retry in", async () => {
    const own = { config: { webhook: { ...webhook, replay } } };
    app.post("/hook", { ...own, schema: { body: { type: "array", maxItems: 0 } } }, async () => "ok");
    app.post("/right", { ...own, schema: { body: { type: "array", maxItems: 9 } } }, async () => "ok");
    expect((await inject()).statusCode).toBe(400);
    expect((await inject()).statusCode).toBe(400);
    expect(asked).toEqual(["release", "release"]);
    expect((await inject(text, undefined, "/right")).statusCode).toBe(200);
    expect(asked).toEqual(["release", "release", "commit"]);
  });

  test("a schema by content type sees the content type that came", async () => {
    app.post(
      "/hook",
      {
        config: { webhook },
        schema: { body: { content: { "application/json": { schema: { type: "array", maxItems: 0 } } } } },
      },
      async () => "ok",
    );
    expect((await inject()).statusCode).toBe(400);
  });

  test("hooks see the verified request: media type, body, and bytes where one reads them again", async () => {
    const seen: unknown[] = [];
    app.addHook("preValidation", async (request) => void seen.push(request.mediaType, request.headers["content-type"]));
    app.post(
      "/hook",
      {
        config: { webhook },
        async preParsing(_request, _reply, payload) {
          const hash = createHash("sha256");
          for await (const part of payload) hash.update(part as Buffer);
          seen.push(hash.digest("hex"));
          return payload;
        },
        preHandler: async (request) => void seen.push(request.body),
      },
      async (request) => void seen.push(request.mediaType),
    );
    expect((await inject()).statusCode).toBe(200);
    expect(seen).toEqual([
      createHash("sha256").update(text).digest("hex"),
      "application/json",
      "application/json",
      JSON.parse(text),
      "application/json",
    ]);
  });

  test("a hook that answers by itself comes first, one that fails behind the verdict lets the retry in", async () => {
    let fail = true;
    app.addHook("onRequest", async (request, reply) => {
      if (request.headers["x-blocked"] !== undefined) return reply.code(418).send("no");
    });
    app.post(
      "/hook",
      {
        config: { webhook: { ...webhook, replay } },
        preHandler: async () => {
          if (fail) throw new Error("hook failed");
        },
      },
      async () => "ok",
    );
    expect((await inject(text, { "x-blocked": "1" })).statusCode).toBe(418);
    expect((await inject()).statusCode).toBe(500);
    fail = false;
    expect((await inject()).statusCode).toBe(200);
    expect(asked).toEqual(["release", "commit"]);
  });

  test("every way to answer is settled, with a store that takes a turn", async () => {
    const ways: ((reply: import("fastify").FastifyReply) => unknown)[] = [
      (reply) => reply.code(500).send("x"),
      (reply) => void setImmediate(() => reply.code(400).send({ later: true })),
      (reply) => {
        reply.hijack();
        reply.raw.writeHead(503).end();
      },
      async (reply) => {
        reply.code(404);
        return { returned: true };
      },
      (reply) => reply.redirect("/"),
      async (reply) => {
        reply.send("sent");
        return reply;
      },
    ];
    app.post(
      "/hook",
      { config: { webhook: { ...webhook, replay } } },
      (_request, reply) => ways.shift()?.(reply) as never,
    );
    const statuses = [];
    for (let i = 0; i < 7; i++) statuses.push((await inject()).statusCode);
    expect(statuses).toEqual([500, 400, 503, 404, 302, 200, 200]);
    expect(asked).toEqual(["release", "release", "release", "release", "release", "commit"]);
  });

  test("a handler that returns nothing after the client has hung up has succeeded all the same", async () => {
    const started = deferred();
    const work = deferred();
    const committed = deferred();
    const store: ReplayStore = {
      ...replay,
      commit(...args) {
        committed.resolve();
        return replay.commit(...args);
      },
    };
    let times = 0;
    app.post("/hook", { config: { webhook: { ...webhook, replay: store } } }, async () => {
      times++;
      started.resolve();
      await work.promise;
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    const running = await listen(app.server as Server, []);
    const wire = await Wire.open(running.port);
    const good = await genuine();
    await wire.write(render(good));
    await started.promise;
    const gone = once(running.sockets[0] ?? running.server, running.sockets[0] === undefined ? "connection" : "close");
    wire.destroy();
    await gone;
    work.resolve();
    await committed.promise;
    expect((await shoot(running.port, good)).status).toBe(200);
    expect(times).toBe(1);
  });

  test("plugins inside plugins, prefixes and parsers of their own", async () => {
    await app.register(
      async (outer) => {
        outer.addContentTypeParser("application/json", { parseAs: "string" }, (_request, _body, done) =>
          done(null, "outer"),
        );
        outer.post("/json", async (request) => request.body);
        await outer.register(
          async (inner) => {
            inner.removeAllContentTypeParsers();
            inner.post("/hook", { config: { webhook } }, async (request) => request.body);
            inner.post("/json", async () => "never");
          },
          { prefix: "/inner" },
        );
      },
      { prefix: "/outer" },
    );
    expect((await inject(text, undefined, "/outer/inner/hook")).json()).toEqual(JSON.parse(text));
    expect((await inject("{}", { "content-type": "application/json" }, "/outer/json")).body).toBe("outer");
    expect((await inject("{}", { "content-type": "application/json" }, "/outer/inner/json")).statusCode).toBe(415);
  });

  test("signs the whole URL, prefix and query included", async () => {
    await app.register(
      async (child) => {
        child.post(
          "/hook",
          { config: { webhook: { provider: caller, secret, publicUrl: "https://example.com" } } },
          async () => "ok",
        );
      },
      { prefix: "/api" },
    );
    const signed = await signedRequest(caller, {
      secret,
      url: "https://example.com/api/hook?a=1",
      payload: { ok: true },
    });
    for (const [url, status] of [
      ["/api/hook?a=1", 200],
      ["/api/hook?a=2", 401],
    ] as const)
      expect(
        (await app.inject({ method: "POST", url, headers: signed.headers, payload: Buffer.from(signed.body) }))
          .statusCode,
      ).toBe(status);
  });

  test("a wrong set-up throws where the route is declared", () => {
    expect(() => app.post("/a", { config: { webhook: { provider: tailscale, secret: "" } } }, async () => "")).toThrow(
      ConfigurationError,
    );
    const unknown = { provider: tailscale, secret, retry: 1 } as { provider: typeof tailscale; secret: string };
    expect(() => app.post("/b", { config: { webhook: unknown } }, async () => "")).toThrow(/no option "retry"/);
  });

  test("takes no parser: removeAllContentTypeParsers() behind the route takes nothing away", async () => {
    app.post("/hook", { config: { webhook } }, async (request) => request.body);
    app.removeAllContentTypeParsers();
    expect((await inject()).json()).toEqual(JSON.parse(text));
    expect((await inject(`${text} `)).statusCode).toBe(401);
  });

  test("the body is gone: what is logged says so, and the answer says nothing", async () => {
    const lines: string[] = [];
    await app.close();
    await fresh({ logger: { level: "error", stream: { write: (line: string) => void lines.push(line) } } });
    app.addHook("preParsing", async (_request, _reply, payload) => {
      for await (const _ of payload);
      return payload;
    });
    app.post("/hook", { config: { webhook } }, async () => "ok");
    const reply = await inject();
    expect([reply.statusCode, reply.body]).toEqual([500, ""]);
    expect(lines.join("")).toContain("has read this request's body");
  });
});
