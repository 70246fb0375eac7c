import type { Attempting, AttemptRecord } from "@countersign/sender";
import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  type TextMapSetter,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { attribute, operation } from "../convention/attributes.ts";
import { destination } from "./destination.ts";
import type { Origins } from "./origins.ts";

/** Links of one span; a batch may have thousands of events. */
const MOST_LINKS = 32;

const setter: TextMapSetter<Attempting> = { set: (request, name, value) => void request.addHeader(name, value) };

/** What spans of attempts are made with. */
export interface AttemptSpanTools {
  readonly tracer: Tracer;
  readonly origins: Origins;
  readonly propagator: Pick<TextMapPropagator, "inject">;
  /** Whether the receiver is told of the trace. */
  readonly propagate: (endpoint: string) => boolean;
}

/**
 * One span for one request, from before its signature to the end of its answer. Its parent is never what happens to be
 * active where the sender works, but the span that sent the event; a batch has links to those of all its events.
 */
export function startAttemptSpan(request: Attempting, tools: AttemptSpanTools): (record: AttemptRecord) => void {
  const { tracer, propagator, propagate } = tools;
  const tells = request.takesHeaders && propagate(request.endpoint);
  const { parent, links } = relations(request, tools.origins);
  const span = tracer.startSpan(
    `send ${request.endpoint}`,
    { kind: tells ? SpanKind.PRODUCER : SpanKind.CLIENT, links, attributes: attributesOf(request) },
    parent,
  );
  if (tells) propagator.inject(trace.setSpan(ROOT_CONTEXT, span), request, setter);
  return (record) => endSpan(span, record);
}

function relations({ subjects }: Attempting, origins: Origins): { parent: Context; links: Link[] } {
  const spans = subjects.map((subject) => origins.of(subject)?.span).filter((span) => span !== undefined);
  const [only] = spans;
  if (subjects.length === 1 && only !== undefined)
    return { parent: trace.setSpanContext(ROOT_CONTEXT, only), links: [] };
  const different = new Map<string, SpanContext>(spans.map((span) => [`${span.traceId}${span.spanId}`, span]));
  return { parent: ROOT_CONTEXT, links: [...different.values()].slice(0, MOST_LINKS).map((context) => ({ context })) };
}

function attributesOf({ endpoint, url, method, number, subjects }: Attempting) {
  return {
    ...operation("send"),
    ...destination(url),
    [attribute.destination]: endpoint,
    [attribute.method]: method,
    [attribute.scheme]: new URL(url).protocol.slice(0, -1),
    ...(number > 1 ? { [attribute.resend]: number - 1 } : {}),
    ...(subjects.length > 1 ? { [attribute.batch]: subjects.length } : {}),
  };
}

function endSpan(span: Span, { status, error }: AttemptRecord): void {
  if (status !== undefined) span.setAttribute(attribute.status, status);
  if (error !== undefined) span.setAttribute(attribute.error, error).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
