import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Failure } from "../terminal/failure.ts";
import { canSign, Refused } from "./actions.ts";
import { readAssets } from "./assets.ts";
import type { Entry } from "./entry.ts";
import { judgeAsker, SAFE_HEADERS } from "./guard.ts";
import type { PageOptions } from "./options.ts";
import { Ring } from "./ring.ts";
import { answerJson, ROUTES, readAsked } from "./routes.ts";
import { Session } from "./session.ts";
import { Stream } from "./stream.ts";
import { TAMPERS } from "./tampers.ts";
import { summaryOf } from "./views.ts";
import type { About, Message } from "./wire.ts";

/** A page that is served. */
export interface Page {
  /** With the token in it: for the terminal. */
  readonly url: string;
  /** Good once and for a minute: for the arguments of a browser. */
  ticketUrl(): string;
  /** Shows a delivery, or what has become of one. */
  put(entry: Entry): void;
  close(): void;
}

/**
 * Serves the live page from memory, on loopback alone and to whoever has the token. Not on the receiver's port: a tunnel
 * that leads there shows the whole world what is behind it.
 *
 * @throws Failure where no port is to be had, or the page was not built
 */
export async function servePage(options: PageOptions): Promise<Page> {
  const assets = readAssets(options.home);
  const ring = new Ring(options.bounds);
  const session = new Session(options.now);
  const stop = new AbortController();
  const stream = new Stream((ids) => newsOf(ring, ids), options.masked);
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 30_000 }, (incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code = "ERR" }: NodeJS.ErrnoException) =>
      reject(new Failure("outside", "cannot_listen", `The page has no port to be served at (${code}).`)),
    );
    server.listen(0, "127.0.0.1", resolve);
  });
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    const [path = "/"] = (incoming.url ?? "/").split(/[?#]/);
    const { method = "" } = incoming;
    const asset = Object.hasOwn(assets, path) ? assets[path] : undefined;
    const turned = judgeAsker(incoming, authority, session, asset !== undefined || path === "/session");
    if (turned !== undefined) {
      response.writeHead(turned.status, { "content-type": "text/plain; charset=utf-8" }).end(`${turned.why}\n`);
    } else if (asset !== undefined && method === "GET") {
      response.writeHead(200, { "content-type": asset.type }).end(asset.bytes);
    } else if (path === "/session" && method === "POST") {
      const { ticket } = await readAsked(incoming).catch(() => ({ ticket: "" }));
      const token = session.redeem(String(ticket).slice(0, 200));
      answerJson(response, token === undefined ? 401 : 200, JSON.stringify({ token }));
    } else if (path === "/api/stream" && method === "GET") {
      stream.add(response, {
        kind: "all",
        about: aboutOf(options),
        deliveries: [...ring].map(([id, e]) => summaryOf(id, e)),
      });
    } else await route(incoming, response, path.slice(5).split("/"), path.startsWith("/api/"));
  }

  async function route(incoming: IncomingMessage, response: ServerResponse, [name, ...rest]: string[], api: boolean) {
    const key = `${incoming.method} ${name}`;
    const found = api && Object.hasOwn(ROUTES, key) ? ROUTES[key] : undefined;
    if (found === undefined) return answerJson(response, 404, '{"refused":"There is nothing here."}');
    try {
      const asked = incoming.method === "POST" ? await readAsked(incoming) : {};
      const value = await found({ options, ring, rest, asked, signal: stop.signal });
      answerJson(response, 200, masked(value, options));
    } catch (error) {
      const known = error instanceof Refused;
      const refused = known ? error.message : "That failed here.";
      answerJson(response, known ? 400 : 500, options.masked(JSON.stringify({ refused })));
    }
  }

  return {
    url: `http://${authority}/#${session.token}`,
    ticketUrl: () => `http://${authority}/#ticket=${session.ticket()}`,
    put: (entry) => stream.changed(ring.put(entry)),
    close() {
      stop.abort();
      stream.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function aboutOf({ source, kind, provider, outbox, ...options }: PageOptions): About {
  const all: PageOptions = { source, kind, ...options };
  return {
    source,
    kind,
    signs: provider !== undefined && canSign(provider, all) ? [provider.name] : [],
    tampers: Object.entries(TAMPERS).map(([name, { label }]) => ({ name, label })),
    outbox: outbox !== undefined,
  };
}

function newsOf(ring: Ring, ids: readonly number[]): readonly Message[] {
  const deliveries = ids.flatMap((id) => {
    const entry = ring.get(id);
    return entry === undefined ? [] : [summaryOf(id, entry)];
  });
  return [
    { kind: "put", deliveries },
    { kind: "drop", before: ring.oldest },
  ];
}

/** Secrets are taken out of everything but the body's bytes, which are what the sender sent. */
function masked(value: unknown, options: PageOptions): string {
  if (typeof value !== "object" || value === null || !("body" in value)) return options.masked(JSON.stringify(value));
  const { body, ...rest } = value;
  const text = options.masked(JSON.stringify(rest));
  return `${text.slice(0, -1)}${text === "{}" ? "" : ","}"body":${JSON.stringify(body)}}`;
}
