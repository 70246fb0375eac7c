import { ConfigurationError, parseLossless, toJson } from "@countersign/core";
import { checkOptions, type KeysOf, table } from "@countersign/core/checks";
import { type Severity, severities, type WebhookEvent } from "@countersign/core/event";

/** The event that the sender raises itself when one of the application's is given up. The name is reserved. */
export const DEAD_LETTER_TYPE = "webhook.dlq";

/** The most characters of JSON in one event's `data`. */
export const LARGEST_EVENT = 4 * 1024 * 1024;

/**
 * An event as the outbox keeps it: plain text and numbers, complete. `data` is JSON text, taken when the event was
 * sent, so that later changes to the application's object change nothing and 64-bit integers stay what they are.
 */
export interface StoredEvent {
  /** As the application sent it, or a random UUID when it sent none. */
  readonly id: string;
  /** The id was made here, so that nobody can send it a second time. */
  readonly generated: boolean;
  /** As filters compare it: `"invoice.paid"`. */
  readonly type: string;
  /** How grave it is: info < warn < error < critical. */
  readonly severity: Severity;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** JSON text, at most 4 Mi characters. Kept as it was sent, byte for byte. */
  readonly data: string;
  /**
   * The trace in which it was sent, as a propagator writes it into headers (`traceparent`). No part of what is sent, nor of
   * what makes two events the same. Set by `@countersign/otel`. Default: none.
   */
  readonly trace?: Readonly<Record<string, string>>;
}

/** What an event weighs while it is in hand: about its bytes. */
export function sizeOf({ id, type, data }: StoredEvent): number {
  return id.length + type.length + data.length;
}

/** An event as filters and bodies see it. */
export interface OutgoingEvent extends WebhookEvent {
  readonly id: string;
  /** How grave it is: info < warn < error < critical. Events sent without one are `"info"`. */
  readonly severity: Severity;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Parsed when first read. Integers too large for a JavaScript number are `bigint`. */
  readonly data: unknown;
  /** The JSON text of `data`, exactly as it was taken. */
  readonly json: string;
}

const KEYS: KeysOf<WebhookEvent> = {
  id: "optional",
  type: "required",
  severity: "optional",
  time: "optional",
  data: "required",
};
const KNOWN = table(KEYS);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Checks an application's event and takes a copy. @throws ConfigurationError that names the field */
export function storeEvent(event: WebhookEvent, now: number, makeId: () => string): StoredEvent {
  if (!isKnown(event)) checkOptions(event, KEYS, "event");
  const { id, type, severity = "info", time, data } = event;
  if (!isName(type)) {
    throw new ConfigurationError(
      "event.type",
      "event.type must be a string of 1 to 256 characters without control characters.",
    );
  }
  if (id !== undefined && !isName(id)) {
    throw new ConfigurationError(
      "event.id",
      "event.id must be a string of 1 to 256 characters without control characters.",
    );
  }
  if (!severities.includes(severity)) {
    throw new ConfigurationError("event.severity", `event.severity must be one of ${severities.join(", ")}.`);
  }
  return {
    id: id ?? makeId(),
    generated: id === undefined,
    type,
    severity,
    time: time === undefined ? now : readTime(time),
    data: takeData(data),
  };
}

/** What `checkOptions` would find nothing wrong with: asked first, because it is asked for each event. */
function isKnown(event: WebhookEvent): boolean {
  if (typeof event !== "object" || event === null || Array.isArray(event)) return false;
  for (const key in event) {
    if (!(key in KNOWN) || (event as unknown as Readonly<Record<string, unknown>>)[key] === null) return false;
  }
  return true;
}

/** The event again, its data parsed only when somebody looks. */
export function restoreEvent(stored: StoredEvent): OutgoingEvent {
  return new Restored(stored);
}

class Restored implements OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly severity: Severity;
  readonly time: number;
  readonly json: string;
  #parsed = false;
  #data: unknown;

  constructor(stored: StoredEvent) {
    this.id = stored.id;
    this.type = stored.type;
    this.severity = stored.severity;
    this.time = stored.time;
    this.json = stored.data;
  }

  get data(): unknown {
    if (!this.#parsed) {
      this.#data = parseLossless(this.json);
      this.#parsed = true;
    }
    return this.#data;
  }
}

/** The event as chat formats read it: a plain object in which large integers are their digits as text. */
export function plainEvent(event: OutgoingEvent): WebhookEvent & { readonly id: string } {
  const { id, type, severity, time, json } = event;
  return { id, type, severity, time, data: parseLossless(json, (digits) => digits) };
}

function takeData(data: unknown): string {
  let text: string;
  try {
    text = toJson(data);
  } catch {
    throw new ConfigurationError(
      "event.data",
      "event.data must be a value that JSON can hold: no cycles, no functions, not undefined.",
    );
  }
  if (text.length > LARGEST_EVENT) {
    throw new ConfigurationError(
      "event.data",
      `event.data must be at most ${LARGEST_EVENT} characters of JSON.`,
      "event_too_large",
    );
  }
  return text;
}

function readTime(time: number | Date | string): number {
  const value = typeof time === "number" ? time : typeof time === "string" ? Date.parse(time) : time.getTime();
  if (!Number.isFinite(value) || Math.abs(value) > 8.64e15) {
    throw new ConfigurationError(
      "event.time",
      "event.time must be milliseconds since the epoch, a Date or an RFC 3339 string.",
    );
  }
  return value;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 256 && !CONTROL.test(value);
}
