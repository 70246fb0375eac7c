import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type Http2Server } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { memoryReplayStore } from "@countersign/core";
import { admitIncoming, createReceiver } from "@countersign/core/adapter";
import { tailscale } from "@countersign/core/providers";
import { fakeClock } from "@countersign/core/testing";
import { webhooks } from "@countersign/fastify";
import { webhook } from "@countersign/hono";
import { getRequestListener } from "@hono/node-server";
import Fastify from "fastify";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { genuine, now, secret, text } from "./kit.ts";
import type { HeaderLines } from "./wire.ts";

type Serve = (
  options: {
    provider: typeof tailscale;
    secret: string;
    clock: ReturnType<typeof fakeClock>;
    replay: ReturnType<typeof memoryReplayStore>;
  },
  handled: () => void,
) => Promise<Http2Server>;

const servers: Record<string, Serve> = {
  async fastify({ provider, ...options }, handled) {
    const app = Fastify({ http2: true });
    await app.register(webhooks);
    app.post("/hook", { config: { webhook: { provider, ...options } } }, async (request) => {
      handled();
      return { n: request.webhook.payload.length };
    });
    await app.ready();
    return app.server;
  },
  async hono({ provider, ...options }, handled) {
    const app = new Hono();
    app.post("/hook", webhook(provider, options), (c) => {
      handled();
      return c.json({ n: c.var.webhook.payload.length });
    });
    return createServer(getRequestListener(app.fetch));
  },
  async "node:http2"({ provider, ...options }, handled) {
    const receiver = createReceiver(provider, options);
    return createServer((request, response) => {
      admitIncoming(receiver, {
        request,
        response: response as never,
        context: undefined,
        accepted(delivery) {
          handled();
          response.setHeader("content-type", "application/json");
          response.end(JSON.stringify({ n: delivery.payload.length }));
        },
        mistaken: (error) => response.destroy(error),
      });
    });
  },
};

describe.each(Object.entries(servers))("HTTP/2: %s", (_name, serve) => {
  let server: Http2Server | undefined;
  let session: ClientHttp2Session | undefined;
  afterEach(async () => {
    session?.destroy();
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
  });

  let sockets: Socket[];

  async function boot() {
    let times = 0;
    sockets = [];
    const clock = fakeClock(now);
    server = await serve(
      { provider: tailscale, secret, clock, replay: memoryReplayStore({ clock }) },
      () => void times++,
    );
    server.on("connection", (socket) => sockets.push(socket));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    session.on("error", () => {});
    return () => times;
  }

  async function post(
    headers: HeaderLines,
    body: Uint8Array | string,
    method = "POST",
  ): Promise<[status: number, body: string]> {
    const stream = (session as ClientHttp2Session).request({
      ":method": method,
      ":path": "/hook",
      ...Object.fromEntries(headers),
    });
    stream.on("error", () => {});
    stream.end(body);
    const [answer] = await once(stream, "response");
    let received = "";
    for await (const part of stream.setEncoding("utf8")) received += part;
    return [answer[":status"], received];
  }

  test("genuine, repeated, forged, unsigned", async () => {
    const times = await boot();
    const good = await genuine();
    expect(await post(good.headers, good.body)).toEqual([200, '{"n":1}']);
    expect(await post(good.headers, good.body)).toEqual([200, expect.any(String)]);
    expect(await post(good.headers, `${text} `)).toEqual([401, ""]);
    expect(await post([], good.body)).toEqual([401, ""]);
    expect(times()).toBeLessThanOrEqual(2);
  });

  test("a large refused body is not read to its end, and the session serves on", async () => {
    const times = await boot();
    const good = await genuine();
    const stream = (session as ClientHttp2Session).request({ ":method": "POST", ":path": "/hook" });
    stream.on("error", () => {});
    stream.resume();
    const answered = new Promise<number>((resolve) => stream.once("response", (head) => resolve(head[":status"] ?? 0)));
    // The server closes the stream, or it has read everything.
    let over = false;
    const end = new Promise<void>((resolve) => {
      for (const name of ["aborted", "finish"] as const) {
        stream.once(name, () => {
          over = true;
          resolve();
        });
      }
    });
    const part = Buffer.alloc(65_536);
    for (let sent = 0; sent < 16 * 1_048_576 && !over; sent += part.length)
      await Promise.race([new Promise<void>((resolve) => void stream.write(part, () => resolve())), end]);
    if (!over) stream.end();
    expect(await answered).toBe(401);
    await end;
    expect(sockets[0]?.bytesRead).toBeLessThan(1_048_576);
    stream.destroy();
    expect(await post(good.headers, good.body)).toEqual([200, '{"n":1}']);
    expect(times()).toBe(1);
  });
});
