import type { Paint } from "../terminal/paint.ts";
import { columns } from "../terminal/text.ts";
import type { Command, Option } from "./command.ts";
import { COMMON } from "./parse.ts";

/** The first page: what can be done, and where to begin. */
export function overview(commands: readonly Command[], version: string, { bold, dim }: Paint): string[] {
  const rows = commands.map(({ name, arguments: given, summary }) => [`${name} ${given}`.trim(), summary]);
  const begin = [
    [
      "countersign listen --provider stripe --secret-env STRIPE_SECRET --forward localhost:3000/hooks",
      "see what comes",
    ],
    ["countersign explain request.http --provider github --secret-env SECRET", "why is it refused?"],
    ["countersign attack localhost:3000/hooks --provider stripe --secret-env STRIPE_SECRET", "is my receiver safe?"],
  ];
  return [
    `${bold("countersign")} ${version}: webhooks on the command line`,
    "",
    bold("Begin with"),
    ...begin.flatMap(([line = "", does = ""]) => [`  ${line}`, dim(`      ${does}`)]),
    "",
    bold("Commands"),
    ...columns(rows, "  "),
    "",
    "A saved request is raw HTTP, a curl command, a HAR file, JSON of headers and body, an event of AWS or a dump of",
    "Express, in a file or on standard input (-). A secret is never an argument: --secret-env NAME, --secret-file PATH,",
    "or you are asked.",
    "",
    "Exit codes: 0 yes, 1 no (refused, wrong), 2 not understood, 3 unreadable input, 4 network or disk, 130 Ctrl-C.",
    "countersign COMMAND --help shows examples and options.",
  ];
}

/** One command: examples first. */
export function commandHelp(command: Command, { bold, dim }: Paint): string[] {
  const { name, arguments: given, summary, about = [], options, examples } = command;
  const rows = Object.entries({ ...options, ...COMMON }).map(([key, option]) => [spelt(key, option), option.help]);
  return [
    `${bold(`countersign ${name}`)} ${given}`.trim(),
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...(about.length === 0 ? [] : ["", ...about]),
    "",
    bold("Examples"),
    ...examples.flatMap(([line, does]) => [`  ${line}`, dim(`      ${does}`)]),
    "",
    bold("Options"),
    ...columns(rows, "  "),
  ];
}

function spelt(name: string, { value, many }: Option): string {
  return `--${name}${value === undefined ? "" : ` ${value}`}${many ? " …" : ""}`;
}
