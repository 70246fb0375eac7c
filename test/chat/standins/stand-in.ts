import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a platform sees it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

/** What a platform's stand-in is made of: its rules, and what it can be told to do. */
export interface Rules {
  /** The path and query of its one webhook. */
  readonly webhook: string;
  /** Judges a request; `at` is the time. Called for everything that arrives. */
  answer(request: Seen, at: number): Answer;
}

/** What can be arranged on a stand-in before a request comes. */
export interface Control {
  /** Somebody else has spent the allowance up to now. */
  spend(at: number): void;
  /** The webhook was deleted. */
  delete(): void;
  /** The next so many requests fail on the platform's side. */
  fail(times: number): void;
  /** The next so many requests are carried out, but their answers are lost behind a 502. */
  lose(times: number): void;
}

export interface StandIn extends Control {
  readonly origin: string;
  readonly url: string;
  /** Messages that were posted, as the platform understood them. */
  readonly posted: readonly { readonly body: string; readonly query: string }[];
  /** Status and reason of everything that was not. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

/** State that all stand-ins share. */
export class Desk {
  readonly posted: { body: string; query: string }[] = [];
  readonly refused: string[] = [];
  deleted = false;
  failures = 0;
  losses = 0;
  #times: number[] = [];

  /** When the next request may come, in milliseconds from `at`; 0 for now. Counts it when it may. */
  allowance(requests: number, per: number, at: number): number {
    this.#times = this.#times.filter((time) => time > at - per);
    const [first] = this.#times;
    if (this.#times.length >= requests && first !== undefined) return first + per - at;
    this.#times.push(at);
    return 0;
  }

  spend(at: number, requests: number): void {
    for (let count = 0; count < requests; count++) this.#times.push(at);
  }

  /** How much of the allowance is left. */
  left(requests: number): number {
    return requests - this.#times.length;
  }
}

/** Puts a platform's rules behind a port of this machine. */
export async function serve(
  make: (desk: Desk) => Rules & { readonly requests: number },
  now: () => number,
): Promise<StandIn> {
  const desk = new Desk();
  const rules = make(desk);
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const request = {
      method: incoming.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString("utf8"),
    };
    const before = desk.posted.length;
    const broken = desk.failures > 0;
    if (broken) desk.failures -= 1;
    const given = broken ? { status: 503, body: "upstream" } : rules.answer(request, now());
    const lost = !broken && desk.losses > 0;
    if (lost) desk.losses -= 1;
    const answer: Answer = lost ? { status: 502, body: "bad gateway" } : given;
    const text = typeof answer.body === "object" ? JSON.stringify(answer.body) : (answer.body ?? "");
    if (desk.posted.length === before) desk.refused.push(`${answer.status} ${text}`);
    const type = typeof answer.body === "object" ? "application/json" : "text/plain";
    outgoing.writeHead(answer.status, { "content-type": type, ...answer.headers }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: origin + rules.webhook,
    posted: desk.posted,
    refused: desk.refused,
    spend: (at) => desk.spend(at, rules.requests),
    delete: () => {
      desk.deleted = true;
    },
    fail: (times) => {
      desk.failures = times;
    },
    lose: (times) => {
      desk.losses = times;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The body as JSON, or `undefined`. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
