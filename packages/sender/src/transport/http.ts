import { lookup as systemLookup } from "node:dns/promises";
import { ConfigurationError } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import { Pool } from "#pool";
import { machineClock, type SenderClock, steady } from "../time/steady.ts";
import { Completions } from "./completions.ts";
import { Dispatch } from "./dispatch.ts";
import { describeFailure, sentence } from "./failure.ts";
import { defineGuard, type Guard, type GuardOption, judgeUrl } from "./guard.ts";
import { AddressRefused, guardedLookup, type Resolve, type ResolvedAddress } from "./resolve.ts";
import type { TlsSettings, Transport, TransportRequest, TransportResult } from "./transport.ts";

/** Options of {@link httpTransport}. */
export interface HttpTransportOptions {
  /** Where it may connect. Default: https to public addresses. */
  readonly guard?: GuardOption;
  /** Default: the system's resolver, all addresses of both families. */
  readonly resolve?: Resolve;
  /** Where deadlines and timings come from. Default: the machine's. */
  readonly clock?: SenderClock;
}

const KEYS: KeysOf<HttpTransportOptions> = { guard: "optional", resolve: "optional", clock: "optional" };

/** Origins whose connections are kept; the least recently used goes first. */
const MOST_POOLS = 1_000;
const CONNECT_TIMEOUT = 10_000;
const LARGEST_HEAD = 16_384;

/** The connections of one origin. */
interface PooledOrigin {
  readonly pool: Pool;
  used: number;
  gone: boolean;
}

/** A URL, looked at. */
interface Target {
  readonly path: string;
  readonly origin: string;
  readonly refused: string | undefined;
  pooled: PooledOrigin | undefined;
  tls: TlsSettings | undefined;
  maxIdle: number | undefined;
}

/** Every address of a name, by the system's resolver. */
export const systemResolve: Resolve = async (hostname) =>
  (await systemLookup(hostname, { all: true, verbatim: true })) as ResolvedAddress[];

/**
 * Requests over pooled keep-alive connections, one pool per origin and TLS setting. HTTP/1.1, no redirects, no
 * proxies from the environment. Every connection, not only the first, goes through the address guard.
 *
 * @throws ConfigurationError when an option is unknown or not possible
 */
export function httpTransport(options: HttpTransportOptions = {}): Transport {
  checkOptions(options, KEYS, "httpTransport");
  return guardedTransport(defineGuard(options.guard, "httpTransport.guard"), options.resolve, options.clock);
}

/** The same behind a guard that is defined already. */
export function guardedTransport(
  guard: Guard,
  resolve: Resolve = systemResolve,
  wall: SenderClock = machineClock,
): Transport {
  const clock = steady(wall);
  checkClient(Pool);
  const lookup = guardedLookup(guard, resolve);
  const pools = new Map<string, PooledOrigin>();
  const fresh = new Set<Pool>();
  const targets = new WeakMap<URL, Target>();
  const tlsNames = new WeakMap<TlsSettings, number>();
  const completions = new Completions();
  let tlsCount = 0;
  let uses = 0;
  let closed = false;

  /** What is known of a URL: an endpoint's URL object never changes, so it is looked at once. */
  function targetOf(url: URL): Target {
    let target = targets.get(url);
    if (target === undefined) {
      const path = url.pathname + url.search;
      const refused = judgeUrl(url, guard);
      target = { path, origin: url.origin, refused, pooled: undefined, tls: undefined, maxIdle: undefined };
      targets.set(url, target);
    }
    return target;
  }

  function poolOf(target: Target, tls: TlsSettings | undefined, maxIdle: number | undefined): Pool {
    let { pooled } = target;
    if (pooled === undefined || pooled.gone || target.tls !== tls || target.maxIdle !== maxIdle) {
      pooled = findPool(target.origin, tls, maxIdle);
      target.pooled = pooled;
      target.tls = tls;
      target.maxIdle = maxIdle;
    }
    uses += 1;
    pooled.used = uses;
    return pooled.pool;
  }

  function findPool(origin: string, tls: TlsSettings | undefined, maxIdle: number | undefined): PooledOrigin {
    const key = `${origin} ${tls === undefined ? "" : nameOf(tls)} ${maxIdle ?? ""}`;
    let pooled = pools.get(key);
    if (pooled === undefined) {
      if (pools.size >= MOST_POOLS) dropOldest();
      pooled = { pool: createPool(origin, tls, maxIdle), used: 0, gone: false };
      pools.set(key, pooled);
    }
    return pooled;
  }

  function dropOldest(): void {
    const [key, oldest] = [...pools].reduce((one, other) => (other[1].used < one[1].used ? other : one));
    pools.delete(key);
    oldest.gone = true;
    oldest.pool.close().catch(() => {});
  }

  function nameOf(tls: TlsSettings): number {
    let number = tlsNames.get(tls);
    if (number === undefined) {
      tlsCount += 1;
      number = tlsCount;
      tlsNames.set(tls, number);
    }
    return number;
  }

  function createPool(origin: string, tls: TlsSettings | undefined, maxIdle: number | undefined): Pool {
    return new Pool(origin, {
      connections: null,
      pipelining: 1,
      maxHeaderSize: LARGEST_HEAD,
      // So much before the end that the server's `Keep-Alive` header names.
      keepAliveTimeoutThreshold: 1_000,
      ...(maxIdle === undefined ? {} : { keepAliveTimeout: maxIdle, keepAliveMaxTimeout: maxIdle }),
      // A dispatch has its own deadline, over everything.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { ...(tls as object | undefined), lookup, timeout: CONNECT_TIMEOUT },
    });
  }

  /** A connection for one request. */
  function onFreshConnection(origin: string, tls: TlsSettings | undefined, use: (pool: Pool) => void): void {
    const pool = createPool(origin, tls, undefined);
    if (closed) void pool.destroy();
    fresh.add(pool);
    use(pool);
    // Waits for the request, and closes the connection behind it.
    pool
      .close()
      .catch(() => {})
      .finally(() => fresh.delete(pool));
  }

  return {
    request(request: TransportRequest): Promise<TransportResult> {
      const { url, method, headers, body, tls, maxIdle } = request;
      // Literal addresses never reach `lookup`, so the URL itself is judged for every attempt.
      const target = targetOf(url);
      if (closed || target.refused !== undefined) return Promise.resolve(refusal(target.refused));
      const wire = { path: target.path, method: method as "POST", headers: headers as string[], body: body ?? null };
      const start = (pool: Pool) => {
        try {
          pool.dispatch(wire, dispatch);
        } catch (error) {
          dispatch.fail(error);
        }
      };
      // Other kept connections may be about to close as well.
      const again = request.atMostOnce ? undefined : () => onFreshConnection(target.origin, tls, start);
      const dispatch = new Dispatch(completions, clock, request, again);
      start(poolOf(target, tls, maxIdle));
      return dispatch.result;
    },
    async close() {
      closed = true;
      const all = [...[...pools.values()].map((pooled) => pooled.pool), ...fresh];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}

/**
 * A runtime or a bundler may put something else in the place of undici, as Bun does: told here rather than by requests
 * that never leave. @throws ConfigurationError
 */
export function checkClient(client: { readonly prototype: object }): void {
  if (typeof (client.prototype as { dispatch?: unknown }).dispatch === "function") return;
  throw new ConfigurationError(
    "transport",
    "The HTTP client undici is not what is installed as undici here: this runtime or bundler replaces it. Keep undici out of the bundle, or pass a transport of your own, which then has to guard addresses itself.",
    "client_replaced",
  );
}

/** The guard's refusal, or that the transport is closed. */
function refusal(refused: string | undefined): TransportResult {
  const timings = { total: 0 };
  if (refused === undefined) {
    return { kind: "error", code: "connection_lost", message: sentence("connection_lost", "closed"), timings };
  }
  const { code, message } = describeFailure(new AddressRefused(refused));
  return { kind: "error", code, message, timings };
}
