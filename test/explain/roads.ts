/** Ways from a sender to the code that verifies, through real servers and parsers. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import Fastify from "fastify";
import type { Received, Sent } from "./case.ts";

export type Got = (received: { body: Uint8Array | string; url?: string; headers?: Received["headers"] }) => void;
export type Lines = Readonly<Record<string, string | readonly string[]>>;

/** Sends it to a server of ours and gives back what its code says that it was handed. */
export async function arriving(
  sent: Sent,
  listener: (got: Got) => RequestListener | Promise<RequestListener>,
  change: {
    readonly headers?: Lines;
    readonly through?: (port: number) => Promise<{ port: number; close(): unknown }>;
  } = {},
): Promise<Received> {
  let received: Partial<Received> = {};
  const server = createServer(
    await listener((one) => {
      received = one;
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy = await change.through?.(port);
  let heard: IncomingMessage["headers"] = {};
  server.on("request", ({ headers }) => {
    heard = headers;
  });
  try {
    await post(proxy?.port ?? port, sent, change.headers);
  } finally {
    await proxy?.close();
    server.closeAllConnections();
    server.close();
  }
  if (received.body === undefined) throw new Error("The server was handed nothing.");
  return { method: sent.method, url: sent.url, headers: heard, body: "", ...received };
}

/** One request as the sender writes it, in two pieces, with the public host. */
async function post(port: number, { method, url, headers, body }: Sent, own: Lines = headers): Promise<void> {
  const { host, pathname, search } = new URL(url);
  const sending = request({ port, host: "127.0.0.1", method, path: pathname + search, agent: false });
  for (const [name, value] of Object.entries({ host, ...own, "content-length": String(body.length) })) {
    sending.setHeader(name, value);
  }
  sending.end(body);
  const [answer] = (await once(sending, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
}

type App = ReturnType<typeof express>;

/** An Express application, and what its route hands to the verifier. */
export const inExpress = (
  use: (app: App) => void,
  hand: (req: any) => Parameters<Got>[0] | Promise<Parameters<Got>[0]>,
): ((sent: Sent) => Promise<Received>) => {
  return (sent) =>
    arriving(sent, (got) => {
      const app = express();
      use(app);
      app.use(async (req: unknown, res: ServerResponse) => {
        got(await hand(req));
        res.end();
      });
      return app;
    });
};

/** What Express's JSON parser made of it, written again: the mistake of all mistakes. */
export const expressJson = inExpress(
  (app) => void app.use(express.json()),
  (req) => ({ body: JSON.stringify(req.body) }),
);

/** What Fastify's own parser made of it, written again. */
export async function fastifyJson(sent: Sent): Promise<Received> {
  const app = Fastify();
  let body = "";
  app.post("/*", async (req) => {
    body = JSON.stringify(req.body);
    return {};
  });
  const { pathname, search } = new URL(sent.url);
  await app.inject({
    method: "POST",
    url: pathname + search,
    headers: { ...sent.headers },
    payload: Buffer.from(sent.body),
  });
  await app.close();
  return { ...sent, body };
}

/** A plain `node:http` server that reads the body in its own way. */
export const inNode =
  (read: (req: IncomingMessage) => Promise<string | Uint8Array>): ((sent: Sent) => Promise<Received>) =>
  (sent) =>
    arriving(sent, (got) => async (req, res) => {
      got({ body: await read(req) });
      res.end();
    });

/** As a PHP program that decodes and encodes again would write it. No PHP is on most machines: its documented behaviour. */
export function phpAgain(json: string): string {
  const emptied = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(emptied);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).map(([key, one]) => [key, emptied(one)] as const);
    return entries.length === 0 ? [] : Object.fromEntries(entries); // json_decode($json, true) makes {} an empty array.
  };
  return JSON.stringify(emptied(JSON.parse(json)))
    .replaceAll("/", "\\/")
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The event that API Gateway (REST, payload 1.0) hands to a function, in its documented shape. */
export function apiGateway({ method, url, headers, body }: Sent, base64: boolean) {
  const { pathname, host } = new URL(url);
  return {
    resource: "/{proxy+}",
    path: pathname,
    httpMethod: method,
    headers: { ...headers, Host: host, "X-Forwarded-Proto": "https" },
    queryStringParameters: null,
    requestContext: { stage: "prod", path: `/prod${pathname}`, identity: { sourceIp: "203.0.113.7" } },
    body: Buffer.from(body).toString(base64 ? "base64" : "utf8"),
    isBase64Encoded: base64,
  };
}

/** The event of a function URL or an HTTP API (payload 2.0). */
export function functionUrl({ method, url, headers, body }: Sent) {
  const { pathname, search, host } = new URL(url);
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers: { ...headers, host, "x-forwarded-proto": "https" },
    requestContext: { domainName: host, http: { method, path: pathname }, stage: "$default" },
    body: Buffer.from(body).toString("base64"),
    isBase64Encoded: true,
  };
}
