import { ConfigurationError } from "@countersign/core";
import { type Table, table } from "@countersign/core/checks";

/** Jinja's filter names and Liquid's, as Liquid knows them. Only these are allowed. */
const FILTERS: Table<{ readonly name: string; readonly arguments: number }> = table({
  default: { name: "default", arguments: 1 },
  upper: { name: "upcase", arguments: 0 },
  upcase: { name: "upcase", arguments: 0 },
  lower: { name: "downcase", arguments: 0 },
  downcase: { name: "downcase", arguments: 0 },
  capitalize: { name: "capitalize", arguments: 0 },
  trim: { name: "strip", arguments: 0 },
  strip: { name: "strip", arguments: 0 },
  truncate: { name: "truncate", arguments: 1 },
  length: { name: "size", arguments: 0 },
  size: { name: "size", arguments: 0 },
  first: { name: "first", arguments: 0 },
  last: { name: "last", arguments: 0 },
  join: { name: "join", arguments: 1 },
  json: { name: "json", arguments: 0 },
  tojson: { name: "json", arguments: 0 },
});

/** The filters that a template may use. */
export const templateFilters: readonly string[] = Object.freeze(Object.keys(FILTERS));

const NAME = "[A-Za-z_][A-Za-z0-9_-]*";
const PATH = new RegExp(`^${NAME}(?:\\.${NAME}|\\.\\d+|\\[\\d+\\]|\\["[^"\\\\\\]]*"\\])*`);
const FILTER = new RegExp(`^\\s*\\|\\s*(${NAME})\\s*`);
const ARGUMENT = /^(?:"[^"\\]*"|'[^'\\]*'|-?\d+(?:\.\d+)?)/;

/** What is between `{{` and `}}`, checked. */
export interface PathExpression {
  /** The same in Liquid's spelling. */
  readonly liquid: string;
  /** The value is to be inserted as JSON even inside a string. */
  readonly asJson: boolean;
}

/** Reads a dotted path with filters: the whole text or nothing. @throws ConfigurationError */
export function parsePath(source: string, option: string): PathExpression {
  let rest = source.trim();
  const path = PATH.exec(rest)?.[0];
  if (path === undefined) throw refuse(source, option, "only dotted paths such as {{ data.user.name }} are allowed");
  rest = rest.slice(path.length);
  let liquid = path;
  let asJson = false;
  while (rest.trim() !== "") {
    const match = FILTER.exec(rest);
    const filter = match === null ? undefined : FILTERS[match[1] as string];
    if (match === null || filter === undefined || asJson) {
      throw refuse(
        source,
        option,
        `only these filters may follow the path: ${templateFilters.join(", ")}; json comes last`,
      );
    }
    rest = rest.slice(match[0].length);
    if (filter.name === "json") {
      asJson = true;
      rest = rest.replace(/^\(\s*\)/, "");
      continue;
    }
    const { text, rest: after } = readArgument(rest);
    const count = text === undefined ? 0 : 1;
    if (count !== filter.arguments) {
      throw refuse(
        source,
        option,
        `the filter ${match[1]} takes ${filter.arguments === 0 ? "no argument" : "one text or number"}`,
      );
    }
    liquid += ` | ${filter.name}${text === undefined ? "" : `: ${text}`}`;
    rest = after;
  }
  return { liquid, asJson };
}

/** `: "x"` in Liquid's way or `("x")` in Jinja's. */
function readArgument(source: string): { text: string | undefined; rest: string } {
  const opening = /^(?::\s*|\(\s*)/.exec(source)?.[0];
  if (opening === undefined) return { text: undefined, rest: source };
  const inside = source.slice(opening.length);
  const text = ARGUMENT.exec(inside)?.[0];
  const bracket = opening.startsWith("(");
  const rest = inside.slice(text?.length ?? 0);
  if (!bracket) return { text, rest: text === undefined ? source : rest };
  const closed = /^\s*\)/.exec(rest)?.[0];
  return closed === undefined ? { text: undefined, rest: source } : { text, rest: rest.slice(closed.length) };
}

function refuse(source: string, option: string, why: string): ConfigurationError {
  return new ConfigurationError(
    option,
    `${option}: {{${source.slice(0, 80)}}} cannot be used; ${why}.`,
    "invalid_template",
  );
}
