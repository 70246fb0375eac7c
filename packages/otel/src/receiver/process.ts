import type { Delivery, KeptDelivery } from "@countersign/core";
import {
  type Attributes,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { attribute, errorType, operation } from "../convention/attributes.ts";
import type { Instruments } from "../convention/instruments.ts";

/** What handlers are observed with. */
export interface ProcessTools {
  readonly tracer: Tracer;
  readonly instruments: Instruments;
  readonly now: () => number;
  /** Whether the handler's span belongs to the sender's trace, instead of a link to it. */
  readonly continueTrace: boolean;
}

/** Runs a handler in a span of its own, until it has returned, or its promise is settled. */
export function process<Result>(
  delivery: Delivery<any> | KeptDelivery,
  sent: SpanContext | undefined,
  work: (span: Span) => Result,
  { tracer, instruments, now, continueTrace }: ProcessTools,
): Result {
  const attributes: Attributes = { ...operation("process"), [attribute.provider]: delivery.provider };
  const goesOn = continueTrace && sent !== undefined;
  const parent = goesOn ? trace.setSpanContext(ROOT_CONTEXT, sent) : context.active();
  const span = tracer.startSpan(
    `process ${delivery.provider}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: { ...attributes, ...("duplicate" in delivery ? { [attribute.duplicate]: delivery.duplicate } : {}) },
      links: sent === undefined || goesOn ? [] : [{ context: sent }],
    },
    parent,
  );
  const since = now();
  const end = (error?: Attributes): void => {
    instruments.handled.record((now() - since) / 1_000, { ...attributes, ...error });
    if (error !== undefined) span.setAttributes(error).setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  };
  // What was thrown may quote the payload: only its class is told.
  const failed = (error: unknown): never => {
    end({ [attribute.error]: errorType(error) });
    throw error;
  };
  return context.with(trace.setSpan(context.active(), span), () => {
    let result: Result;
    try {
      result = work(span);
    } catch (error) {
      return failed(error);
    }
    if (!(result instanceof Promise)) {
      end();
      return result;
    }
    return result.then((value) => {
      end();
      return value;
    }, failed) as Result;
  });
}
