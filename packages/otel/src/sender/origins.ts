import type { Subject } from "@countersign/sender";
import { context, type SpanContext, trace } from "@opentelemetry/api";

/** Events whose origin is known at a time; the oldest goes first. */
const MOST = 10_000;

/** Where an event was sent, and when. */
export interface Origin {
  /** Milliseconds, by the clock of the waits. */
  readonly at: number;
  /** The span that was active when it was sent. */
  readonly span: SpanContext | undefined;
}

/** Remembers, of what waits in the outbox, where this process sent it. */
export class Origins {
  readonly #origins = new Map<string, Origin>();

  remember(subject: Subject, at: number): void {
    if (this.#origins.size >= MOST) this.#origins.delete(this.#origins.keys().next().value as string);
    this.#origins.set(nameOf(subject), { at, span: trace.getSpanContext(context.active()) });
  }

  of(subject: Subject): Origin | undefined {
    return this.#origins.get(nameOf(subject));
  }

  forget(subject: Subject): void {
    this.#origins.delete(nameOf(subject));
  }
}

/** Two outboxes may call their items the same. */
function nameOf({ endpoint, item, event }: Subject): string {
  return `${endpoint}\n${item}\n${event.id}`;
}
