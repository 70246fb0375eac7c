import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkKeys, checkText } from "../options.ts";
import type { DeliveredEvent } from "../stored-event.ts";
import type { Body } from "./body.ts";
import { toJson } from "./lossless.ts";
import { isoTime } from "./time.ts";

/** Options of {@link json}. */
export interface JsonOptions {
  /** What one event becomes. `bigint` is written as a JSON number. Default: `{ id, type, severity, time, data }`. */
  readonly event?: (event: DeliveredEvent) => unknown;
  /**
   * How events stand in the body: `"object"` is the event itself (one event per request), `"array"` a list even for
   * one, `{ property: "events" }` a list in an object.
   * @default "object"
   */
  readonly root?: "object" | "array" | { readonly property: string };
  /** @default "application/json" */
  readonly contentType?: string;
}

/**
 * The event as JSON.
 *
 * @throws ConfigurationError when an option is unknown or cannot be honoured
 *
 * @example
 * ```ts
 * import { json } from "@countersign/sender";
 * const body = json({ root: { property: "events" }, event: ({ type, data }) => ({ type, data }) });
 * ```
 */
export function json(options: JsonOptions = {}): Body {
  checkKeys(options, ["event", "root", "contentType"], "json");
  const { event, root = "object", contentType = "application/json" } = options;
  if (event !== undefined && typeof event !== "function") {
    throw new ConfigurationError("json.event", "json.event must be a function of the event.");
  }
  const property = typeof root === "object" ? checkText(root.property, "json.root.property") : undefined;
  if (typeof root !== "object") checkChoice(root, "json.root", ["object", "array"]);
  const write = event === undefined ? defaultText : (one: DeliveredEvent) => toJson(event(one));
  return jsonText(write, property === undefined ? (root as "object" | "array") : { property }, contentType);
}

/** The same from a function that writes one event's JSON text itself, so that what is in hand as text stays as it is. */
export function jsonText(
  write: (event: DeliveredEvent) => string,
  root: "object" | "array" | { readonly property: string },
  contentType = "application/json",
): Body {
  if (root === "object") {
    return { contentType, batches: false, render: (events) => write(events[0] as DeliveredEvent) };
  }
  const [before, after] = root === "array" ? ["[", "]"] : [`{${JSON.stringify(root.property)}:[`, "]}"];
  return { contentType, batches: true, render: (events) => before + events.map(write).join(",") + after };
}

function defaultText({ id, type, severity, time, json: data }: DeliveredEvent): string {
  return `{"id":${JSON.stringify(id)},"type":${JSON.stringify(type)},"severity":"${severity}","time":"${isoTime(time)}","data":${data}}`;
}
