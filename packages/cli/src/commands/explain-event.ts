import type { Context, Outcome } from "../command-line/command.ts";
import { readEvents } from "../system/event.ts";
import { openRight, rightSenderOf } from "../system/open.ts";
import { Failure } from "../terminal/failure.ts";
import { plain } from "../terminal/text.ts";

/** Says which endpoint of a configuration would get an event, and why the others would not. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output } = context;
  const path = given.text("config");
  if (path === undefined) throw new Failure("usage", "config_missing", "No configuration was given.", "--config FILE");
  const opened = await openRight(path, context);
  const events = await readEvents(given.arguments[0] ?? "", opened.system, context);
  const sender = rightSenderOf(path, opened, context);
  const explained = [];
  for (const event of events) {
    const findings = opened.explain?.(event) ?? (await sender.explain(event));
    explained.push({ type: event.type, findings });
  }
  await sender.close();
  const { bold, dim, green, yellow } = output.paint;
  const colours = { now: green, later: yellow, never: dim };
  return {
    ok: explained.every(({ findings }) => findings.some(({ sent }) => sent !== "never")),
    json: { system: opened.system.name, events: explained },
    lines: explained.flatMap(({ type, findings }) => [
      bold(plain(type)),
      ...findings.map(
        ({ endpoint, sent, reason }) => `  ${colours[sent](sent.padEnd(5))}  ${plain(endpoint)}: ${plain(reason)}`,
      ),
    ]),
  };
}
