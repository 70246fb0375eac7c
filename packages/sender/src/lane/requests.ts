import type { FormattedMessage } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import { type OutgoingEvent, plainEvent } from "../event/stored-event.ts";

/** The requests of one batch: one, except for formats that need several. Throws whatever body or format throws. */
export function makeMessages(
  endpoint: Endpoint,
  events: readonly OutgoingEvent[],
  requestId: () => string,
): readonly (Pick<FormattedMessage, "body" | "query"> & Partial<Pick<FormattedMessage, "cuts">>)[] {
  const { format, body, method } = endpoint;
  if (format !== undefined) return format.messages(events.map(plainEvent), { requestId });
  return [{ body: method === "GET" ? "" : body.render(events) }];
}
