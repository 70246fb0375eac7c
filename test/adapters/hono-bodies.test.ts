/** How the bytes travel through Hono, whose way of keeping what was read has changed four times since 4.0. */
import { github, tailscale } from "@countersign/core/providers";
import { fakeClock, signedRequest } from "@countersign/core/testing";
import { webhook } from "@countersign/hono";
import { Hono } from "hono";
import { validator } from "hono/validator";
import { Hono as Hono40 } from "hono40";
import { validator as validator40 } from "hono40/validator";
import { describe, expect, test } from "vitest";
import { genuineRequest, now, secret, text } from "./kit.ts";

const clock = fakeClock(now);
const utf8 = new TextDecoder();

describe.each([
  ["Hono 4.0", Hono40, validator40],
  ["the newest Hono", Hono, validator],
] as const)("%s", (name, Framework, validate) => {
  const readers = { text: (value: string) => value, arrayBuffer: utf8.decode.bind(utf8), blob: (b: Blob) => b.text() };

  test.each(["text", "arrayBuffer", "blob"] as const)(
    "c.req.%s() in front of the webhook, and every way to read behind it",
    async (first) => {
      const app = new Framework();
      app.use(async (c, next) => {
        await c.req[first]();
        await next();
      });
      app.post("/hook", webhook(tailscale, { secret, clock }), async (c) => {
        const read = [];
        for (const [method, decode] of Object.entries(readers)) {
          read.push(await (decode as (value: unknown) => unknown)(await c.req[method as "text"]()));
        }
        return c.json([...read, await c.req.json(), c.var.webhook.payload]);
      });
      const response = await app.request(await genuineRequest());
      const parsed = JSON.parse(text);
      expect([response.status, await response.json()]).toEqual([200, [text, text, text, parsed, parsed]]);
    },
  );

  test.each(["json", "text", "arrayBuffer", "blob"] as const)("c.req.%s() alone behind the webhook", async (method) => {
    const app = new Framework();
    app.post("/hook", webhook(tailscale, { secret, clock }), async (c) => {
      const value = await c.req[method]();
      return new Response(method === "json" ? JSON.stringify(value) : (value as string));
    });
    expect(await (await app.request(await genuineRequest())).text()).toBe(text);
  });

  test.each(["behind", "in front of"])("a JSON validator %s the webhook", async (place) => {
    const app = new Framework();
    const checks = validate("json", (value: unknown) => value as { type: string }[]);
    const hook = webhook(tailscale, { secret, clock });
    const finish = (c: any) => c.json([c.req.valid("json"), c.var.webhook.payload]);
    if (place === "behind") app.post("/hook", hook, checks, finish);
    else app.post("/hook", checks, hook, finish);
    const request = await genuineRequest();
    request.headers.set("content-type", "application/json");
    const response = await app.request(request);
    expect([response.status, await response.json()]).toEqual([200, [JSON.parse(text), JSON.parse(text)]]);
  });

  const type = "application/x-www-form-urlencoded";
  const form = async () => {
    const body = "payload=%7B%7D&b=2";
    const { headers } = await signedRequest(github, { secret, body, headers: { "content-type": type } });
    return { method: "POST", headers, body };
  };

  test.each([
    ["c.req.parseBody()", (c: any) => c.req.parseBody()],
    ["c.req.formData()", async (c: any) => Object.fromEntries(await c.req.formData())],
    ["both", async (c: any) => [await c.req.formData(), await c.req.parseBody()][1]],
  ])("a form behind the webhook: %s", async (_, read) => {
    const app = new Framework();
    app.post("/hook", webhook(github, { secret, payload: "form" }), async (c) => c.json(await read(c)));
    const response = await app.request("/hook", await form());
    expect([response.status, await response.text()]).toEqual([200, '{"payload":"{}","b":"2"}']);
  });

  test.each(["behind", "in front of"])("a form validator %s the webhook", async (place) => {
    const app = new Framework();
    const checks = validate("form", (value: unknown) => value as { b: string });
    const hook = webhook(github, { secret, payload: "form" });
    const finish = (c: any) => c.json(c.req.valid("form"));
    if (place === "behind") app.post("/hook", hook, checks, finish);
    else app.post("/hook", checks, hook, finish);
    const response = await app.request("/hook", await form());
    expect([response.status, await response.json()]).toEqual([200, { payload: "{}", b: "2" }]);
  });

  test("c.req.json() in front of the webhook: verified, or where Hono keeps no bytes of it (before 4.8.4) a clear error", async () => {
    const app = new Framework();
    const errors: Error[] = [];
    app.onError((error, c) => {
      errors.push(error);
      return c.body(null, 500);
    });
    app.use(async (c, next) => {
      await c.req.json();
      await next();
    });
    app.post("/hook", webhook(tailscale, { secret, clock }), (c) => c.body(null, 204));
    const { status } = await app.request(await genuineRequest());
    if (name === "Hono 4.0")
      expect([status, errors[0]?.message]).toEqual([
        500,
        expect.stringMatching(/has read this request's body already/),
      ]);
    else expect([status, errors]).toEqual([204, []]);
  });
});
