import { AsyncLocalStorage } from "node:async_hooks";
import { createServer, type RequestListener, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier, type Delivery, memoryReplayStore } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { webhook as forExpress } from "@countersign/express";
import { webhooks } from "@countersign/fastify";
import { webhook as forHono } from "@countersign/hono";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { events, genuine, now, secret } from "./kit.ts";

// What a tracer or a logger put beside a request must be there in its handler, whichever socket event started it.
const requests = new AsyncLocalStorage<string>();
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Says whose request it is, before it waits and after it. */
async function whose({ payload }: Delivery<any>): Promise<string> {
  const [before] = [requests.getStore()];
  await turn();
  return `${payload[0].message} ${before} ${requests.getStore()}`;
}

const options = () => ({
  secret,
  clock: () => now,
  replay: memoryReplayStore({ clock: () => now }),
  log: false as const,
});

const SERVERS: Readonly<Record<string, () => Promise<RequestListener>>> = {
  async express() {
    const app = express();
    app.use((req, _, next) => requests.run(String(req.headers["x-name"]), next));
    app.post("/hook", forExpress(tailscale, options()), async (req, res) => void res.send(await whose(req.webhook)));
    return app;
  },
  async fastify() {
    const app = fastify();
    app.addHook("onRequest", (req, _, done) => requests.run(String(req.headers["x-name"]), done));
    await app.register(webhooks);
    app.route({
      method: "POST",
      url: "/hook",
      config: { webhook: { provider: tailscale, ...options() } },
      handler: (req) => whose((req as unknown as { webhook: Delivery<any> }).webhook),
    });
    await app.ready();
    return (req, res) => app.routing(req, res);
  },
  async hono() {
    const app = new Hono<any>();
    app.use((c, next) => requests.run(String(c.req.header("x-name")), next));
    app.post("/hook", forHono(tailscale, options()), async (c) => c.text(await whose(c.var.webhook)));
    return getRequestListener(app.fetch) as RequestListener;
  },
  async "verifier.handleIncoming"() {
    const verifier = createVerifier(tailscale, options());
    return (req, res) => {
      requests.run(String(req.headers["x-name"]), () => {
        verifier.handleIncoming(req, res, async (delivery) => ({ body: await whose(delivery), status: 200 }));
      });
    };
  },
  async "verifier.handle"() {
    const verifier = createVerifier(tailscale, options());
    const answer = (req: Request) =>
      requests.run(String(req.headers.get("x-name")), () =>
        verifier.handle(req, async (delivery) => new Response(await whose(delivery))),
      );
    return getRequestListener(answer) as RequestListener;
  },
};

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Sends the body in two pieces with a turn between them. */
async function post(name: string, port: number): Promise<string> {
  const { headers, body } = await genuine(events(name));
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: "127.0.0.1",
        path: "/hook",
        method: "POST",
        headers: { ...Object.fromEntries(headers), "x-name": name, "content-length": body.length },
      },
      async (response) => {
        let text = "";
        for await (const piece of response) text += piece;
        resolve(`${response.statusCode} ${text}`);
      },
    ).on("error", reject);
    sent.write(body.subarray(0, 20));
    setImmediate(() => sent.end(body.subarray(20)));
  });
}

test.each(Object.keys(SERVERS))("%s: AsyncLocalStorage holds the request's own value in its handler", async (name) => {
  server = createServer(await (SERVERS[name] as () => Promise<RequestListener>)());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
  const said = await Promise.all(names.map((one) => post(one, port)));
  expect(said).toEqual(names.map((one) => `200 ${one} ${one} ${one}`));
});
