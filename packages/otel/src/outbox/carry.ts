import type { ClaimedItem, Placing, Subject } from "@countersign/sender";
import { context, ROOT_CONTEXT, type SpanContext, type TextMapPropagator, trace } from "@opentelemetry/api";

/** What carries traces through an outbox. */
export interface Carrier {
  readonly propagator: Pick<TextMapPropagator, "inject" | "extract">;
  /** Where what was kept goes, when an event is claimed. */
  readonly restore: (subject: Subject, span: SpanContext) => void;
}

/** The events with the span that is active now, as the propagator writes it; without its baggage. */
export function withTrace(events: readonly Placing[], { propagator }: Carrier): readonly Placing[] {
  const span = trace.getSpanContext(context.active());
  if (span === undefined) return events;
  const written: Record<string, string> = {};
  const setter = {
    set: (to: Record<string, string>, name: string, value: string) => {
      to[name] = value;
    },
  };
  propagator.inject(trace.setSpanContext(ROOT_CONTEXT, span), written, setter);
  if (Object.keys(written).length === 0) return events;
  return events.map((placing) => ({ ...placing, event: { ...placing.event, trace: written } }));
}

/** Tells where each event was sent, where its outbox has kept it. */
export function restoreTraces(items: readonly ClaimedItem[], { propagator, restore }: Carrier): void {
  const getter = {
    keys: (from: Readonly<Record<string, string>>) => Object.keys(from),
    get: (from: Readonly<Record<string, string>>, name: string) => from[name],
  };
  for (const { id, endpoint, event } of items) {
    if (event.trace === undefined) continue;
    const span = trace.getSpanContext(propagator.extract(ROOT_CONTEXT, event.trace, getter));
    if (span !== undefined) restore({ endpoint, item: id, event: { id: event.id, type: event.type } }, span);
  }
}
