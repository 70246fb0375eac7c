import type { Exchange } from "@countersign/sender";
import type { Paint } from "../terminal/paint.ts";
import { plain, plainLines } from "../terminal/text.ts";

/** What goes out, in lines. Secrets are masked already. */
export function requestLines({ request }: Exchange, { bold, dim }: Paint): string[] {
  return [
    bold(`${request.method} ${plain(request.url)}`),
    ...Object.entries(request.headers).map(([name, value]) => dim(`${plain(name)}: ${plain(value)}`)),
    ...(request.body === "" ? [] : ["", ...plainLines(request.body, 4_000)]),
  ];
}

/** What came back, in lines, the body included. */
export function responseLines({ response, attempt, ruling }: Exchange, { dim, green, red }: Paint): string[] {
  const colour = ruling === "success" ? green : red;
  const after = `after ${Math.round(attempt.timings.total)} ms`;
  if (response === undefined) return [red(`no answer ${after}: ${plain(attempt.message ?? attempt.error ?? "")}`)];
  return [
    `${colour(String(response.status))} ${after}: ${MEANS[ruling]}`,
    ...(attempt.message === undefined ? [] : [plain(attempt.message)]),
    ...Object.entries(response.headers).map(([name, value]) => dim(`${plain(name)}: ${plain(value)}`)),
    ...(response.body === "" ? [] : ["", ...plainLines(response.body, 4_000)]),
  ];
}

const MEANS: Readonly<Record<Exchange["ruling"], string>> = {
  success: "accepted",
  retry: "would be tried again",
  permanent: "would be given up",
  disable: "would disable the endpoint",
};
