import { table } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { Message } from "../message/message.ts";
import { apertureRow } from "./aperture.ts";
import { aponoRow } from "./apono.ts";
import { renderJson } from "./json.ts";
import { stalwartRow } from "./stalwart.ts";
import { tailscaleRow } from "./tailscale.ts";
import { tapPassRow } from "./tappass.ts";

/** A system whose events are known by their shape. */
export type System = "tailscale" | "stalwart" | "aperture" | "tappass" | "apono";

/** What {@link render} is told besides the event. */
export interface RenderOptions {
  /** The address of a system's console, http or https: its messages lead there, unless the event leads to a page of its own. @default none */
  readonly consoles?: Readonly<Partial<Record<System, string>>>;
}

/** How a system's events are known and rendered. */
interface SystemRow {
  /** What a link to its console is called. */
  readonly name: string;
  /** Whether this event, or its data, is that system's. Never throws. */
  owns(event: WebhookEvent): boolean;
  render(event: WebhookEvent): readonly Message[];
}

/** Asked in order: the first that knows the event renders it. */
const SYSTEMS: Readonly<Record<System, SystemRow>> = table({
  tailscale: { name: "Tailscale", ...tailscaleRow },
  stalwart: { name: "Stalwart", ...stalwartRow },
  aperture: { name: "Aperture", ...apertureRow },
  tappass: { name: "TapPass", ...tapPassRow },
  apono: { name: "Apono", ...aponoRow },
});

const ALL = Object.keys(SYSTEMS) as System[];

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
 * const [request] = render({ type: "x", data: { event_type: "AccessRequestCreated" } }, { consoles: { apono: "https://apono.example.com/" } });
 * request?.link?.label; // "Open Apono"
 * ```
 */
export function render(event: WebhookEvent, { consoles = {} }: RenderOptions = {}): readonly Message[] {
  const system = ALL.find((one) => SYSTEMS[one].owns(event));
  const messages = system === undefined ? [renderJson(event)] : SYSTEMS[system].render(event);
  const url = system === undefined ? undefined : consoles[system];
  return messages.map((message) => ({
    ...message,
    ...(system === undefined || url === undefined || message.link !== undefined
      ? {}
      : { link: { url, label: `Open ${SYSTEMS[system].name}` } }),
    ...(event.severity === undefined || event.severity === "info" ? {} : { severity: event.severity }),
    ...(message.time === undefined && event.time !== undefined ? { time: event.time } : {}),
  }));
}
