import { SEVERITIES } from "../message/severity.ts";
import { clean, head } from "../text/clean.ts";
import { segments } from "../text/fence.ts";
import type { PreparedMessage } from "./prepare.ts";
import type { Writer } from "./writer.ts";

/** What a batch of several events is called: how many they are, and from where if all name the same source. */
export function heading(messages: readonly PreparedMessage[], more: string): string {
  const hidden = /^and (\d+) more/.exec(more);
  const count = messages.length + (hidden === null ? 0 : Number(hidden[1]));
  const source = sharedSource(messages);
  return `${count} events${source === "" ? "" : ` from ${source}`}`;
}

/** The source that all messages name, or nothing. */
export function sharedSource(messages: readonly PreparedMessage[]): string {
  const source = messages[0]?.source ?? "";
  return messages.every((message) => message.source === source) ? source : "";
}

/** The worst severity of a batch: the table is in order of weight. */
export function worst(messages: readonly PreparedMessage[]): PreparedMessage["severity"] {
  const order = Object.keys(SEVERITIES) as PreparedMessage["severity"][];
  return messages.reduce<PreparedMessage["severity"]>(
    (most, { severity }) => (order.indexOf(severity) > order.indexOf(most) ? severity : most),
    "info",
  );
}

/** `Warning: ` before a title, nothing for what is merely worth knowing. */
export function severityPrefix(severity: PreparedMessage["severity"]): string {
  return severity === "info" ? "" : `${SEVERITIES[severity].word}: `;
}

/** The batch as plain text, for notifications, screen readers and clients without cards. */
export function summary(messages: readonly PreparedMessage[], more: string): string {
  const [first] = messages;
  if (first !== undefined && messages.length === 1) {
    const prose = segments(clean(head(first.text, 2000))).filter(({ code }) => !code);
    const text = prose.length === 0 ? "" : ` — ${prose.map((segment) => segment.text).join("\n")}`;
    const source = first.source === "" ? "" : ` (${first.source})`;
    return `${severityPrefix(first.severity)}${first.title}${source}${text}`;
  }
  const lines = messages.map(({ severity, title }) => `• ${severityPrefix(severity)}${title}`);
  return [heading(messages, more), ...lines, ...(more === "" ? [] : [more])].join("\n");
}

/** The fields that are shown, and a note about those that are not. */
export function visibleFields<Name extends string>(
  message: PreparedMessage,
  writer: Writer<Name>,
  path: string,
  most: number,
): { fields: PreparedMessage["fields"]; note: string } {
  const count = Math.min(most, writer.maxFields);
  const fields = message.fields.slice(0, count);
  const hidden = message.fields.slice(count);
  if (hidden.length === 0) return { fields, note: "" };
  const raws = hidden.flatMap(({ name, value }) => (typeof value === "string" ? [name, value] : [name]));
  writer.drop(`${path}fields[${count}:]`, raws);
  return { fields, note: `${hidden.length} more field${hidden.length === 1 ? "" : "s"}` };
}
