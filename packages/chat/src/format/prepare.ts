import type { Field, Link, Message } from "../message/message.ts";
import { asSeverity, type MessageSeverity } from "../message/severity.ts";
import { asTime } from "../message/time.ts";
import { clean, head, isBlank, oneLine } from "../text/clean.ts";
import { hostOf, MAX_URL, safeUrl } from "../text/url.ts";

/** A message after every check: absent, blank and unusable parts are gone, and the rest has one shape. */
export interface PreparedMessage {
  /** Where it is in what was given, for the report of cuts: empty, or `messages[3].`. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
  readonly severity: MessageSeverity;
  readonly fields: readonly PreparedField[];
  readonly link: PreparedLink | undefined;
  readonly actions: readonly PreparedLink[];
  readonly time: Date | undefined;
  readonly source: string;
  /** What was left out on the way, as paths. */
  readonly dropped: readonly Dropped[];
}

export interface Dropped {
  readonly path: string;
  readonly raws: readonly string[];
}

export interface PreparedField {
  readonly name: string;
  readonly value: string | Date;
  readonly short: boolean;
}

export interface PreparedLink {
  readonly label: string;
  readonly url: string;
}

/** More than any platform shows; a hostile event may hold millions. */
const MAX_FIELDS = 100;
const MAX_ACTIONS = 5;

/** Events are hostile and callers may be untyped, so nothing here trusts the declared types. */
export function prepare(message: Message, path = ""): PreparedMessage {
  const dropped: Dropped[] = [];
  const usable = (link: Link | undefined, path: string): PreparedLink | undefined => {
    if (link === undefined || link === null || typeof link !== "object") return undefined;
    const url = safeUrl(link.url);
    if (url === undefined) {
      dropped.push({ path, raws: [asText(link.url)] });
      return undefined;
    }
    const label = oneLine(clean(head(asText(link.label), MAX_URL)));
    return { url, label: blank(label) ? `Open ${hostOf(url)}` : label };
  };

  const all = Array.isArray(message.fields) ? (message.fields as readonly Field[]) : [];
  const fields = all
    .slice(0, MAX_FIELDS)
    .map(usableField)
    .filter((field) => field !== undefined);
  if (all.length > MAX_FIELDS) {
    const raws = all.slice(MAX_FIELDS).flatMap((field) => [asText(field?.name), asText(field?.value)]);
    dropped.push({ path: `fields[${MAX_FIELDS}:]`, raws });
  }

  const title = asText(message.title);
  const text = asText(message.text);
  const source = asText(message.source);
  const actions = Array.isArray(message.actions) ? (message.actions as readonly Link[]) : [];
  return {
    path,
    title: blank(title) ? "Event" : title,
    text: blank(text) ? "" : text,
    severity: asSeverity(message.severity) ?? "info",
    fields,
    link: usable(message.link, "link"),
    actions: actions
      .map((action, index) => {
        if (index < MAX_ACTIONS) return usable(action, `actions[${index}]`);
        dropped.push({ path: `actions[${index}]`, raws: [asText(action?.label), asText(action?.url)] });
        return undefined;
      })
      .filter((action) => action !== undefined),
    time: asTime(message.time),
    source: blank(source) ? "" : source,
    dropped: dropped.map((one) => ({ ...one, path: path + one.path })),
  };
}

function usableField(field: Field): PreparedField | undefined {
  if (field === null || typeof field !== "object") return undefined;
  const value = field.value instanceof Date ? (asTime(field.value) ?? "") : asText(field.value);
  if (typeof value === "string" && blank(value)) return undefined;
  const name = asText(field.name);
  const brief = value instanceof Date || (value.length <= 40 && !value.includes("\n"));
  return {
    name: blank(name) ? "Value" : name,
    value,
    short: typeof field.short === "boolean" ? field.short : brief,
  };
}

/** Looks at the beginning alone: what hides behind so many invisible characters is not meant to be read. */
const blank = (raw: string) => isBlank(clean(head(raw, 4096)));

/** A scalar as text; anything else, which the types do not allow, as nothing. */
function asText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : "";
}
