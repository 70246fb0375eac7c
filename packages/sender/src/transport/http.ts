import { lookup as systemLookup } from "node:dns/promises";
import { type Clock, systemClock } from "@countersign/core";
import { Pool } from "undici";
import { Exchange } from "./exchange.ts";
import { describeFailure, sentence } from "./failure.ts";
import { defineGuard, type Guard, judgeUrl } from "./guard.ts";
import { AddressRefused, guardedLookup, type Resolve, type ResolvedAddress } from "./resolve.ts";
import type { TlsSettings, Transport, TransportRequest, TransportResult } from "./transport.ts";

/** What the real transport can be told. */
export interface HttpTransportOptions {
  readonly guard?: Guard;
  /** Default: the system's resolver, all addresses of both families. */
  readonly resolve?: Resolve;
  readonly clock?: Clock;
}

/** Origins whose connections are kept; the least recently used goes first. */
const MOST_POOLS = 1_000;
const CONNECT_TIMEOUT = 10_000;
const LARGEST_HEAD = 16_384;

/** Every address of a name, by the system's resolver. */
export const systemResolve: Resolve = async (hostname) =>
  (await systemLookup(hostname, { all: true, verbatim: true })) as ResolvedAddress[];

/**
 * Requests over pooled keep-alive connections, one pool per origin and TLS setting. HTTP/1.1, no redirects, no
 * proxies from the environment. Every connection, not only the first, goes through the address guard.
 */
export function httpTransport(options: HttpTransportOptions = {}): Transport {
  const guard = options.guard ?? defineGuard();
  const clock = options.clock ?? systemClock;
  const lookup = guardedLookup(guard, options.resolve ?? systemResolve);
  const pools = new Map<string, Pool>();
  const tlsNames = new WeakMap<TlsSettings, number>();
  let tlsCount = 0;
  /** The verdict on a URL by itself, given once: an endpoint's URL object never changes. */
  const verdicts = new WeakMap<URL, string>();
  let newest = "";
  let closed = false;

  function poolOf(url: URL, tls: TlsSettings | undefined): Pool {
    let key = url.origin;
    if (tls !== undefined) {
      let number = tlsNames.get(tls);
      if (number === undefined) {
        tlsCount += 1;
        number = tlsCount;
        tlsNames.set(tls, number);
      }
      key += ` ${number}`;
    }
    let pool = pools.get(key);
    if (pool === undefined) {
      pool = createPool(url.origin, tls);
      if (pools.size >= MOST_POOLS) {
        const [oldest, idle] = pools.entries().next().value as [string, Pool];
        pools.delete(oldest);
        idle.close().catch(() => {});
      }
    } else if (key !== newest) {
      pools.delete(key); // To the end: the map's order is the order of use.
    } else return pool;
    pools.set(key, pool);
    newest = key;
    return pool;
  }

  function createPool(origin: string, tls: TlsSettings | undefined): Pool {
    return new Pool(origin, {
      connections: null,
      pipelining: 1,
      maxHeaderSize: LARGEST_HEAD,
      // The exchange has its own deadline, over everything.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { ...(tls as object | undefined), lookup, timeout: CONNECT_TIMEOUT },
    });
  }

  return {
    request({ url, method, headers, body, timeout, responseLimit, tls }: TransportRequest): Promise<TransportResult> {
      // Literal addresses never reach `lookup`, so every attempt judges the URL itself.
      let refused = verdicts.get(url);
      if (refused === undefined) {
        refused = judgeUrl(url, guard) ?? "";
        verdicts.set(url, refused);
      }
      if (refused !== "") {
        const { code, message } = describeFailure(new AddressRefused(refused));
        return Promise.resolve({ kind: "error", code, message, timings: { total: 0 } });
      }
      if (closed) {
        const code = "connection_lost";
        return Promise.resolve({ kind: "error", code, message: sentence(code, "closed"), timings: { total: 0 } });
      }
      const exchange = new Exchange(clock, timeout, responseLimit);
      try {
        poolOf(url, tls).dispatch(
          {
            path: url.pathname + url.search,
            method: method as "POST",
            headers: headers as string[],
            body: body ?? null,
          },
          exchange,
        );
      } catch (error) {
        exchange.fail(error);
      }
      return exchange.result;
    },
    async close() {
      closed = true;
      const all = [...pools.values()];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}
