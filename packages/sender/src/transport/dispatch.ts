import type { Clock } from "@countersign/core";
import type { Dispatcher } from "undici";
import { type BodyFlow, BodyReader } from "./body-reader.ts";
import type { Completed, Completions } from "./completions.ts";
import type { Connection, Connections, Way } from "./connections.ts";
import type { Deadline, Deadlines, Late } from "./deadlines.ts";
import { describeFailure, sentence, wasClosed } from "./failure.ts";
import type { Timings, TransportRequest, TransportResult } from "./transport.ts";

const CUT = new Error("cut");
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** What requests go over: one for a transport. */
export interface Road {
  readonly connections: Connections;
  readonly completions: Completions;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}

/** Whether the connection can serve another request. */
function isWhole(result: TransportResult): boolean {
  return result.kind === "response" && !result.truncated;
}

/**
 * One request on the wire, as undici's handler. It ends exactly once, at the latest with the deadline, wherever the request
 * is then: waiting for an address, for a connection, for the head or for the body.
 */
export class Dispatch implements Dispatcher.DispatchHandler, BodyFlow, Completed, Late {
  readonly #road: Road;
  readonly #way: Way;
  readonly #wire: Dispatcher.DispatchOptions;
  readonly #request: TransportRequest;
  readonly #tell: (result: TransportResult) => void;
  readonly #started: number;
  readonly #deadline: Deadline;
  #connection: Connection;
  #result: TransportResult | undefined = undefined;
  #controller: Dispatcher.DispatchController | undefined = undefined;
  #body: BodyReader | undefined = undefined;
  #status = 0;
  #headers: Readonly<Record<string, string>> = NO_HEADERS;
  #connected: number | undefined = undefined;
  #answered: number | undefined = undefined;
  /** A byte of an answer has arrived. */
  #begun = false;
  #resent = false;
  /** It is being handed to the connection: no time has passed. */
  #starting = false;

  /** @param tell is told how it ended, once and not at once */
  constructor(road: Road, way: Way, path: string, request: TransportRequest, tell: (result: TransportResult) => void) {
    const { method, headers, body = null } = request;
    this.#road = road;
    this.#way = way;
    this.#wire = { path, method: method as "POST", headers: headers as string[], body };
    this.#request = request;
    this.#tell = tell;
    this.#started = road.clock.now();
    this.#deadline = road.deadlines.add(this, this.#started, request.timeout);
    this.#connection = road.connections.take(way);
  }

  /** Sends it. */
  start(): void {
    this.#starting = !this.#resent;
    try {
      this.#connection.send(this.#wire, this);
    } catch (error) {
      this.#failBy(error);
    }
    this.#starting = false;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The deadline passed while the connection was being made: nothing is written.
    if (this.#result !== undefined) controller.abort(CUT);
    else this.#connected = this.#starting ? 0 : this.#elapsed();
  }

  onResponseStarted(): void {
    this.#begun = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return; // 1xx: the answer is still to come.
    this.#answered = this.#elapsed();
    this.#status = status;
    this.#headers = joinHeaders(headers);
    this.#body = new BodyReader(this.#headers["content-encoding"], this.#request.responseLimit, this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    this.#body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#failBy(error);
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController): void {
    this.#fail("invalid_response", sentence("invalid_response", "unasked upgrade"));
    controller.abort(CUT);
  }

  late(): void {
    this.#fail("timeout", sentence("timeout"));
  }

  tellEnd(): void {
    this.#tell(this.#result as TransportResult);
  }

  /** Ends the request with an error of the client. */
  #failBy(error: unknown): void {
    if (this.#result !== undefined) return;
    if (wasClosed(error) && this.#mayResend()) {
      this.#resend();
      return;
    }
    const { code, message } = describeFailure(error);
    this.#fail(code, message);
  }

  /**
   * A kept connection that the server closes just as it is used again is nobody's failure: without a single byte of an
   * answer the request is made once more.
   */
  #mayResend(): boolean {
    return !this.#request.atMostOnce && !this.#resent && !this.#begun && this.#connected !== undefined;
  }

  #resend(): void {
    const { connections } = this.#road;
    this.#resent = true;
    this.#connected = undefined;
    connections.drop(this.#connection);
    // Other kept connections may be about to close as well.
    this.#connection = connections.create(this.#way);
    this.start();
  }

  #fail(code: Parameters<typeof sentence>[0], message: string): void {
    if (this.#decided) this.#respond(true);
    else this.#finish({ kind: "error", code, message, timings: this.#timings() });
  }

  /** The head has arrived, and nobody has to see the body to know what it means. */
  get #decided(): boolean {
    return this.#status !== 0 && !(this.#request.wholeBody && this.#status < 300);
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  done(): void {
    this.#respond((this.#body as BodyReader).truncated);
  }

  #respond(truncated: boolean): void {
    const body = this.#body as BodyReader;
    body.truncated = truncated;
    this.#finish({
      kind: "response",
      status: this.#status,
      headers: this.#headers,
      body: body.text(),
      truncated,
      timings: this.#timings(),
    });
  }

  #finish(result: TransportResult): void {
    if (this.#result !== undefined) return;
    const { connections, completions, deadlines } = this.#road;
    this.#result = this.#resent ? { ...result, resent: true } : result;
    deadlines.delete(this.#deadline);
    completions.add(this);
    if (isWhole(result)) {
      connections.give(this.#connection);
      return;
    }
    this.#body?.destroy();
    connections.drop(this.#connection);
    if (result.kind === "error" && result.code === "out_of_resources") connections.shrink();
  }

  #elapsed(): number {
    return this.#road.clock.now() - this.#started;
  }

  #timings(): Timings {
    const total = this.#elapsed();
    if (this.#connected === undefined) return { total };
    if (this.#answered === undefined) return { connected: this.#connected, total };
    return { connected: this.#connected, answered: this.#answered, total };
  }
}

/** undici's names are lower-case already; only repeated headers need work. */
function joinHeaders(headers: Record<string, string | string[] | undefined>): Readonly<Record<string, string>> {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== "string") headers[name] = value?.join(", ") ?? "";
  }
  return headers as Record<string, string>;
}
