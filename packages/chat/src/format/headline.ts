import { said } from "../message/severity.ts";
import { clean, head, oneLine } from "../text/clean.ts";
import { segments } from "../text/fence.ts";
import type { Overview } from "./arrange.ts";
import type { PreparedMessage } from "./prepare.ts";
import type { Writer } from "./writer.ts";

/** What a source may take of a heading, so that the counts behind it are not cut off. */
const SOURCE = 60;

/** What a batch of several events is called: how many they are, from where if all name the same source, how bad. */
export function heading({ total, counts, source }: Overview): string {
  const from = oneLine(clean(head(source, SOURCE)));
  return `${total} events${from === "" ? "" : ` from ${from}`}: ${counts}`;
}

/** `🟡 Warning: Node needs approval`. */
export function announced({ severity, title }: PreparedMessage): string {
  return `${said(severity)}: ${title}`;
}

/** The batch above its parts: the counts, the worst of it if that is bad, and what has no part of its own. */
export function preamble([worst]: readonly PreparedMessage[], overview: Overview): string {
  const bad = worst !== undefined && worst.severity !== "info" && worst.severity !== "ok";
  return [heading(overview), bad ? announced(worst) : "", overview.more].filter((line) => line !== "").join("\n");
}

/** The batch as plain text, for notifications, screen readers and clients without cards. */
export function summary(messages: readonly PreparedMessage[], overview: Overview): string {
  const [first] = messages;
  if (first !== undefined && overview.total === 1) {
    const prose = segments(clean(head(first.text, 2000))).filter(({ code }) => !code);
    const text = prose.length === 0 ? "" : ` — ${prose.map((segment) => segment.text).join("\n")}`;
    const source = first.source === "" ? "" : ` (${first.source})`;
    return `${announced(first)}${source}${text}`;
  }
  const lines = messages.map((message) => `• ${announced(message)}`);
  return [heading(overview), ...lines, ...(overview.more === "" ? [] : [overview.more])].join("\n");
}

/** The fields that are shown, and a note about those that are not. */
export function visibleFields<Name extends string>(
  message: PreparedMessage,
  writer: Writer<Name>,
  most: number,
): { fields: PreparedMessage["fields"]; note: string } {
  const count = Math.min(most, writer.maxFields);
  const fields = message.fields.slice(0, count);
  const hidden = message.fields.slice(count);
  if (hidden.length === 0) return { fields, note: "" };
  const raws = hidden.flatMap(({ name, value }) => (typeof value === "string" ? [name, value] : [name]));
  writer.drop(`${message.path}fields[${count}:]`, raws);
  return { fields, note: `${hidden.length} more field${hidden.length === 1 ? "" : "s"}` };
}
