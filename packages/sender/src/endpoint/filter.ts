import { ConfigurationError } from "@countersign/core";
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkOptions,
  checkTexts,
  type KeysOf,
} from "@countersign/core/checks";
import { type Severity, severities } from "@countersign/core/event";
import { DEAD_LETTER_TYPE, type OutgoingEvent } from "../event/stored-event.ts";

/** Which events an endpoint wants. An event must meet every condition that is given. */
export interface FilterOptions {
  /** Only these event types, spelled exactly so. */
  readonly include?: readonly string[];
  /** None of these event types, spelled exactly so. Default: none is left out. */
  readonly exclude?: readonly string[];
  /**
   * `true` lets `*` in `include` and `exclude` stand for any run of characters. Off unless asked for: an exact list
   * can be relied on never to take in tomorrow's new event.
   * @default false
   */
  readonly patterns?: boolean;
  /** Only events of at least this severity: info < warn < error < critical. */
  readonly minSeverity?: Severity;
  /** Also the sender's own `webhook.dlq` events. Default: only when `include` names them. */
  readonly deadLetters?: boolean;
  /**
   * Any further condition, decided at once: `true` for yes, `false` or the reason for no. It must not change the event;
   * throwing counts as "no" and is reported.
   */
  readonly where?: (event: OutgoingEvent) => boolean | Unwanted;
}

/** Why an endpoint does not want an event, as `sender.explain` tells it. */
export interface Unwanted {
  /** What decided it, in a word: `"include"`, `"severity"`, or one of your own such as `"model"`. */
  readonly cause: string;
  /** A sentence for a person, with the values that were compared. */
  readonly reason: string;
}

/** Says why an endpoint does not want an event; `undefined` where it does. */
export type Filter = (event: OutgoingEvent) => Unwanted | undefined;

const KEYS: KeysOf<FilterOptions> = {
  include: "optional",
  exclude: "optional",
  patterns: "optional",
  minSeverity: "optional",
  deadLetters: "optional",
  where: "optional",
};

/** Checks a filter and makes it a function. @throws ConfigurationError */
export function defineFilter(options: FilterOptions | undefined, option: string): Filter {
  const { include, exclude, patterns = false, minSeverity, deadLetters, where } = options ?? {};
  if (options !== undefined) checkOptions(options, KEYS, option);
  checkBoolean(patterns, `${option}.patterns`);
  checkFunction(where, `${option}.where`);
  const wanted = include === undefined ? undefined : names(include, patterns, `${option}.include`);
  const unwanted = exclude === undefined ? undefined : names(exclude, patterns, `${option}.exclude`);
  const least =
    minSeverity === undefined ? 0 : severities.indexOf(checkChoice(minSeverity, `${option}.minSeverity`, severities));
  const named = include?.includes(DEAD_LETTER_TYPE) ?? false;
  const wantsDeadLetters = checkBoolean(deadLetters ?? named, `${option}.deadLetters`);

  return function unwantedBy(event) {
    const { type, severity } = event;
    // The sender's own event goes only to those who ask for it: other endpoints would not recognise it.
    if (type === DEAD_LETTER_TYPE && !wantsDeadLetters)
      return no("deadLetters", `${type} is sent to those who ask for it.`);
    if (wanted !== undefined && !wanted(type)) return no("include", `${type} is none of ${list(include)}.`);
    if (unwanted?.(type)) return no("exclude", `${type} is one of ${list(exclude)}.`);
    if (least > 0 && severities.indexOf(severity) < least) {
      return no("minSeverity", `${severity} is less than ${minSeverity}.`);
    }
    return where === undefined ? undefined : ask(where, event, `${option}.where`);
  };
}

function no(cause: string, reason: string): Unwanted {
  return { cause, reason: `filter.${cause}: ${reason}` };
}

function list(names: readonly string[] = []): string {
  return names.length > 20 ? `${names.length} names` : names.join(", ") || "an empty list";
}

/** What the application's own function throws is told under its option's name. */
function ask(where: NonNullable<FilterOptions["where"]>, event: OutgoingEvent, option: string): Unwanted | undefined {
  let answer: unknown;
  try {
    answer = where(event);
  } catch (error) {
    throw new Error(`${option} threw ${error instanceof Error ? error.name : "something"}.`, { cause: error });
  }
  if (typeof answer !== "object" || answer === null) return answer ? undefined : no("where", "it says no.");
  const { cause, reason } = answer as Partial<Unwanted>;
  if (typeof cause === "string" && typeof reason === "string") return { cause, reason };
  // A promise would be a "yes" to everything.
  throw new Error(`${option} must return true, false or { cause, reason }, and at once.`);
}

function names(list: readonly string[], patterns: boolean, option: string): (name: string) => boolean {
  const exact = new Set(checkTexts(list, option));
  if (!patterns) {
    const star = list.find((one) => one.includes("*"));
    if (star !== undefined) {
      throw new ConfigurationError(
        option,
        `${option} contains ${JSON.stringify(star)}. Set patterns: true if * is meant to stand for anything.`,
      );
    }
    return (name) => exact.has(name);
  }
  const parts = list.map((one) => one.split("*"));
  return (name) => exact.has(name) || parts.some((one) => matches(name, one));
}

/** Greedy from the left, so that no pattern can take long. */
function matches(name: string, parts: readonly string[]): boolean {
  const first = parts[0] as string;
  if (parts.length === 1) return name === first;
  const last = parts[parts.length - 1] as string;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  const end = name.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
