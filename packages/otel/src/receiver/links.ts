import type { AcceptNotice, Delivery, HeadersLike, KeptDelivery } from "@countersign/core";
import { ROOT_CONTEXT, type SpanContext, type TextMapPropagator, trace } from "@opentelemetry/api";
import { headerGetter } from "./headers.ts";

/** Knows by which span of its sender a delivery came. */
export class Links {
  readonly #propagator: Pick<TextMapPropagator, "extract">;
  readonly #spans = new WeakMap<Delivery, SpanContext>();

  constructor(propagator: Pick<TextMapPropagator, "extract">) {
    this.#propagator = propagator;
  }

  /** Keeps what the request says, and links the span of the server to it, where there is one that has not gone on from it. */
  accepted({ delivery, request }: AcceptNotice): void {
    const sent = this.#read(request.headers);
    if (sent === undefined) return;
    if (delivery !== undefined) this.#spans.set(delivery, sent);
    const active = trace.getActiveSpan();
    if (active?.spanContext().traceId !== sent.traceId) active?.addLink({ context: sent });
  }

  /** A delivery out of an inbox has its headers with it. */
  of(delivery: Delivery<any> | KeptDelivery): SpanContext | undefined {
    return "headers" in delivery ? this.#read(delivery.headers) : this.#spans.get(delivery);
  }

  #read(headers: HeadersLike): SpanContext | undefined {
    return trace.getSpanContext(this.#propagator.extract(ROOT_CONTEXT, headers, headerGetter));
  }
}
