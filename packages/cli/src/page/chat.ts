import { previewChats } from "@countersign/chat/preview";
import type { WebhookEvent } from "@countersign/core/event";
import type { Entry } from "./entry.ts";
import type { ChatView } from "./wire.ts";

/** Longer ones are no event that anybody reads in a chat. */
const LARGEST = 262_144;

/** The event in a body, as each chat would show a message of it; none where the body is no JSON. */
export function chatViews({ request, event: type, provider }: Entry): readonly ChatView[] {
  if (request.body.length > LARGEST) return [];
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(request.body).toString("utf8"));
  } catch {
    return [];
  }
  // Some send several at once: the first stands for all.
  const one: unknown = Array.isArray(data) ? data[0] : data;
  const event: WebhookEvent = { type: type || (provider?.name ?? "event"), data: one };
  return previewChats(event).flatMap(({ name, style, messages }) =>
    messages.slice(0, 1).map(({ phone, channel, payload }) => ({
      platform: name,
      style,
      phone: unstyled(phone),
      channel: unstyled(channel),
      payload: JSON.stringify(payload, null, 2),
    })),
  );
}

/** The page's policy allows no styles of a text's own. A quote in an event's text is escaped, so that these are all ours. */
function unstyled(html: string): string {
  return html.replace(/ style="[^"]*"/g, "");
}
