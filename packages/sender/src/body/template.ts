import { ConfigurationError, parseLossless, toJson } from "@countersign/core";
import { checkBoolean, checkFunction, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import { Context, defaultOperators, Liquid, Tokenizer, TypeGuards, toValueSync, Value } from "liquidjs";
import type { OutgoingEvent } from "../event/stored-event.ts";
import type { Body } from "./body.ts";
import { advance } from "./json-state.ts";
import { parsePath } from "./path.ts";

/** Options of {@link template}. */
export interface TemplateOptions {
  /** Values for `${NAME}`. They are data: escaped like an event's, masked wherever they are shown, never a template. */
  readonly env?: (name: string) => string | undefined;
  /** `false` for a body that is not JSON: nothing is escaped or checked, and `contentType` must be given. @default true */
  readonly json?: boolean;
  /** @default "application/json" */
  readonly contentType?: string;
  /** Where paths start. Default: `{ id, type, severity, time, data }`, and `event` for all of it. */
  readonly scope?: (event: OutgoingEvent) => object;
}

const KEYS: KeysOf<TemplateOptions> = { env: "optional", json: "optional", contentType: "optional", scope: "optional" };

type Slot = { readonly value: Value; readonly asJson: boolean; readonly inString: boolean; readonly source: string };
type Piece = string | Slot;

const LONGEST = 65_536;
const MOST_SLOTS = 500;
const ENVIRONMENT = /\$\{([^}]*)\}/g;

/** Renders nothing by itself: it reads tokens, paths and filters. It has no files to include. */
const engine = new Liquid({ ownPropertyOnly: true, cache: false, relativeReference: false, templates: {} });

/** The worst that an event may contain, for the check at definition. */
const HOSTILE: readonly unknown[] = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it must not be expanded.
  '"}],\\ \n\u2028{{ x }}${HOME}</script>\ud800',
  "",
  -1.5e300,
  302231454903657293n,
  true,
  undefined,
  null,
  ['"', { a: "\\" }],
  { 'k"': ["\\", null] },
];

/**
 * A body from a template with Jinja's `{{ dotted.path }}`. In a JSON template a value inside quotes is escaped as part
 * of the string; outside quotes it is inserted as JSON, quotes and all, and what is missing is `null`. `{{event_json}}`
 * is the whole event. Only paths and the filters of `templateFilters` are allowed: no tags, no expressions.
 *
 * @throws ConfigurationError when the template can make a body that is not JSON, or uses anything else
 *
 * @example
 * ```ts
 * import { template } from "@countersign/sender";
 * const body = template('{ "summary": "{{ type }} by {{ data.actor | default("nobody") }}", "details": {{ event_json }} }');
 * ```
 */
export function template(source: string, options: TemplateOptions = {}, option = "template"): Body {
  checkOptions(options, KEYS, option);
  checkFunction(options.env, `${option}.env`);
  checkFunction(options.scope, `${option}.scope`);
  checkText(source, option);
  if (source.length > LONGEST) throw new ConfigurationError(option, `${option} must be at most ${LONGEST} characters.`);
  const isJson = checkBoolean(options.json ?? true, `${option}.json`);
  if (!isJson && options.contentType === undefined) {
    throw new ConfigurationError(
      `${option}.contentType`,
      `${option}.contentType is required when json is false: it says what the body is.`,
    );
  }
  const secrets: string[] = [];
  const pieces = compile(source, isJson, options.env, secrets, option);
  const scopeOf = options.scope ?? defaultScope;
  if (isJson) checkHostile(pieces, option);

  return {
    contentType: options.contentType ?? "application/json",
    batches: false,
    secrets,
    render(events) {
      const event = events[0] as OutgoingEvent;
      const scope = scopeOf(event);
      const context = new Context({ event: scope, ...scope, event_json: scope }, engine.options);
      return fill(pieces, isJson, (slot) => toValueSync(slot.value.value(context, true) as never));
    },
  };
}

function compile(
  source: string,
  isJson: boolean,
  env: TemplateOptions["env"],
  secrets: string[],
  option: string,
): readonly Piece[] {
  const pieces: Piece[] = [];
  let inString = false;
  let slots = 0;
  for (const token of tokens(source, option)) {
    if (TypeGuards.isHTMLToken(token)) {
      const text = literal(token.getContent(), isJson, inString, env, secrets, option);
      const state = advance(inString, text.shape);
      if (isJson && state.inEscape) {
        throw new ConfigurationError(option, `${option}: a value must not follow a backslash.`, "invalid_template");
      }
      inString = state.inString;
      pieces.push(text.body);
    } else if (TypeGuards.isOutputToken(token)) {
      slots += 1;
      if (slots > MOST_SLOTS)
        throw new ConfigurationError(option, `${option} may contain at most ${MOST_SLOTS} values.`);
      const { liquid, asJson } = parsePath(token.content, option);
      pieces.push({ value: new Value(liquid, engine), asJson, inString, source: token.content.trim() });
    } else {
      throw new ConfigurationError(
        option,
        `${option} contains a tag ({% … %}); only {{ paths }} are allowed.`,
        "invalid_template",
      );
    }
  }
  return pieces;
}

function tokens(source: string, option: string) {
  try {
    return new Tokenizer(source, defaultOperators).readTopLevelTokens(engine.options);
  } catch {
    throw new ConfigurationError(option, `${option} contains a {{ or {% that is never closed.`, "invalid_template");
  }
}

/** Literal text with `${NAME}` replaced by its value as data; `shape` is the same with the values left out. */
function literal(
  text: string,
  isJson: boolean,
  startsInString: boolean,
  env: TemplateOptions["env"],
  secrets: string[],
  option: string,
): { body: string; shape: string } {
  let body = "";
  let shape = "";
  let end = 0;
  for (const match of text.matchAll(ENVIRONMENT)) {
    const before = text.slice(end, match.index);
    body += before;
    shape += before;
    const value = readVariable(match[1] as string, env, option);
    if (value !== "") secrets.push(value);
    const state = advance(startsInString, shape);
    if (isJson && state.inEscape) {
      throw new ConfigurationError(option, `${option}: a value must not follow a backslash.`, "invalid_template");
    }
    if (isJson && !state.inString) shape += '""';
    body += isJson ? insert(value, state.inString, false) : value;
    end = match.index + match[0].length;
  }
  return { body: body + text.slice(end), shape: shape + text.slice(end) };
}

/** The value of `${NAME}`. @throws ConfigurationError when that is no name, or has no value that may be read */
export function readVariable(name: string, env: TemplateOptions["env"], option: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new ConfigurationError(
      option,
      `${option} contains \${${name.slice(0, 40)}}, which is not a variable name.`,
      "invalid_template",
    );
  }
  if (env === undefined) {
    throw new ConfigurationError(
      option,
      `${option} contains \${${name}}, but no variable may be read. Pass env to allow it.`,
      "no_reader",
    );
  }
  let value: unknown;
  try {
    value = env(name);
  } catch (error) {
    const kind = error instanceof Error ? error.name : "something";
    throw new ConfigurationError(
      option,
      `${option} contains \${${name}}, which could not be read: env threw ${kind}.`,
      "secret_unavailable",
    );
  }
  if (typeof value !== "string") {
    throw new ConfigurationError(
      option,
      `${option} contains \${${name}}, which is not set or may not be read.`,
      "secret_unavailable",
    );
  }
  return value;
}

function fill(pieces: readonly Piece[], isJson: boolean, read: (slot: Slot) => unknown): string {
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    else text += isJson ? insert(read(piece), piece.inString, piece.asJson) : plain(read(piece), piece.asJson);
  }
  return text;
}

/** A value as JSON text, or as the inside of a JSON string. */
function insert(value: unknown, inString: boolean, asJson: boolean): string {
  if (!inString) return toJson(value ?? null);
  return JSON.stringify(plain(value, asJson)).slice(1, -1);
}

function plain(value: unknown, asJson: boolean): string {
  if (asJson) return toJson(value ?? null);
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? toJson(value) : String(value);
}

/** Every value may be anything: the text around it must give JSON whatever comes. */
function checkHostile(pieces: readonly Piece[], option: string): void {
  const slots = pieces.filter((piece): piece is Slot => typeof piece !== "string");
  const cases = slots.length === 0 ? [undefined] : HOSTILE;
  for (const value of cases) {
    const text = fill(pieces, true, () => value);
    try {
      parseLossless(text);
    } catch {
      throw new ConfigurationError(
        option,
        `${option} does not make valid JSON when its values are ${value === undefined ? "missing" : `like ${typeof value}s`}. ` +
          "Put each {{ path }} inside quotes or where a whole JSON value can be, or set json: false for a body that is not JSON.",
        "invalid_template",
      );
    }
  }
}

function defaultScope(event: OutgoingEvent): object {
  const { id, type, severity, time } = event;
  return { id, type, severity, time: new Date(time).toISOString(), data: event.data };
}
