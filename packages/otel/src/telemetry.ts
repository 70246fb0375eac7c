import { ConfigurationError, type Delivery, type KeptDelivery } from "@countersign/core";
import { checkBoolean, checkFunction, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { Outbox, Subject } from "@countersign/sender";
import {
  type MeterProvider,
  metrics,
  propagation,
  type Span,
  type SpanContext,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { listen } from "./channel/listen.ts";
import { makeInstruments } from "./convention/instruments.ts";
import { observeOutbox } from "./outbox/observe.ts";
import { Links } from "./receiver/links.ts";
import { Held, observeReceivers } from "./receiver/observe.ts";
import { process } from "./receiver/process.ts";
import { observeSenders } from "./sender/observe.ts";
import { Origins } from "./sender/origins.ts";

/** Options of {@link createTelemetry}. */
export interface TelemetryOptions {
  /** Where metrics go. Default: the provider that is registered with OpenTelemetry's API. */
  readonly meterProvider?: MeterProvider;
  /** Where spans go. Default: the provider that is registered with OpenTelemetry's API. */
  readonly tracerProvider?: TracerProvider;
  /** Writes and reads `traceparent`. Default: the propagator that is registered with OpenTelemetry's API. */
  readonly propagator?: TextMapPropagator;
  /**
   * Whether receivers are told of the trace: all, none, or those of whose endpoint the function says so. Endpoints with a
   * `format` never are. @default true
   */
  readonly propagate?: boolean | ((endpoint: string) => boolean);
  /**
   * `true`: the span of {@link Telemetry.process} goes on in the trace that the sender named, instead of a link to it. Only
   * for senders of your own: the header is not signed, and decides whether the trace is recorded. @default false
   */
  readonly continueTrace?: boolean;
  /** Milliseconds of a clock that is never set back, for durations. Default: `performance.now`. */
  readonly now?: () => number;
}

/** Options of {@link Telemetry.outbox}. */
export interface OutboxLabel {
  /** Tells it apart from the other outboxes of the process: `countersign.outbox.name`. Default: none. */
  readonly name?: string;
}

/** Metrics and spans of all senders and verifiers of the process. */
export interface Telemetry {
  /**
   * Gives back the same outbox, observed: what is in it, and how long its calls take. Hand the result to `createSender`. An
   * inbox of `@countersign/outbox` can be observed so too, its routes as destinations.
   * Whenever metrics are collected its `stats` are asked for once, until it is closed.
   *
   * @throws ConfigurationError for what is no outbox
   */
  outbox<Box extends Pick<Outbox, "stats">>(outbox: Box, label?: OutboxLabel): Box;
  /**
   * Runs a handler in a span of its own, linked to the span in which its delivery was sent, until it has returned or its
   * promise is settled: of a request, or of an inbox's worker. Gives back, or throws, what the handler does; of an error only the class is told.
   */
  process<Result>(delivery: Delivery<any> | KeptDelivery, work: (span: Span) => Result): Result;
  /** Hears nothing more. Spans of requests under way still end. */
  stop(): void;
}

const KEYS: KeysOf<TelemetryOptions> = {
  meterProvider: "optional",
  tracerProvider: "optional",
  propagator: "optional",
  propagate: "optional",
  continueTrace: "optional",
  now: "optional",
};
const LABEL: KeysOf<OutboxLabel> = { name: "optional" };
const NAME = "@countersign/otel";

/**
 * Makes OpenTelemetry's metrics and spans of what senders and verifiers tell, all of the process. Call it once, when the
 * SDK is set up and before anything is sent or received.
 *
 * @throws ConfigurationError when an option is unknown or not possible
 *
 * @example
 * ```ts
 * import { createTelemetry } from "@countersign/otel";
 * import { createSender, memoryOutbox } from "@countersign/sender";
 *
 * const telemetry = createTelemetry();
 * const sender = createSender({
 *   endpoints: [{ name: "billing", url: "https://example.com/hooks" }],
 *   outbox: telemetry.outbox(memoryOutbox()),
 * });
 * await sender.close();
 * telemetry.stop();
 * ```
 */
export function createTelemetry(options: TelemetryOptions = {}): Telemetry {
  checkOptions(options, KEYS, "");
  const { meterProvider = metrics, tracerProvider = trace, propagator = propagation } = options;
  checkMethods(meterProvider, "meterProvider", ["getMeter"]);
  checkMethods(tracerProvider, "tracerProvider", ["getTracer"]);
  checkMethods(propagator, "propagator", ["inject", "extract"]);
  const now = checkFunction(options.now, "now") ?? (() => performance.now());
  const continueTrace = checkBoolean(options.continueTrace ?? false, "continueTrace");
  const propagate = readPropagate(options.propagate ?? true);

  const meter = meterProvider.getMeter(NAME);
  const tracer = tracerProvider.getTracer(NAME);
  const instruments = makeInstruments(meter);
  const links = new Links(propagator);
  const held = new Held();
  const origins = new Origins();
  const carrier = {
    propagator,
    restore: (subject: Subject, span: SpanContext) => origins.restore(subject, span),
  };
  const stops = [
    listen(observeSenders({ tracer, origins, propagator, propagate, instruments, now })),
    listen(observeReceivers(instruments, links, held)),
    held.show(instruments),
  ];

  return Object.freeze({
    outbox(outbox, label = {}) {
      checkMethods(outbox, "outbox", ["stats"]);
      checkOptions(label, LABEL, "outbox");
      const name = label.name === undefined ? undefined : checkText(label.name, "outbox.name");
      const observed = observeOutbox(outbox, name, { meter, instruments, now, carrier });
      stops.push(observed.stop);
      return observed.outbox;
    },
    process: (delivery, work) =>
      process(delivery, links.of(delivery), work, { tracer, instruments, now, continueTrace }),
    stop() {
      for (const stop of stops.splice(0)) stop();
    },
  } satisfies Telemetry);
}

/** @throws ConfigurationError */
function readPropagate(value: TelemetryOptions["propagate"]): (endpoint: string) => boolean {
  if (typeof value === "function") return value;
  const all = checkBoolean(value, "propagate");
  return () => all;
}

/** An object is known by what it can do. @throws ConfigurationError */
function checkMethods(value: object, option: string, methods: readonly string[]): void {
  const missing = methods.find((name) => typeof (value as Record<string, unknown> | null)?.[name] !== "function");
  if (missing === undefined) return;
  throw new ConfigurationError(option, `${option} must be an object with the method ${missing}.`);
}
