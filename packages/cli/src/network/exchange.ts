import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";

/** One request, exactly as it is to be sent. */
export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  /** In this order and this spelling. `Host`, `Content-Length` and those of the connection are set anew. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** What came of it. */
export type Exchanged =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: readonly (readonly [name: string, value: string])[];
      /** As it came, not inflated; cut at the limit. */
      readonly body: Uint8Array;
      readonly milliseconds: number;
    }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly milliseconds: number };

/** How an exchange is bounded. */
export interface ExchangeOptions {
  /** Milliseconds for all of it. */
  readonly timeout: number;
  /** Bytes of the answer's body that are kept; the rest is read past. Default 1 MiB. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly lookup?: LookupFunction;
}

const CONNECTION = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Whether a header belongs to one connection and not to the message. */
export function ofConnection(name: string): boolean {
  return CONNECTION.has(name.toLowerCase());
}

/** Sends bytes as they are: nothing is parsed, inflated or followed. Throws nothing. */
export function exchange(outgoing: Outgoing, options: ExchangeOptions): Promise<Exchanged> {
  const { method, url, headers, body } = outgoing;
  const { timeout, limit = 1_048_576, signal, lookup } = options;
  const started = performance.now();
  const milliseconds = () => Math.round(performance.now() - started);
  const kept = headers.filter(([name]) => !ofConnection(name));
  const flat = [...kept, ["Content-Length", String(body.length)], ["Connection", "close"]] as const;
  return new Promise((resolve) => {
    const fail = (code: string, message: string) =>
      resolve({ kind: "failed", code, message, milliseconds: milliseconds() });
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    let request: ReturnType<typeof requestHttp>;
    try {
      request = send(url, {
        method,
        headers: ["Host", url.host, ...flat.flat()],
        agent: false,
        ...(signal === undefined ? {} : { signal }),
        ...(lookup === undefined ? {} : { lookup }),
      });
    } catch (error) {
      return fail((error as NodeJS.ErrnoException).code ?? "ERR", "It cannot be sent as HTTP.");
    }
    const timer = setTimeout(() => {
      fail("timeout", `No whole answer within ${timeout / 1_000} s.`);
      request.destroy();
    }, timeout);
    request.on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? "ERR", sentenceFor(error)));
    request.on("close", () => {
      clearTimeout(timer);
      fail("connection_lost", "The connection ended before the answer did.");
    });
    request.on("response", (response) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      response.on("data", (chunk: Uint8Array) => {
        if (size < limit) chunks.push(chunk.subarray(0, limit - size));
        size += chunk.length;
      });
      response.on("end", () =>
        resolve({
          kind: "answer",
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
          body: Buffer.concat(chunks),
          milliseconds: milliseconds(),
        }),
      );
      response.on("error", () => {});
    });
    request.end(body);
  });
}

/** Node's flat list of names and values, two by two. */
export function pairs(raw: readonly string[]): (readonly [name: string, value: string])[] {
  return Array.from({ length: raw.length >> 1 }, (_, i) => [raw[2 * i] as string, raw[2 * i + 1] as string] as const);
}

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens there.",
  ENOTFOUND: "There is no host of that name.",
  EAI_AGAIN: "The name could not be looked up: no network?",
  ECONNRESET: "The connection was cut.",
  ENETUNREACH: "There is no way to that network.",
  EHOSTUNREACH: "There is no way to that host.",
};

function sentenceFor({ code = "" }: NodeJS.ErrnoException): string {
  return (
    SENTENCES[code] ??
    (/CERT|SIGNED|TLS|SSL/.test(code) ? "Its certificate is not trusted here." : "The connection failed.")
  );
}
