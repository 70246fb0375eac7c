import type { WebhookEvent } from "@countersign/core/event";
import type { Message } from "../message/message.ts";
import { apertureRow } from "./aperture.ts";
import { aponoRow } from "./apono.ts";
import { renderJson } from "./json.ts";
import { stalwartRow } from "./stalwart.ts";
import { tailscaleRow } from "./tailscale.ts";
import { tapPassRow } from "./tappass.ts";

/** A system whose events are known by their shape. */
interface SystemRow {
  /** Whether this event, or its data, is that system's. Never throws. */
  owns(event: WebhookEvent): boolean;
  render(event: WebhookEvent): readonly Message[];
}

/** Asked in order: the first that knows the event renders it. */
const SYSTEMS: readonly SystemRow[] = [tailscaleRow, stalwartRow, apertureRow, tapPassRow, aponoRow];

/**
 * What an event says: by its system's renderer when `data` is a payload, or an event, of Tailscale, Stalwart, Aperture,
 * TapPass or Apono; else by `renderJson`. A payload with several events gives several messages. The event's own
 * `severity` wins unless it is `"info"`, which is also what the sender writes where nothing was said; its `time` is
 * used where the payload has none.
 *
 * @example
 * ```ts
 * import { render, slack } from "@countersign/chat";
 *
 * const messages = render({ type: "nodeCreated", data: { deviceName: "alice-laptop" } });
 * const payload = slack()(messages);
 * ```
 */
export function render(event: WebhookEvent): readonly Message[] {
  const row = SYSTEMS.find(({ owns }) => owns(event));
  const messages = row === undefined ? [renderJson(event)] : row.render(event);
  return messages.map((message) => ({
    ...message,
    ...(event.severity === undefined || event.severity === "info" ? {} : { severity: event.severity }),
    ...(message.time === undefined && event.time !== undefined ? { time: event.time } : {}),
  }));
}
