import type { Clock } from "@countersign/core";
import type { Dispatcher } from "undici";
import { type BodyFlow, BodyReader } from "./body-reader.ts";
import type { Completions } from "./completions.ts";
import { describeFailure, sentence, wasClosed } from "./failure.ts";
import type { Timings, TransportRequest, TransportResult } from "./transport.ts";

const CUT = new Error("cut");

/** What bounds a dispatch. */
export type DispatchedRequest = Pick<TransportRequest, "timeout" | "responseLimit" | "wholeBody">;

/** What the owner of a connection does for a request on it. */
export interface DispatchSide {
  /** Once, when it is known how the request ended. */
  ended(result: TransportResult): void;
  /** Makes the same request on a connection of its own; absent where it may be made only once. */
  resend?(): void;
}

/** Whether the connection can serve another request. */
export function isWhole(result: TransportResult): boolean {
  return result.kind === "response" && !result.truncated;
}

/**
 * One request on the wire, as undici's handler. Its promise resolves exactly once, at the latest with the deadline,
 * wherever the request is then: waiting for an address, for a connection, for the head or for the body.
 */
export class Dispatch implements Dispatcher.DispatchHandler, BodyFlow {
  readonly result: Promise<TransportResult>;
  #resolve!: (result: TransportResult) => void;
  #ended = false;
  #controller: Dispatcher.DispatchController | undefined;
  #body: BodyReader | undefined;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #connected: number | undefined;
  #answered: number | undefined;
  /** A byte of an answer has arrived. */
  #begun = false;
  #resent = false;
  readonly #side: DispatchSide;
  readonly #completions: Completions;
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #wholeBody: boolean;
  readonly #started: number;
  readonly #deadline: unknown;

  constructor(completions: Completions, clock: Clock, request: DispatchedRequest, side: DispatchSide) {
    this.#side = side;
    this.#completions = completions;
    this.#clock = clock;
    this.#limit = request.responseLimit;
    this.#wholeBody = request.wholeBody ?? false;
    this.#started = clock.now();
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#deadline = clock.setTimeout(() => this.#fail("timeout", sentence("timeout")), request.timeout);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // The deadline passed while the connection was being made: nothing is written.
    if (this.#ended) controller.abort(CUT);
    else this.#connected = this.#elapsed();
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
    this.#body = new BodyReader(this.#headers["content-encoding"], this.#limit, this);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    this.#body?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(error);
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController): void {
    this.#fail("invalid_response", sentence("invalid_response", "unasked upgrade"));
    controller.abort(CUT);
  }

  /** Ends the request with an error of the client. */
  fail(error: unknown): void {
    if (this.#ended) return;
    if (wasClosed(error) && this.#mayResend()) return;
    const { code, message } = describeFailure(error);
    this.#fail(code, message);
  }

  /**
   * A kept connection that the server closes just as it is used again is nobody's failure: without a single byte of an
   * answer the request is made once more.
   */
  #mayResend(): boolean {
    if (this.#side.resend === undefined || this.#resent || this.#begun || this.#connected === undefined) return false;
    this.#resent = true;
    this.#connected = undefined;
    this.#side.resend();
    return true;
  }

  #fail(code: Parameters<typeof sentence>[0], message: string): void {
    if (this.#decided) this.#respond(true);
    else this.#finish({ kind: "error", code, message, timings: this.#timings(), ...this.#again() });
  }

  /** The head has arrived, and nobody has to see the body to know what it means. */
  get #decided(): boolean {
    return this.#status !== 0 && !(this.#wholeBody && this.#status < 300);
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
      truncated: body.truncated,
      timings: this.#timings(),
      ...this.#again(),
    });
  }

  #again(): { readonly resent?: true } {
    return this.#resent ? { resent: true } : {};
  }

  #finish(result: TransportResult): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#clock.clearTimeout(this.#deadline);
    this.#completions.add(this.#resolve, result);
    if (!isWhole(result)) this.#body?.destroy();
    this.#side.ended(result);
  }

  #elapsed(): number {
    return this.#clock.now() - this.#started;
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
