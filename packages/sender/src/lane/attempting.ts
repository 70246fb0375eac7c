import type { Endpoint } from "../endpoint/define.ts";
import { isHeader } from "../endpoint/headers.ts";
import type { Announcer, Attempting } from "../hooks.ts";
import type { ClaimedItem } from "../outbox/parts.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import { maskUrl } from "../secret/mask.ts";

/** What hooks made of a request that is about to be made. */
export interface Followed {
  /** Name, value … of further headers. */
  readonly added?: readonly string[];
  /** The request has ended. */
  end(record: AttemptRecord): void;
}

const UNFOLLOWED: Followed = { end: () => {} };

/** Tells that a request is about to be made. */
export function tellAttempting(
  items: readonly ClaimedItem[],
  number: number,
  endpoint: Endpoint,
  announcer: Announcer,
): Followed {
  if (!announcer.hears("attempting")) return UNFOLLOWED;
  let followed = UNFOLLOWED;
  let open = true;
  announcer.tell("attempting", () => {
    const added: string[] = [];
    const listeners: ((record: AttemptRecord) => void)[] = [];
    followed = { added, end: (record) => endAll(listeners, record, announcer) };
    return {
      endpoint: endpoint.name,
      url: maskUrl(endpoint.url),
      method: endpoint.method,
      number,
      subjects: items.map(({ id, event }) => ({
        endpoint: endpoint.name,
        item: id,
        event: { id: event.id, type: event.type },
      })),
      takesHeaders: endpoint.format === undefined,
      addHeader(name, value) {
        if (!open || !isFree(name, value, endpoint, added)) return false;
        added.push(name, value);
        return true;
      },
      onEnd: (listener) => void listeners.push(listener),
    } satisfies Attempting;
  });
  open = false;
  return followed;
}

function isFree(name: string, value: string, endpoint: Endpoint, added: readonly string[]): boolean {
  if (endpoint.format !== undefined || !isHeader(name, value)) return false;
  const lower = name.toLowerCase();
  const signed = endpoint.signer?.signer.headers ?? [];
  if (Object.hasOwn(endpoint.headerRecord, lower) || signed.includes(lower)) return false;
  return !added.some((one, index) => index % 2 === 0 && one.toLowerCase() === lower);
}

function endAll(
  listeners: readonly ((record: AttemptRecord) => void)[],
  record: AttemptRecord,
  announcer: Announcer,
): void {
  for (const listener of listeners) {
    try {
      listener(record);
    } catch (error) {
      announcer.tell("failure", () => ({ where: "hook", error }));
    }
  }
}
