import { ConfigurationError } from "../errors/errors.ts";
import type { ReplayStore } from "../replay/store.ts";

/** A proven delivery as an inbox keeps it: what a handler needs, and nothing of the request that came. */
export interface KeptDelivery {
  /** The name of the row under which it was proven, such as `"stripe"`. */
  readonly provider: string;
  /** The signed delivery id; absent where the scheme signs none. */
  readonly id?: string;
  /** When it was signed, in milliseconds since the epoch; absent where no time is signed. */
  readonly timestamp?: number;
  /** Which of the active secrets matched, counted from 0. */
  readonly secretIndex: number;
  /** By lower-case name, the first line of each. Those that carry a credential or a cookie are not kept. */
  readonly headers: Readonly<Record<string, string>>;
  /** The proven bytes. */
  readonly body: Uint8Array;
}

/**
 * Keeps proven deliveries, to be handled later by a worker: of one route. It is the route's replay store too, so that what
 * it has kept it knows again. Made by `sqliteInbox` and `postgresInbox` of `@countersign/outbox`.
 */
export interface Inbox extends ReplayStore {
  /**
   * Keeps a delivery that nothing is known by. Rejects where it could not: the sender then tries again.
   */
  keep(delivery: KeptDelivery): Promise<unknown>;
  /** The delivery of the commit that is called next, at once: its keys and its bytes are kept together. */
  next(delivery: KeptDelivery): void;
}

/** The user's `inbox`, checked against the options that have no meaning beside it. @throws ConfigurationError */
export function checkInbox(inbox: Inbox | undefined, others: Readonly<Record<string, unknown>>): Inbox | undefined {
  if (inbox === undefined) return undefined;
  if (typeof inbox?.keep !== "function" || typeof inbox.next !== "function") {
    throw new ConfigurationError(
      "inbox",
      'inbox must be a route of an inbox: sqliteInbox(path).route("orders") of @countersign/outbox.',
    );
  }
  for (const [option, value] of Object.entries(others)) {
    if (value === undefined) continue;
    throw new ConfigurationError(
      option,
      `${option} has no meaning beside inbox: it is the replay store itself, and its worker calls the handler. Leave it out.`,
    );
  }
  return inbox;
}
