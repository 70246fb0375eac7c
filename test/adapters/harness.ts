import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Delivery, Provider, VerifierOptions } from "@countersign/core";

/** What a handler of the contract sees, whatever the framework. */
export interface Call {
  readonly delivery: Delivery<any>;
  readonly contentType: string | undefined;
  /** The bytes as the framework's own way of reading gives them to a handler. */
  bytes(): Promise<Uint8Array>;
  /** The payload, the same way. */
  json(): Promise<unknown>;
}

/** What a handler of the contract wants answered; each harness says it in its framework's own words. */
export interface Plan {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Streamed instead of `body`. */
  readonly stream?: AsyncIterable<string>;
}

export type Handler = (call: Call) => Plan | Promise<Plan>;

export interface Start {
  readonly provider: Provider<any>;
  readonly options: VerifierOptions<any, any, any>;
  readonly handler: Handler;
  /** One of the harness's `variants`: what else is mounted in the application. */
  readonly variant?: string;
}

export interface Running {
  readonly port: number;
  readonly server: Server;
  /** The server's ends of all connections so far. */
  readonly sockets: readonly Socket[];
  readonly requests: readonly IncomingMessage[];
  /** What reached the framework's error handler or log. */
  readonly errors: readonly unknown[];
  close(): Promise<void>;
}

export interface Harness {
  readonly name: string;
  /** Applications in which the route must work just the same; `"plain"` is always one. */
  readonly variants: readonly string[];
  /** Applications in which something has taken the body, and what the error must name. */
  readonly consumers: Readonly<Record<string, RegExp>>;
  /** True where it reads `IncomingMessage` itself, so that its listeners can be counted and header lines be told apart. */
  readonly node: boolean;
  /** False where settling is the user's own business. */
  readonly settles: boolean;
  /** True where a mistake of set-up reaches an error handler or a log of the framework's, not `onReject` alone. */
  readonly errorChannel: boolean;
  /** False where what is left of a refused body is the runtime's or the user's business. */
  readonly drains?: false;
  /** Whether the secret lookup was given what the framework calls its context. */
  readonly isContext?: (context: unknown) => boolean;
  start(start: Start): Promise<Running>;
}

/** Listens on a free loopback port and keeps the books that the contract reads. */
export async function listen(server: Server, errors: unknown[], close?: () => Promise<unknown>): Promise<Running> {
  const sockets: Socket[] = [];
  const requests: IncomingMessage[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  server.prependListener("request", (request) => requests.push(request));
  if (!server.listening) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  return {
    port: (server.address() as AddressInfo).port,
    server,
    sockets,
    requests,
    errors,
    async close() {
      server.closeAllConnections();
      if (close !== undefined) await close();
      else await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A promise and its ends. */
export interface Deferred<T = void> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T = void>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
