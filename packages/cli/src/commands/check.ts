import { ConfigurationError } from "@countersign/core";
import type { Transport } from "@countersign/sender";
import type { Context, Outcome } from "../command-line/command.ts";
import { requestLines } from "../system/exchanges.ts";
import { type Opened, openConfiguration, senderOf } from "../system/open.ts";
import { problemOf, whereOf } from "../system/problem.ts";
import { UNKNOWN_SECRET } from "../system/systems.ts";
import { count, plain } from "../terminal/text.ts";

/** Says whether a configuration is right, and what would be sent where. Connects to nothing. */
export async function run(context: Context): Promise<Outcome> {
  const [path = "-"] = context.given.arguments;
  const { bold, dim, green, red, yellow } = context.output.paint;
  let opened: Opened | undefined;
  try {
    opened = await openConfiguration(path, context);
    const endpoints = await described(opened, context);
    const notes = opened.notes.map(({ option, message }) => ({ option, message }));
    const placeholders = JSON.stringify(
      opened.endpoints.map(({ sign, auth }) => [[sign].flat().map((one) => one?.secret), auth]),
    ).includes(UNKNOWN_SECRET);
    if (placeholders)
      notes.push({
        option: "secrets",
        message:
          "Secrets that the system does not show stand in here: --secret-env ID=VARIABLE gives them to countersign test.",
      });
    return {
      ok: true,
      json: { ok: true, system: opened.system.name, endpoints, notes },
      lines: [
        `${opened.system.name}: ${green("right")}, ${count(endpoints.length, "endpoint")}`,
        ...endpoints.flatMap(({ name, url, method, signed, retry, order, enabled, requests }) => [
          "",
          `${bold(plain(name))} ${plain(method)} ${plain(url)}${enabled ? "" : yellow(" (switched off)")}`,
          `  ${signed ? "signed" : "not signed"}, retries ${retry}${order === "fifo" ? ", in order" : ""}`,
          dim("  its test event would be sent as"),
          ...requests.flatMap((exchange) => requestLines(exchange, context.output.paint).map((line) => `    ${line}`)),
          ...(requests.length === 0 ? ["    nothing"] : []),
        ]),
        ...(notes.length === 0 ? [] : [""]),
        ...notes.map(({ message }) => `${yellow("•")} ${plain(message)}`),
      ],
    };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { text, endpoints } = opened ?? {};
    const problem = problemOf(error, {
      path,
      ...(text === undefined ? {} : { text }),
      ...(endpoints === undefined ? {} : { endpoints }),
    });
    return {
      ok: false,
      json: { ok: false, problem },
      lines: [`${red("wrong")}: ${plain(problem.message)}`, dim(`  at ${plain(whereOf(problem), 500)}`)],
    };
  }
}

/** Each endpoint with its test event as it would go out, given to nobody. */
async function described(opened: Opened, context: Context) {
  const transport: Transport = {
    async request() {
      const timings = { total: 0 } as never;
      return { kind: "response", status: 200, headers: {}, body: "", truncated: false, timings };
    },
    async close() {},
  };
  const sender = senderOf(opened, context, { transport });
  const list = [];
  for (const { name, url, method, signed, retry, order, enabled } of sender.endpoints.list()) {
    const { exchanges } = await sender.test(name);
    const requests = exchanges.map(({ request, attempt, ruling }) => ({ request, attempt, ruling }));
    list.push({ name, url, method, signed, retry, order, enabled, requests });
  }
  await sender.close();
  return list;
}
