import { createServer } from "node:http";
import type { WebhookError } from "@countersign/core";
import { github, tailscale } from "@countersign/core/providers";
import { fakeClock, signedRequest } from "@countersign/core/testing";
import { keepRawBody, webhook } from "@countersign/express";
import express from "express";
import { afterEach, describe, expect, test } from "vitest";
import { adapterContract } from "./contract.ts";
import { expressHarness } from "./express.ts";
import { listen, type Running } from "./harness.ts";
import { caller, genuine, notingStore, now, secret } from "./kit.ts";
import { headerLines, shoot } from "./wire.ts";

describe("Express 5", () => {
  adapterContract(expressHarness("express 5", express));

  let running: Running | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });
  const clock = fakeClock(now);

  async function serve(app: express.Express, errors: unknown[] = []): Promise<number> {
    running = await listen(createServer(app), errors);
    return running.port;
  }

  test("leaves other routes alone: JSON, 404, a parser's own refusals", async () => {
    const app = express();
    app.post("/hook", webhook(tailscale, { secret, clock }), (_req, res) => void res.sendStatus(204));
    app.use(express.json({ limit: 100 }));
    app.post("/echo", (req, res) => void res.json(req.body));
    app.use(((_error, _req, res, _next) => void res.status(_error.status).end()) satisfies express.ErrorRequestHandler);
    const port = await serve(app);
    const json = [["content-type", "application/json"]] as const;
    expect(await shoot(port, { path: "/echo", headers: json, body: '{"a":1}' })).toMatchObject({
      status: 200,
      body: '{"a":1}',
    });
    expect((await shoot(port, { path: "/echo", headers: json, body: "{" })).status).toBe(400);
    expect((await shoot(port, { path: "/echo", headers: json, body: `"${"x".repeat(200)}"` })).status).toBe(413);
    expect((await shoot(port, { path: "/nowhere", body: "x" })).status).toBe(404);
    expect((await shoot(port, { method: "GET", path: "/hook" })).status).toBe(404);
    expect((await shoot(port, await genuine())).status).toBe(204);
  });

  test("takes a form whose bytes urlencoded() kept", async () => {
    const app = express();
    app.use(express.urlencoded({ extended: false, verify: keepRawBody }));
    app.post("/hook", webhook(github, { secret }), (req, res) => void res.json(req.webhook.payload));
    const body = "payload=%7B%22zen%22%3A1%7D";
    const { headers } = await signedRequest(github, {
      secret,
      body,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(await shoot(await serve(app), { headers: headerLines(headers), body })).toMatchObject({
      status: 200,
      body: '{"zen":1}',
    });
  });

  test.each(["json", "urlencoded", "text"] as const)(
    "names express.%s() when it has taken the body",
    async (parser) => {
      const types = { json: "application/json", urlencoded: "application/x-www-form-urlencoded", text: "text/plain" };
      const rejected: WebhookError[] = [];
      const errors: Error[] = [];
      const app = express();
      app.use(express[parser]());
      app.post(
        "/hook",
        webhook(github, { secret, onReject: (error) => rejected.push(error) }),
        (_req, res) => void res.end(),
      );
      app.use(((error, _req, res, _next) => {
        errors.push(error);
        res.status(error.status).end();
      }) satisfies express.ErrorRequestHandler);
      const body = parser === "json" ? "{}" : "a=b";
      const { headers } = await signedRequest(github, { secret, body, headers: { "content-type": types[parser] } });
      const port = await serve(app);
      expect((await shoot(port, { headers: headerLines(headers), body })).status).toBe(500);
      expect(errors).toEqual(rejected);
      expect(errors[0]?.message).toContain(`express.${parser}({ verify: keepRawBody })`);
    },
  );

  test("signs the whole URL although a router has cut it", async () => {
    const app = express();
    const router = express.Router();
    router.post(
      "/hook",
      webhook(caller, { secret, publicUrl: "https://example.com" }),
      (_req, res) => void res.sendStatus(204),
    );
    app.use("/api/v1", router);
    const signed = await signedRequest(caller, {
      secret,
      url: "https://example.com/api/v1/hook?a=1",
      payload: { ok: true },
    });
    const port = await serve(app);
    const shot = { headers: headerLines(signed.headers), body: signed.body };
    expect((await shoot(port, { ...shot, path: "/api/v1/hook?a=1" })).status).toBe(204);
    expect((await shoot(port, { ...shot, path: "/api/v1/hook?a=2" })).status).toBe(401);
  });

  test("settles once with whatever ends the response: redirect, sendStatus, json, an error handler behind", async () => {
    const asked: string[] = [];
    const replay = notingStore(clock, asked);
    const endings: ((res: express.Response, next: express.NextFunction) => void)[] = [
      (res) => res.redirect("/elsewhere"),
      (_res, next) => next(new Error("later")),
      (_res, next) => next("route"),
      (res) => res.sendFile("/does/not/exist"),
      (res) => void res.status(409).json({}),
      (res) => void res.sendStatus(200),
    ];
    const app = express();
    app.post("/hook", webhook(tailscale, { secret, clock, replay }), (_req, res, next) => endings.shift()?.(res, next));
    app.use(((_error, _req, res, _next) => void res.status(500).end()) satisfies express.ErrorRequestHandler);
    const port = await serve(app);
    const good = await genuine();
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await shoot(port, good)).status);
    expect(statuses).toEqual([302, 500, 404, 500, 409, 200]);
    expect(asked).toEqual(["release", "release", "release", "release", "release", "commit"]);
  });
});
