import { ConfigurationError } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import { Client } from "#client";
import { machineClock, type SenderClock, steady } from "../time/steady.ts";
import { Completions } from "./completions.ts";
import { Connections, type Way } from "./connections.ts";
import { Deadlines } from "./deadlines.ts";
import { Dispatch } from "./dispatch.ts";
import { describeFailure, sentence } from "./failure.ts";
import { defineGuard, type Guard, type GuardOption, judgeUrl } from "./guard.ts";
import { defineLimits, type LimitOptions, type Limits } from "./limits.ts";
import { systemResolve } from "./names/system.ts";
import { AddressRefused, guardedLookup, type Resolve } from "./resolve.ts";
import type { Transport, TransportRequest, TransportResult } from "./transport.ts";
import { Turns } from "./turns.ts";

/** Options of {@link httpTransport}. */
export interface HttpTransportOptions {
  /** Where it may connect. Default: https to public addresses. */
  readonly guard?: GuardOption;
  /** How many connections it opens at a time, overall and to one origin. Default: 512 and 128. */
  readonly limits?: Pick<LimitOptions, "sockets" | "socketsPerOrigin">;
  /** Default: as the system resolves names, all addresses of both families. */
  readonly resolve?: Resolve;
  /** Where deadlines and timings come from. Default: the machine's. */
  readonly clock?: SenderClock;
}

const KEYS: KeysOf<HttpTransportOptions> = {
  guard: "optional",
  limits: "optional",
  resolve: "optional",
  clock: "optional",
};

/** A URL, looked at. */
interface Target {
  readonly path: string;
  readonly way: Way;
  readonly refused: string | undefined;
}

/**
 * Requests over kept connections, of which one serves one request at a time. HTTP/1.1, no redirects, no proxies from the
 * environment. Every connection, not only the first, goes through the address guard. Of more requests than its limits
 * allow some wait until others have ended; their `timeout` begins then.
 *
 * @throws ConfigurationError when an option is unknown or not possible
 */
export function httpTransport(options: HttpTransportOptions = {}): Transport {
  checkOptions(options, KEYS, "httpTransport");
  const limits = defineLimits(options.limits, "httpTransport.limits");
  const guard = defineGuard(options.guard, "httpTransport.guard");
  const transport = guardedTransport(guard, limits, options.resolve, options.clock);
  const turns = new Turns(limits, steady(options.clock ?? machineClock));
  return {
    async request(request) {
      const [turn] = await turns.take(turns.asker(), request.url.origin, 1);
      const result = await transport.request(request);
      turn?.end();
      return result;
    },
    close: () => transport.close(),
  };
}

/** The same behind a guard that is defined already, for those who wait for their turn themselves. */
export function guardedTransport(
  guard: Guard,
  { sockets }: Limits,
  resolve: Resolve = systemResolve,
  wall: SenderClock = machineClock,
): Transport {
  const clock = steady(wall);
  checkClient(Client);
  const connections = new Connections(sockets, guardedLookup(guard, resolve));
  const road = { connections, completions: new Completions(), deadlines: new Deadlines(clock), clock };
  const targets = new WeakMap<URL, Target>();
  let closed = false;

  /** What is known of a URL: an endpoint's URL object never changes, so it is looked at once. */
  function targetOf({ url, tls, maxIdle }: TransportRequest): Target {
    const known = targets.get(url);
    if (known !== undefined && known.way.tls === tls && known.way.maxIdle === maxIdle) return known;
    const way = connections.way(url.origin, tls, maxIdle);
    const target = { path: url.pathname + url.search, way, refused: judgeUrl(url, guard) };
    targets.set(url, target);
    return target;
  }

  return {
    request(request: TransportRequest): Promise<TransportResult> {
      // Literal addresses never reach `lookup`, so the URL itself is judged for every attempt.
      const { path, way, refused } = targetOf(request);
      if (closed || refused !== undefined) return Promise.resolve(refusal(refused));
      return new Promise((resolve) => new Dispatch(road, way, path, request, resolve).start());
    },
    async close() {
      closed = true;
      await connections.destroy();
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
