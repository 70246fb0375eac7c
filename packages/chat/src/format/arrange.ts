import type { Message } from "../message/message.ts";
import { asSeverity, counted, type MessageSeverity, said, weight } from "../message/severity.ts";
import { clean, head, oneLine } from "../text/clean.ts";

/** A message of a batch, and where it was in it. */
export interface Placed {
  readonly message: Message;
  readonly index: number;
  readonly severity: MessageSeverity;
}

/** What a batch says as a whole. */
export interface Overview {
  /** All of its events, those without room included. */
  readonly total: number;
  /** How many there are of each severity. */
  readonly counts: string;
  /** The source that all of them name, or nothing. */
  readonly source: string;
  /** A line for each kind of event for which there was no room. */
  readonly more: string;
}

/** A batch, worst first: what is shown in full, and what is only counted. */
export interface Arrangement {
  readonly shown: readonly Placed[];
  readonly hidden: readonly Placed[];
  readonly overview: Overview;
}

/** Kinds that are named, and events that are named of each. */
const KINDS = 5;
const SUBJECTS = 5;

/**
 * Chooses what a batch shows in full: at most `most` events, worst first. What is worse than information is shown
 * while there is room; information of one kind is shown whole or becomes one line. At least one event is shown.
 */
export function arrange(messages: readonly Message[], most: number): Arrangement {
  const sorted = worstFirst(messages);
  const shown: Placed[] = [];
  const groups: (readonly Placed[])[] = [];
  for (const kind of sorted.length <= most ? [sorted] : kindsOf(sorted)) {
    const room = most - shown.length;
    const alarming = kind.some(({ severity }) => weight(severity) > weight("info"));
    const count = alarming || kind.length <= room ? Math.min(kind.length, room) : 0;
    shown.push(...kind.slice(0, count));
    if (count < kind.length) groups.push(kind.slice(count));
  }
  const [first = [], ...others] = groups;
  const rest = shown.length > 0 ? groups : [first.slice(1), ...others];
  if (shown.length === 0) shown.push(...first.slice(0, 1));
  const hidden = rest.flat();
  const overview = {
    total: messages.length,
    counts: counted(sorted.map(({ severity }) => severity)),
    source: sharedSource(messages),
    more:
      hidden.length === 0
        ? ""
        : moreOf(
            rest.filter(({ length }) => length > 0),
            hidden.length,
          ),
  };
  return { shown, hidden, overview };
}

/** The worst first, and what is equally bad in the order in which it came. */
export function worstFirst(messages: readonly Message[]): readonly Placed[] {
  return messages
    .map((message, index) => ({ message, index, severity: asSeverity(message.severity) ?? "info" }))
    .sort((a, b) => weight(b.severity) - weight(a.severity) || a.index - b.index);
}

function kindsOf(sorted: readonly Placed[]): readonly (readonly Placed[])[] {
  const kinds = new Map<string, Placed[]>();
  for (const placed of sorted) {
    const key = `${placed.severity} ${kindOf(placed.message)}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, [placed]);
    else known.push(placed);
  }
  return [...kinds.values()];
}

/** `and 22 more: 10 × sign-in: success (u0, u1, …)`: a line for each kind, below where there are several. */
function moreOf(groups: readonly (readonly Placed[])[], count: number): string {
  const lines = linesOf(groups);
  return [`and ${count} more:`, ...lines].join(lines.length === 1 ? " " : "\n");
}

function linesOf(groups: readonly (readonly Placed[])[]): readonly string[] {
  const lines = groups.slice(0, KINDS).map((group) => {
    const [first] = group as readonly [Placed, ...Placed[]];
    const alarm = weight(first.severity) > weight("info") ? `${said(first.severity)}: ` : "";
    const count = group.length === 1 ? "" : `${group.length} × `;
    return `${alarm}${count}${lowerFirst(kindOf(first.message))}${namesOf(group)}`;
  });
  const others = groups.slice(KINDS).flat().length;
  return others === 0 ? lines : [...lines, `… and ${others} of other kinds`];
}

function namesOf(group: readonly Placed[]): string {
  const names = new Set<string>();
  for (const { message } of group) {
    const name = short(message.subject, 40);
    if (name !== "") names.add(name);
    if (names.size > SUBJECTS) break;
  }
  const shown = [...names].slice(0, SUBJECTS);
  if (shown.length === 0) return "";
  return ` (${shown.join(", ")}${group.length > shown.length ? ", …" : ""})`;
}

const kindOf = ({ kind, title }: Message) => short(kind, 80) || short(title, 80) || "Event";

/** An untyped caller may hand in anything. */
const short = (value: unknown, most: number) =>
  typeof value === "string" ? oneLine(clean(head(value.trimStart(), most))) : "";

/** `Sign-in` inside a line, but `DKIM` as it is. */
const lowerFirst = (words: string) =>
  /^\p{Lu}\p{Ll}/u.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;

function sharedSource(messages: readonly Message[]): string {
  const source = messages[0]?.source;
  return typeof source === "string" && messages.every((message) => message.source === source) ? source : "";
}
