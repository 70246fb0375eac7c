import { ofConnection } from "../network/exchange.ts";
import type { Header } from "./saved.ts";

/** What a curl line is made of. */
export interface CurlLine {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  /** Headers whose value is written as the shell finds it: `Bearer $API_KEY`. By name. */
  readonly fromShell?: Readonly<Record<string, string>>;
}

/** The line for bash that sends exactly this. A body that is no text goes through base64. */
export function curlLine({ method, url, headers, body, fromShell = {} }: CurlLine): string {
  const shown = headers.filter(([name]) => !ofConnection(name));
  const lines = shown.map(([name, value]) => {
    const written = Object.hasOwn(fromShell, name.toLowerCase()) ? fromShell[name.toLowerCase()] : undefined;
    return written === undefined
      ? `-H ${quote(value === "" ? `${name};` : `${name}: ${value}`)}`
      : `-H "${name}: ${written}"`;
  });
  const text = textOf(body);
  const piped = text === undefined ? `printf %s ${Buffer.from(body).toString("base64")} | base64 -d | ` : "";
  const data = body.length === 0 ? [] : [`--data-binary ${text === undefined ? "@-" : quote(text)}`];
  // What starts with @ would be read as a file's name.
  const safe = text?.startsWith("@") ? data.map((one) => one.replace("--data-binary", "--data-raw")) : data;
  const typed = headers.some(([name]) => name.toLowerCase() === "content-type");
  const untyped = body.length === 0 || typed ? [] : ["-H 'Content-Type:'"];
  return `${piped}curl -sSi -X ${method} ${[quote(url), ...lines, ...untyped, ...safe].join(" \\\n  ")}`;
}

function textOf(body: Uint8Array): string | undefined {
  if (body.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

function quote(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
