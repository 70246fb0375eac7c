import type { Subject } from "@countersign/sender";
import { context, type SpanContext, trace } from "@opentelemetry/api";

/** Events whose origin is known at a time; the oldest goes first. */
const MOST = 10_000;

/** Where an event was sent, and when. */
export interface Origin {
  /** Milliseconds, by the clock of the waits. Absent where another process sent it. */
  readonly at?: number;
  /** The span that was active when it was sent. */
  readonly span: SpanContext | undefined;
}

/** Remembers, of what waits in the outbox, where it was sent. */
export class Origins {
  readonly #origins = new Map<string, Origin>();

  remember(subject: Subject, at: number): void {
    this.#set(nameOf(subject), { at, span: trace.getSpanContext(context.active()) });
  }

  /** What the outbox kept of it: for those that another process sent, or this one before it was started anew. */
  restore(subject: Subject, span: SpanContext): void {
    const name = nameOf(subject);
    if (this.#origins.get(name)?.span === undefined) this.#set(name, { ...this.#origins.get(name), span });
  }

  #set(name: string, origin: Origin): void {
    if (this.#origins.size >= MOST) this.#origins.delete(this.#origins.keys().next().value as string);
    this.#origins.set(name, origin);
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
