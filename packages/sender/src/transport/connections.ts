import type { LookupFunction } from "node:net";
import type { Dispatcher, Client as UndiciClient } from "undici";
import { buildConnector, Client } from "#client";
import { ChurnMap } from "../lib/churn-map.ts";
import type { TlsSettings } from "./transport.ts";

const CONNECT_TIMEOUT = 10_000;
const LARGEST_HEAD = 16_384;
/** How much of a bound that was lowered comes back with each request that ends well. */
const REGAIN = 0.02;

/** Where a connection leads, and how long it may be idle. */
export interface Way {
  /** Connections of the same key serve the same requests. */
  readonly key: string;
  readonly origin: string;
  readonly tls: TlsSettings | undefined;
  readonly maxIdle: number | undefined;
}

type Connector = ReturnType<typeof buildConnector>;
type Socket = { destroy(): void } | undefined;

/** One connection: a socket at most, and one request at a time. */
export class Connection {
  readonly key: string;
  readonly #client: UndiciClient;
  #socket: Socket;

  constructor({ key, origin, maxIdle }: Way, connector: Connector, closed: (one: Connection) => void) {
    this.key = key;
    this.#client = new Client(origin, {
      pipelining: 1,
      maxHeaderSize: LARGEST_HEAD,
      // So much before the end that the server's `Keep-Alive` header names.
      keepAliveTimeoutThreshold: 1_000,
      ...(maxIdle === undefined ? {} : { keepAliveTimeout: maxIdle, keepAliveMaxTimeout: maxIdle }),
      // A dispatch has its own deadline, over everything.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        // It gives back the socket at once, which its declaration does not say.
        this.#socket = connector(options, callback) as unknown as Socket;
      },
    });
    this.#client.on("disconnect", () => closed(this));
  }

  send(wire: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(wire, handler);
  }

  /** Ends it, while it is being made too. */
  async destroy(): Promise<void> {
    const ended = this.#client.destroy();
    this.#socket?.destroy();
    await ended;
  }
}

/**
 * The connections of a transport, of which there are never more than so many, idle ones included: for a new one the
 * longest idle of all goes. How many are in use at a time is the business of those who ask.
 */
export class Connections {
  readonly #limit: number;
  #most: number;
  readonly #lookup: LookupFunction;
  readonly #all = new Set<Connection>();
  /** The longest idle first. */
  readonly #idle = new ChurnMap<Connection, true>();
  readonly #idleByKey = new Map<string, Connection[]>();
  /** One for each TLS setting, so that its sessions are resumed. */
  readonly #connectors = new WeakMap<object, { readonly number: number; readonly connector: Connector }>();
  #settings = 0;

  constructor(most: number, lookup: LookupFunction) {
    this.#limit = most;
    this.#most = most;
    this.#lookup = lookup;
  }

  /** Where requests of this kind go. */
  way(origin: string, tls: TlsSettings | undefined, maxIdle: number | undefined): Way {
    const number = tls === undefined ? "" : this.#connectorOf(tls).number;
    return { key: `${origin} ${number} ${maxIdle ?? ""}`, origin, tls, maxIdle };
  }

  /** The one that was used last, where one is idle; else a new one. */
  take(way: Way): Connection {
    const idle = this.#idleByKey.get(way.key)?.pop();
    if (idle === undefined) return this.create(way);
    this.#idle.delete(idle);
    return idle;
  }

  create(way: Way): Connection {
    this.#makeRoom();
    const { connector } = this.#connectorOf(way.tls);
    const connection = new Connection(way, connector, (closed) => {
      if (this.#idle.has(closed)) this.drop(closed);
    });
    this.#all.add(connection);
    return connection;
  }

  /** Its request has ended well: the next may have it. */
  give(connection: Connection): void {
    if (!this.#all.has(connection)) return;
    this.#most = Math.min(this.#limit, this.#most + REGAIN);
    this.#idle.set(connection, true);
    const others = this.#idleByKey.get(connection.key);
    if (others === undefined) this.#idleByKey.set(connection.key, [connection]);
    else others.push(connection);
  }

  drop(connection: Connection): void {
    this.#forget(connection);
    if (!this.#all.delete(connection)) return;
    // Not inside a callback of the client itself.
    queueMicrotask(() => void connection.destroy());
  }

  /** The machine has nothing left: fewer than there are, until it turns out that there is room again. */
  shrink(): void {
    this.#most = Math.max(1, Math.min(this.#most, this.#all.size) - 1);
    this.#makeRoom();
  }

  /** For one more. */
  #makeRoom(): void {
    for (const longest of this.#idle.keys()) {
      if (this.#all.size < Math.floor(this.#most)) return;
      this.drop(longest);
    }
  }

  async destroy(): Promise<void> {
    const all = [...this.#all];
    for (const connection of all) this.#forget(connection);
    this.#all.clear();
    await Promise.all(all.map((connection) => connection.destroy()));
  }

  #forget(connection: Connection): void {
    const others = this.#idleByKey.get(connection.key);
    if (others === undefined) return;
    if (this.#idle.delete(connection)) others.splice(others.lastIndexOf(connection), 1);
    if (others.length === 0) this.#idleByKey.delete(connection.key);
  }

  #connectorOf(tls: TlsSettings | undefined) {
    const setting = tls ?? this;
    let known = this.#connectors.get(setting);
    if (known === undefined) {
      this.#settings += 1;
      const options = { ...(tls as object | undefined), lookup: this.#lookup, timeout: CONNECT_TIMEOUT };
      known = { number: this.#settings, connector: buildConnector(options) };
      this.#connectors.set(setting, known);
    }
    return known;
  }
}
