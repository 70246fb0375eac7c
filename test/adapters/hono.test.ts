import { createVerifier, type ReplayStore, type WebhookError } from "@countersign/core";
import { github, tailscale } from "@countersign/core/providers";
import { fakeClock, signedRequest } from "@countersign/core/testing";
import { webhook } from "@countersign/hono";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { beforeEach, describe, expect, test } from "vitest";
import { adapterContract } from "./contract.ts";
import { deferred } from "./harness.ts";
import { honoHarness } from "./hono.ts";
import { caller, genuine, genuineRequest, notingStore, now, secret, text } from "./kit.ts";

describe("Hono 4 on node-server 2", () => adapterContract(honoHarness));

describe("Hono 4 without Node", () => {
  const clock = fakeClock(now);
  let asked: string[];
  let replay: ReplayStore;
  beforeEach(() => {
    asked = [];
    replay = notingStore(clock, asked);
  });

  test("app.request(): genuine, forged, too large, another method", async () => {
    const app = new Hono();
    app.all("/hook", webhook(tailscale, { secret, clock, limit: 500 }), async (c) =>
      c.json({
        same: (await c.req.text()) === text && (await c.req.json())[0].type,
        type: c.var.webhook.payload[0]?.type,
      }),
    );
    const good = await app.request(await genuineRequest());
    expect([good.status, await good.json()]).toEqual([200, { same: "nodeCreated", type: "nodeCreated" }]);
    const { headers } = await genuine();
    const post = (body: string) =>
      app.request("/hook", { method: "POST", headers: headers.map(([name, value]) => [name, value]), body });
    for (const [response, status] of [
      [await post(`${text} `), 401],
      [await post("x".repeat(501)), 413],
      [await app.request("/hook"), 405],
      [await app.request("/hook", { method: "POST" }), 401],
    ] as const) {
      expect([response.status, await response.text()]).toEqual([status, ""]);
    }
  });

  test("finds its secret in c.env", async () => {
    const app = new Hono<{ Bindings: { SECRET: string } }>();
    app.post(
      "/hook",
      webhook(tailscale, { secret: (_, c: Context<{ Bindings: { SECRET: string } }>) => c.env.SECRET, clock }),
      (c) => c.text(c.var.webhook.provider),
    );
    expect((await app.request(await genuineRequest(), undefined, { SECRET: secret })).status).toBe(200);
    expect((await app.request(await genuineRequest(), undefined, { SECRET: "other" })).status).toBe(401);
    expect((await app.request(await genuineRequest(), undefined, {})).status).toBe(503);
  });

  test.each(["json", "text", "arrayBuffer", "blob"] as const)(
    "takes what c.req.%s() has read before, or says that it cannot",
    async (method) => {
      const app = new Hono();
      app.use(async (c, next) => {
        await c.req[method]();
        await next();
      });
      const errors: Error[] = [];
      app.onError((error, c) => {
        errors.push(error);
        return c.body(null, 500);
      });
      app.post("/hook", webhook(tailscale, { secret, clock }), async (c) => c.json(await c.req.json()));
      const response = await app.request(await genuineRequest());
      expect(errors).toEqual([]);
      expect([response.status, await response.json()]).toEqual([200, JSON.parse(text)]);
    },
  );

  test("says that the body is gone where c.req.raw was read", async () => {
    const app = new Hono();
    const rejected: WebhookError[] = [];
    app.use(async (c, next) => {
      await c.req.raw.text();
      await next();
    });
    app.onError((error, c) => c.text(error.message, 500));
    app.post("/hook", webhook(tailscale, { secret, clock, onReject: (error) => rejected.push(error) }), (c) =>
      c.text("never"),
    );
    const response = await app.request(await genuineRequest());
    expect([response.status, await response.text()]).toEqual([500, rejected[0]?.message]);
    expect(rejected[0]?.code).toBe("body_consumed");
  });

  test("a form can be read as one behind the verdict", async () => {
    const app = new Hono();
    app.post("/hook", webhook(github, { secret, payload: "form" }), async (c) => {
      const parsed = await c.req.parseBody();
      return c.json([parsed, Object.fromEntries(await c.req.formData()), c.req.header("content-type")]);
    });
    const body = "payload=%7B%7D&b=2";
    const type = "application/x-www-form-urlencoded";
    const { headers } = await signedRequest(github, { secret, body, headers: { "content-type": type } });
    const response = await app.request("/hook", { method: "POST", headers, body });
    expect(await response.json()).toEqual([{ payload: "{}", b: "2" }, { payload: "{}", b: "2" }, type]);
  });

  test("signs the whole URL, base path and mounting included", async () => {
    const inner = new Hono().basePath("/v1");
    inner.post("/hook", webhook(caller, { secret, publicUrl: "https://example.com" }), (c) => c.body(null, 204));
    const app = new Hono().route("/api", inner);
    const signed = await signedRequest(caller, {
      secret,
      url: "https://example.com/api/v1/hook?a=1",
      payload: { ok: true },
    });
    const call = async (path: string) =>
      (
        await app.request(path, {
          method: "POST",
          headers: signed.headers,
          body: signed.body as Uint8Array<ArrayBuffer>,
        })
      ).status;
    expect(await call("/api/v1/hook?a=1")).toBe(204);
    expect(await call("/api/v1/hook?a=2")).toBe(401);
  });

  test("app.mount() cuts the path: publicUrl names what was cut", async () => {
    const inner = new Hono().post("/hook", webhook(caller, { secret, publicUrl: "https://example.com/api" }), (c) =>
      c.body(null, 204),
    );
    const app = new Hono().mount("/api", inner.fetch);
    const signed = await signedRequest(caller, { secret, url: "https://example.com/api/hook", payload: { ok: true } });
    const response = await app.request("/api/hook", {
      method: "POST",
      headers: signed.headers,
      body: signed.body as Uint8Array<ArrayBuffer>,
    });
    expect(response.status).toBe(204);
  });

  test("settles with whatever the application answers: a thrown HTTPException, no handler, an error handler, success", async () => {
    const endings: (() => Response | undefined)[] = [
      () => {
        throw new HTTPException(400);
      },
      () => undefined,
      () => {
        throw new Error("failed");
      },
      () => new Response("ok"),
    ];
    const app = new Hono();
    // An error handler may answer a failure with a success; it stays a failure.
    app.onError((error, c) => (error instanceof HTTPException ? error.getResponse() : c.text("hidden", 200)));
    app.post(
      "/hook",
      webhook(tailscale, { secret, clock, replay }),
      async (_c, next) => endings.shift()?.() ?? (await next()),
    );
    const statuses = [];
    for (let i = 0; i < 4; i++) {
      const response = await app.request(await genuineRequest());
      statuses.push(response.status);
      await response.text();
    }
    expect(statuses).toEqual([400, 404, 200, 200]);
    expect(asked).toEqual(["release", "release", "release", "commit"]);
  });

  test("leaves other routes alone", async () => {
    const app = new Hono();
    app.post("/hook", webhook(tailscale, { secret, clock }), (c) => c.text("hook"));
    app.post("/echo", async (c) => c.json(await c.req.json()));
    const response = await app.request("/echo", { method: "POST", body: '{"a":1}' });
    expect([response.status, await response.json()]).toEqual([200, { a: 1 }]);
    expect((await app.request("/nowhere", { method: "POST", body: "x" })).status).toBe(404);
  });

  describe("verifier.handle", () => {
    const verifier = () => createVerifier(tailscale, { secret, clock, replay });

    test("answers 204 for a handler that returns nothing", async () => {
      const response = await verifier().handle(await genuineRequest(), () => {});
      expect([response.status, asked]).toEqual([204, ["commit"]]);
    });

    test("a consumer that cancels the answer does not end the handler: a finished body is a success", async () => {
      const response = await verifier().handle(await genuineRequest(), () => new Response("a finished answer"));
      await response.body?.cancel();
      expect(asked).toEqual(["commit"]);
    });

    test("a cancelled answer commits, since the head of a success was out, and its source is told", async () => {
      const told = deferred<unknown>();
      const response = await verifier().handle(
        await genuineRequest(),
        () =>
          new Response(
            new ReadableStream({ pull: () => new Promise(() => {}), cancel: (reason) => told.resolve(reason) }),
          ),
      );
      expect(asked).toEqual([]);
      await response.body?.cancel("gone");
      expect(await told.promise).toBe("gone");
      expect(asked).toEqual(["commit"]);
    });

    test("a slow store after the body has come is no slow body: its claim is not lost", async () => {
      const claiming = deferred();
      const go = deferred();
      const slow: ReplayStore = {
        ...replay,
        async claim(...args) {
          claiming.resolve();
          await go.promise;
          return replay.claim(...args);
        },
      };
      const patient = createVerifier(tailscale, { secret, clock, replay: { store: slow, wait: "5m" }, timeout: "1s" });
      const response = patient.handle(await genuineRequest(), () => new Response(null, { status: 200 }));
      await claiming.promise;
      await clock.advanceAsync(10_000);
      go.resolve();
      expect((await response).status).toBe(200);
      expect(asked).toEqual(["commit"]);
    });

    test("a body that stops just before its end: one refusal, no claim", async () => {
      const rejected: string[] = [];
      const claimed: string[] = [];
      const store: ReplayStore = {
        ...replay,
        claim(key, ...rest) {
          claimed.push(key);
          return replay.claim(key, ...rest);
        },
      };
      const { headers, body } = await genuine();
      const sent = deferred();
      const stream = new ReadableStream({
        start: (controller) => controller.enqueue(body),
        pull: () => {
          sent.resolve();
          return new Promise(() => {});
        },
      });
      const request = new Request("http://localhost/hook", {
        method: "POST",
        headers: headers.map(([name, value]) => [name, value]),
        body: stream,
        duplex: "half",
      } as RequestInit);
      const strict = createVerifier(tailscale, {
        secret,
        clock,
        replay: store,
        onReject: (error) => rejected.push(error.code),
      });
      const response = strict.handle(request, () => new Response("never"));
      await sent.promise;
      await clock.advanceAsync(30_000);
      expect((await response).status).toBe(408);
      expect([rejected, claimed]).toEqual([["body_timeout"], []]);
    });
  });
});
