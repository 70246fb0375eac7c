import { ConfigurationError, toJson } from "@countersign/core";
import { checkChoice, checkFunction, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { OutgoingEvent } from "../event/stored-event.ts";
import type { Body } from "./body.ts";
import { isoTime } from "./time.ts";

/** Options of {@link json}. */
export interface JsonOptions {
  /** What one event becomes. `bigint` is written as a JSON number. Default: `{ id, type, severity, time, data }`. */
  readonly event?: (event: OutgoingEvent) => unknown;
  /** The same as JSON text, which is written as it is. Instead of `event`. */
  readonly text?: (event: OutgoingEvent) => string;
  /**
   * How events are written in the body: `"object"` is the event itself (one event per request), `"array"` a list even for
   * one, `{ property: "events" }` a list in an object.
   * @default "object"
   */
  readonly root?:
    | "object"
    | "array"
    | {
        /** The key under which the list of events is written: `"events"`. */
        readonly property: string;
      };
  /** @default "application/json" */
  readonly contentType?: string;
}

const KEYS: KeysOf<JsonOptions> = { event: "optional", text: "optional", root: "optional", contentType: "optional" };

/**
 * The event as JSON.
 *
 * @throws ConfigurationError when an option is unknown or not possible
 *
 * @example
 * ```ts
 * import { json } from "@countersign/sender";
 * const body = json({ root: { property: "events" }, event: ({ type, data }) => ({ type, data }) });
 * ```
 */
export function json(options: JsonOptions = {}): Body {
  checkOptions(options, KEYS, "json");
  const { event, text, root = "object", contentType = "application/json" } = options;
  checkFunction(event, "json.event");
  checkFunction(text, "json.text");
  if (event !== undefined && text !== undefined) {
    throw new ConfigurationError(
      "json.text",
      "json.text writes the whole event: give either it or json.event, not both.",
    );
  }
  const write = text ?? (event === undefined ? defaultText : (one: OutgoingEvent) => toJson(event(one)));
  const list = listAround(root);
  if (list === undefined) {
    return { contentType, batches: false, render: (events) => write(events[0] as OutgoingEvent) };
  }
  const [before, after] = list;
  return { contentType, batches: true, render: (events) => before + events.map(write).join(",") + after };
}

/** What goes around a list of events; `undefined` where the body is one event itself. */
function listAround(root: NonNullable<JsonOptions["root"]>): readonly [before: string, after: string] | undefined {
  if (typeof root === "object") {
    checkOptions(root, ["property"], "json.root");
    return [`{${JSON.stringify(checkText(root.property, "json.root.property"))}:[`, "]}"];
  }
  return checkChoice(root, "json.root", ["object", "array"]) === "array" ? ["[", "]"] : undefined;
}

function defaultText({ id, type, severity, time, json: data }: OutgoingEvent): string {
  return `{"id":${quoted(id)},"type":${quoted(type)},"severity":"${severity}","time":"${isoTime(time)}","data":${data}}`;
}

/** A name as JSON text. Most need no escape, and are looked through faster than a call into the engine is made. */
function quoted(name: string): string {
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(name);
  }
  return `"${name}"`;
}
