import type { WebhookEvent } from "@countersign/core/event";
import type { Field, Message } from "../message/message.ts";
import { fence } from "../text/fence.ts";
import { idsLast, isObject, joined, text, words } from "./read.ts";

/** Where an event of any make tends to say what happened. */
const TITLES = ["title", "subject", "summary"];
const TEXTS = ["message", "text", "description", "body"];
/** More facts than this are shown as JSON with the rest. */
const MOST = 12;
/** The last word of good news. */
const GOOD = /\b(approved|granted|recovered|resolved|restored)$/i;
/** A fact longer than this is no fact. */
const LONG = 200;

/**
 * Any event: its type in words, its message, its scalar values as facts and whatever is nested as JSON. Nothing in it
 * becomes a link, for nobody vouches for where it leads: write a renderer of your own to have one.
 *
 * @example
 * ```ts
 * import { renderJson } from "@countersign/chat";
 *
 * renderJson({ type: "backup.finished", data: { size: 12 } }); // title "Backup finished", a field "Size"
 * ```
 */
export function renderJson(event: WebhookEvent): Message {
  const { type, data } = event;
  const title = words(text(type)) || "Event";
  const good: Pick<Message, "severity"> = GOOD.test(title) ? { severity: "ok" } : {};
  if (!isObject(data)) {
    const said = text(data) || (data === undefined || data === null ? "" : fence(printed(data)));
    return said === "" ? { title, ...good } : { title, text: said, ...good };
  }
  const titleKey = TITLES.find((key) => text(data[key]) !== "");
  const textKey = TEXTS.find((key) => text(data[key]) !== "");
  const fields: Field[] = [];
  const rest: Record<string, unknown> = {};
  for (const [key, value] of idsLast(Object.entries(data))) {
    if (key === titleKey || key === textKey || value === null || value === "") continue;
    const fact = text(value) || joined(value);
    if (fact !== "" && fact.length <= LONG && fields.length < MOST && !nested(value))
      fields.push({ name: words(key) || key, value: fact });
    else Object.defineProperty(rest, key, { value, enumerable: true });
  }
  const said = textKey === undefined ? "" : text(data[textKey]);
  const more = Object.keys(rest).length === 0 ? "" : fence(printed(rest));
  const body = [said, more].filter((part) => part !== "").join("\n");
  return {
    title: titleKey === undefined ? title : text(data[titleKey]),
    ...good,
    ...(body === "" ? {} : { text: body }),
    ...(fields.length === 0 ? {} : { fields }),
  };
}

/** Whether a list holds more than scalars, so that joining it would hide some. */
function nested(value: unknown): boolean {
  return Array.isArray(value) && (value.length > 20 || value.some((item) => item !== null && typeof item === "object"));
}

/** JSON for a person to read; what cannot be written (a cycle, ten thousand levels) is said to be so. */
function printed(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part), 2);
  } catch {
    return "(not printable)";
  }
}
