/**
 * How a response ends decides whether the delivery was handled, the same in every framework: after the head of a
 * success a client that goes commits; an error of the server releases. And nothing that is not signed makes an answer
 * of its own in the handler's place.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createVerifier } from "@countersign/core";
import { apono, tailscale } from "@countersign/core/providers";
import { fakeClock } from "@countersign/core/testing";
import { webhook as express_ } from "@countersign/express";
import { webhooks } from "@countersign/fastify";
import { webhook as hono_ } from "@countersign/hono";
import { serve } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { etag } from "hono/etag";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../replay/until.ts";
import { genuine, notingStore, now, secret } from "./kit.ts";
import { headerLines, render, Wire } from "./wire.ts";

/** What the handler does with the response, on `node:http`'s own objects or as a Fetch response. */
interface Plan {
  /** Writes the head of a success and a first piece, then waits for `go`, then ends or breaks. */
  readonly ending: "end" | "break";
}

type Start = (options: object, plan: Plan, go: Promise<void>) => Promise<Server>;

async function* pieces(plan: Plan, go: Promise<void>): AsyncGenerator<string> {
  yield "first";
  await go;
  if (plan.ending === "break") throw new Error("the source broke");
  yield "last";
}

const listening = async (server: Server): Promise<Server> => {
  if (!server.listening) await once(server, "listening");
  return server;
};

const STARTS: Readonly<Record<string, Start>> = {
  async "Express, pipeline"(options, plan, go) {
    const app = express();
    app.post("/hook", express_(tailscale, { secret, ...options }), async (_req, res) => {
      res.status(200);
      await pipeline(Readable.from(pieces(plan, go)), res).catch(() => {});
    });
    return listening(app.listen(0, "127.0.0.1"));
  },
  async "Express, an error handed on behind the first byte"(options, plan, go) {
    const app = express();
    app.set("env", "test");
    app.post("/hook", express_(tailscale, { secret, ...options }), async (_req, res) => {
      for await (const piece of pieces(plan, go)) res.write(piece);
      res.end();
    });
    return listening(app.listen(0, "127.0.0.1"));
  },
  async "Fastify, reply.send(stream)"(options, plan, go) {
    const app = Fastify();
    await app.register(webhooks);
    app.post("/hook", { config: { webhook: { provider: tailscale, secret, ...options } } }, async (_request, reply) =>
      reply.send(Readable.from(pieces(plan, go))),
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  },
  async "Hono, a stream"(options, plan, go) {
    const app = new Hono();
    app.post("/hook", hono_(tailscale, { secret, ...options }), () => {
      const source = pieces(plan, go);
      const encoder = new TextEncoder();
      return new Response(
        new ReadableStream({
          async pull(controller) {
            const { done, value } = await source.next();
            if (done) controller.close();
            else controller.enqueue(encoder.encode(value));
          },
        }),
      );
    });
    return listening(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server);
  },
  async "node:http, handleIncoming"(options, plan, go) {
    const verifier = createVerifier(tailscale, { secret, ...options });
    const server = createServer((request, response) => {
      verifier
        .handleIncoming(request, response, async () => {
          response.writeHead(200);
          for await (const piece of pieces(plan, go)) response.write(piece);
          response.end();
        })
        .catch(() => response.destroy());
    });
    return listening(server.listen(0, "127.0.0.1"));
  },
};

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe.each(Object.entries(STARTS))("%s", (_, start) => {
  async function scene(plan: Plan) {
    const clock = fakeClock(now);
    const asked: string[] = [];
    let open: () => void = () => {};
    const go = new Promise<void>((resolve) => {
      open = resolve;
    });
    const server = await start({ clock, replay: notingStore(clock, asked), log: false }, plan, go);
    servers.push(server);
    const { headers, body } = await genuine();
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(render({ headers, body }));
    await once(socket, "data"); // The head of a success is out, and the first piece.
    return { asked, open, socket };
  }

  test("a client that goes after the head of a success commits", async () => {
    const { asked, open, socket } = await scene({ ending: "end" });
    socket.destroy();
    await until("it is settled", async () => asked.length > 0);
    open();
    expect(asked).toEqual(["commit"]);
  });

  test("an error of the server behind the head releases", async () => {
    const { asked, open } = await scene({ ending: "break" });
    open();
    await until("it is settled", async () => asked.length > 0);
    expect(asked).toEqual(["release"]);
  });

  test("a response that ends commits once", async () => {
    const { asked, open, socket } = await scene({ ending: "end" });
    socket.resume();
    open();
    await until("it is settled", async () => asked.length > 0);
    socket.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(["commit"]);
  });
});

describe("what a caller writes into headers that nobody signs", () => {
  const body = '{"event_type":"AccessRequestCreated","event_time":1696263265.8,"data":{"id":"1"}}';
  const LEVERS: readonly (readonly [string, string])[] = [
    ["if-none-match", "*"],
    ["if-match", '"nothing"'],
    ["if-modified-since", "Fri, 31 Dec 9999 23:59:59 GMT"],
    ["if-unmodified-since", "Thu, 01 Jan 1970 00:00:00 GMT"],
    ["range", "bytes=99999-"],
    ["accept", "image/png"],
  ];

  test.each(LEVERS)("Express, a GET route: %s cannot undo what the handler did", async (name, value) => {
    const asked: string[] = [];
    const clock = fakeClock(now);
    const seen: unknown[] = [];
    const app = express();
    const options = {
      secret: "a-token",
      clock,
      replay: notingStore(clock, asked),
      key: () => "1",
      log: false as const,
    };
    app.get("/hook", express_(apono({ header: "x-key" }), options), (req, res) => {
      seen.push(req.headers[name], req.webhook.withheld[name]);
      res.format({ json: () => void res.set("etag", '"a"').json({ ok: true }) });
    });
    const server = await listening(app.listen(0, "127.0.0.1"));
    servers.push(server);
    const wire = await Wire.open((server.address() as AddressInfo).port);
    const lines = [...headerLines({ "x-key": "a-token", "content-type": "application/json" }), [name, value] as const];
    await wire.write(render({ method: "GET", headers: lines, body }));
    expect((await wire.reply("GET")).status).toBe(200);
    expect(seen).toEqual([undefined, value]);
    expect(asked).toEqual(["commit"]);
  });

  test.each(LEVERS)("Hono, with etag() behind the middleware: %s cannot either", async (name, value) => {
    const asked: string[] = [];
    const clock = fakeClock(now);
    const seen: unknown[] = [];
    const options = {
      secret: "a-token",
      clock,
      replay: notingStore(clock, asked),
      key: () => "1",
      log: false as const,
    };
    const app = new Hono();
    app.get("/hook", hono_(apono({ header: "x-key" }), options), etag(), (c) => {
      seen.push(c.req.header(name), name in c.req.header(), c.var.webhook.withheld[name], c.req.header("x-key"));
      return c.json({ ok: true });
    });
    const headers = { "x-key": "a-token", "content-type": "application/json", [name]: value };
    const server = await listening(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server);
    servers.push(server);
    const wire = await Wire.open((server.address() as AddressInfo).port);
    await wire.write(render({ method: "GET", headers: headerLines(headers), body }));
    expect((await wire.reply("GET")).status).toBe(200);
    expect(seen).toEqual([undefined, false, value, "a-token"]);
    expect(asked).toEqual(["commit"]);
  });
});
