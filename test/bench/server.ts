/** One server of the HTTP bench, in a process of its own: `node --import tsx server.ts <framework> <kind>`. */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { AddressInfo, Server } from "node:net";
import { serve } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { importPacked } from "../packed/pack.ts";

export const SECRET = "whsec_benchmark_secret_of_usual_length";
const KEY = createSecretKey(Buffer.from(SECRET));
export type Framework = "express" | "fastify" | "hono" | "node";
/** `ideal` reads, checks and parses by hand, with no safety at all: the least that a verified route can cost. */
export type Kind = "bare" | "ideal" | "verified" | "replay" | "buffered" | "streamed" | "copied" | "drained" | "cut";

const { createVerifier, memoryReplayStore } =
  await importPacked<typeof import("@countersign/core")>("@countersign/core");
const { stripe } = await importPacked<typeof import("@countersign/core/providers")>("@countersign/core/providers");
const options = { secret: SECRET, tolerance: "24h" };
const withStore = { ...options, replay: memoryReplayStore({ max: 1_000_000 }), onDuplicate: "handle" as const };

/** What a tutorial's middleware does. */
function handWritten(header: string, body: Buffer): unknown {
  const [t, v1] = header.split(",").map((piece) => piece.slice(piece.indexOf("=") + 1)) as [string, string];
  const mac = createHmac("sha256", KEY).update(`${t}.`).update(body).digest();
  return timingSafeEqual(mac, Buffer.from(v1, "hex")) ? JSON.parse(body.toString("utf8")) : undefined;
}

const STARTERS: Readonly<Record<Framework, (kind: Kind) => Promise<Server>>> = {
  async express(kind) {
    const { webhook } = await importPacked<typeof import("@countersign/express")>("@countersign/express");
    const app = express();
    // Against the framework's own JSON route: express.json() is how Express reads JSON.
    if (kind === "bare")
      app.post("/", express.json({ limit: "2mb" }), (req, res) => void res.send(req.body === undefined ? "no" : "ok"));
    else if (kind === "ideal")
      app.post(
        "/",
        (req, _, next) => {
          const chunks: Buffer[] = [];
          req.on("data", (chunk: Buffer) => chunks.push(chunk));
          req.on("end", () => {
            req.body = handWritten(String(req.headers["stripe-signature"]), Buffer.concat(chunks));
            next();
          });
        },
        (req, res) => void res.send(req.body === undefined ? "no" : "ok"),
      );
    else
      app.post(
        "/",
        webhook(stripe, kind === "replay" ? withStore : options),
        (req, res) => void res.send(req.webhook.payload === undefined ? "no" : "ok"),
      );
    return app.listen(0, "127.0.0.1");
  },
  async fastify(kind) {
    const { webhooks } = await importPacked<typeof import("@countersign/fastify")>("@countersign/fastify");
    const app = Fastify();
    if (kind === "bare") app.post("/", async (request) => (request.body === undefined ? "no" : "ok"));
    else if (kind === "ideal") {
      app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
        done(null, handWritten(String(request.headers["stripe-signature"]), body as Buffer));
      });
      app.post("/", async (request) => (request.body === undefined ? "no" : "ok"));
    } else {
      await app.register(webhooks);
      app.post(
        "/",
        { config: { webhook: { provider: stripe, ...(kind === "replay" ? withStore : options) } } },
        async (request) => (request.webhook.payload === undefined ? "no" : "ok"),
      );
    }
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
  async hono(kind) {
    const { webhook } = await importPacked<typeof import("@countersign/hono")>("@countersign/hono");
    const app = new Hono();
    if (kind === "bare") app.post("/", async (c) => c.text((await c.req.json()) === undefined ? "no" : "ok"));
    else if (kind === "ideal")
      app.post("/", async (c) => {
        const body = Buffer.from(await c.req.arrayBuffer());
        return c.text(handWritten(String(c.req.header("stripe-signature")), body) === undefined ? "no" : "ok");
      });
    else
      app.post("/", webhook(stripe, kind === "replay" ? withStore : options), (c) =>
        c.text(c.var.webhook.payload === undefined ? "no" : "ok"),
      );
    return serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  },
  async node(kind) {
    const raw = createVerifier(stripe, { ...options, payload: "raw", limit: 60_000_000 });
    const refusing = createVerifier(stripe, {
      ...options,
      log: false,
      payload: "raw",
      limit: 2_000_000,
      ...(kind === "cut" && { drain: 0 }),
    });
    const server = http.createServer((req, res) => {
      if (kind === "drained" || kind === "cut") {
        refusing.handleIncoming(req as never, res as never, () => void res.end("ok")).catch(() => res.destroy());
        return;
      }
      if (kind === "streamed") {
        raw.verifyIncoming(req as never).then(
          () => res.end("ok"),
          () => res.writeHead(401).end("no"),
        );
        return;
      }
      const chunks: Buffer[] = [];
      req.on("data", (chunk: Buffer) => chunks.push(chunk));
      req.on("end", () => {
        const whole = Buffer.concat(chunks);
        if (kind === "copied") return void res.end(whole.length > 0 ? "ok" : "no");
        const header = String(req.headers["stripe-signature"]);
        const [t, v1] = header.split(",").map((piece) => piece.slice(piece.indexOf("=") + 1)) as [string, string];
        const mac = createHmac("sha256", KEY).update(`${t}.`).update(whole).digest();
        res.end(timingSafeEqual(mac, Buffer.from(v1, "hex")) ? "ok" : "no");
      });
    });
    return server.listen(0, "127.0.0.1");
  },
};

if (process.send !== undefined) {
  const [framework, kind] = process.argv.slice(2) as [Framework, Kind];
  const server = await STARTERS[framework](kind);
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  const { monitorEventLoopDelay } = await import("node:perf_hooks");
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let cpu = process.cpuUsage();
  process.on("message", (message) => {
    if (message === "start") {
      cpu = process.cpuUsage();
      delay.reset();
      delay.enable();
      process.send?.({ started: true });
    } else if (message === "stop") {
      const used = process.cpuUsage(cpu);
      delay.disable();
      const { maxRSS } = process.resourceUsage();
      process.send?.({ cpu: used.user + used.system, stall: delay.max / 1e6, peak: maxRSS / 1024 });
    }
  });
  process.on("disconnect", () => process.exit(0));
  process.send({ port: (server.address() as AddressInfo).port });
}
