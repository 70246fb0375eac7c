import type { WebhookEvent } from "@countersign/core/event";
import type { Unwanted } from "@countersign/sender";
import { nameList, unknownType } from "../document/unwanted.ts";
import { type StalwartLevel, type StalwartWebhook, stalwartLevels } from "./config.ts";
import { listable, WEBHOOK_ERROR } from "./events.ts";

/** Says why a webhook is not sent an event, in the words of its configuration; `undefined` where it is. */
export function unwantedBy(
  { events, policy, level }: Pick<StalwartWebhook, "events" | "policy" | "level">,
  levelOf: (event: WebhookEvent) => StalwartLevel,
): (event: WebhookEvent) => Unwanted | undefined {
  const names = new Set(events);
  const patterns = events.filter((name) => name.includes("*"));
  const least = stalwartLevels.indexOf(level);
  return function whyNot(event) {
    const { type } = event;
    const listed = names.has(type) || patterns.some((one) => fits(type, one));
    if (type === WEBHOOK_ERROR) return { cause: "events", reason: `${type} is never sent to a webhook.` };
    if (policy === "include" && !listed) {
      if (!listable.has(type)) return unknownType(type, "Stalwart", listable);
      return { cause: "events", reason: `events: ${type} is none of ${nameList(events) || "an empty list"}.` };
    }
    if (policy === "exclude" && listed) {
      return { cause: "eventsPolicy", reason: `eventsPolicy is exclude, and events has ${type}.` };
    }
    if (level === "trace") return undefined;
    const own = levelOf(event);
    if (stalwartLevels.indexOf(own) <= least) return undefined;
    return { cause: "level", reason: `level: ${own} is less than ${level}.` };
  };
}

/** Whether a type is one that a pattern of the old form stands for: a star at one end. */
export function fits(type: string, pattern: string): boolean {
  const [start = "", end = ""] = pattern.split("*");
  return type.startsWith(start) && type.endsWith(end);
}
