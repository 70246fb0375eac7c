import { randomUUID } from "node:crypto";
import { type KeptDelivery, parseLossless } from "@countersign/core";
import type { OutboxItem, Placing } from "@countersign/sender";

/** A proven delivery whose body can be read as text or JSON: what `orderBy` and handlers are given. */
export interface ProvenDelivery extends KeptDelivery {
  /** The body decoded as UTF-8; what is none becomes U+FFFD. */
  text(): string;
  /** The body parsed as JSON, integers of any size exact. @throws SyntaxError when it is none */
  json(): unknown;
}

/** A delivery as a handler is given it: from the inbox, perhaps days after it came. */
export interface ReceivedDelivery extends ProvenDelivery {
  /** The inbox's own name for it: what `erase` and `redrive` take. */
  readonly item: string;
  /** Times that it was handed on before, in vain: 0 for the first time. */
  readonly attempts: number;
  /** Ends when another worker may have taken it, or the worker closes: stop then. */
  readonly signal: AbortSignal;
}

/** Where and as what a delivery is kept. */
export function toPlacing(route: string, delivery: KeptDelivery, now: number): Placing {
  const { provider, body, ...rest } = delivery;
  const data = JSON.stringify({ ...rest, body: Buffer.from(body).toString("base64") });
  return {
    event: { id: randomUUID(), generated: true, type: provider, severity: "info", time: rest.timestamp ?? now, data },
    placements: [{ endpoint: route, generation: 1 }],
  };
}

/** The delivery again, without what only a worker adds. */
export function toDelivery({ event }: Pick<OutboxItem, "event">): KeptDelivery {
  const { body, ...rest } = JSON.parse(event.data);
  return { provider: event.type, ...rest, body: new Uint8Array(Buffer.from(body, "base64")) };
}

/** The same, with its body to be read. */
export function proven(delivery: KeptDelivery): ProvenDelivery {
  const text = () => Buffer.from(delivery.body).toString("utf8");
  return { ...delivery, text, json: () => parseLossless(text()) };
}

/** The same, as a handler is given it. */
export function received(item: OutboxItem, signal: AbortSignal): ReceivedDelivery {
  return { ...proven(toDelivery(item)), item: item.id, attempts: item.attempts, signal };
}
