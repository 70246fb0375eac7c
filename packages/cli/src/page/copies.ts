import type { Provider } from "@countersign/core";
import * as rows from "@countersign/core/providers";
import { ofConnection } from "../network/exchange.ts";
import { curlLine } from "../request/curl-line.ts";
import { isCredential } from "./cover.ts";
import type { Entry } from "./entry.ts";

/** What a delivery can be copied as. Credentials are left to the shell and the environment. */
export const COPIES: Readonly<Record<string, (entry: Entry) => string>> = { curl, test, fixture };

function curl(entry: Entry): string {
  const { request, called, provider } = entry;
  const { method, headers, body } = request;
  const fromShell = Object.fromEntries(
    headers
      .filter(([name]) => isCredential(name, entry))
      .map(([name]) => [name.toLowerCase(), `${prefixOf(name, provider)}$SECRET`]),
  );
  return curlLine({ method, url: called, headers, body, fromShell });
}

/** What `countersign verify` and `explain` read: JSON of headers and body, byte for byte. */
function fixture(entry: Entry): string {
  const { request, called, provider, at } = entry;
  const value = {
    ...(provider === undefined ? {} : { provider: provider.name }),
    at: new Date(at).toISOString(),
    method: request.method,
    url: called,
    headers: request.headers.filter(([name]) => !isCredential(name, entry)),
    bodyBase64: Buffer.from(request.body).toString("base64"),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A test for Vitest that judges the very bytes as at the time when they came. */
function test(entry: Entry): string {
  const { request, called, provider, at, standing, code } = entry;
  const name = provider === undefined ? "provider" : rowOf(provider);
  const headers = Object.entries(recordOf(entry));
  const expected =
    standing === "refused"
      ? `await expect(verifier.verify(request)).rejects.toMatchObject({ code: ${JSON.stringify(code)} });`
      : `expect(await verifier.verify(request)).toMatchObject({ provider: ${JSON.stringify(provider?.name ?? "")} });`;
  const title = JSON.stringify(`${provider?.name ?? "a webhook"}: ${code}`);
  return [
    'import { createVerifier } from "@countersign/core";',
    `import { ${name.replace(/\(.*/s, "")} } from "@countersign/core/providers";`,
    'import { expect, test } from "vitest";',
    "",
    `// A delivery${standing === "refused" ? " that was refused" : ""}, byte for byte, judged as at ${new Date(at).toISOString()}.`,
    `test(${title}, async () => {`,
    `  const verifier = createVerifier(${name}, {`,
    "    secret: process.env.WEBHOOK_SECRET as string,",
    `    clock: { now: () => ${at} },`,
    "  });",
    "  const request = {",
    `    method: ${JSON.stringify(request.method)},`,
    `    url: ${JSON.stringify(called)},`,
    "    headers: {",
    ...headers.map(([header, value]) => `      ${JSON.stringify(header)}: ${value},`),
    "    },",
    `    body: ${bodySource(request.body)},`,
    "  };",
    `  ${expected}`,
    "});",
    "",
  ].join("\n");
}

/** How the package's own rows are called in code. */
function rowOf(provider: Provider<any>): string {
  const found = Object.entries(rows).find(([, row]) => row === provider);
  if (found !== undefined) return found[0];
  const name = provider.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `${name}({ /* as it is set up */ })`;
}

/** Values as TypeScript: of a header that is a credential, what the environment has. */
function recordOf(entry: Entry): Record<string, string> {
  const { provider } = entry;
  const record: Record<string, string> = Object.create(null);
  for (const [name, value] of entry.request.headers) {
    if (ofConnection(name)) continue;
    const own = provider?.scheme.kind === "token" && provider.scheme.header === name.toLowerCase();
    if (own) record[name.toLowerCase()] = `\`${prefixOf(name, provider)}\${process.env.WEBHOOK_SECRET}\``;
    else if (!isCredential(name, entry)) record[name.toLowerCase()] ??= JSON.stringify(value);
  }
  return record;
}

function prefixOf(name: string, provider: Provider<any> | undefined): string {
  const scheme = provider?.scheme;
  return scheme?.kind === "token" && scheme.header === name.toLowerCase() ? scheme.prefix : "";
}

/** Text that is whole as UTF-8 stays readable, everything else is base64. */
function bodySource(body: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  } catch {
    return `Buffer.from("${Buffer.from(body).toString("base64")}", "base64")`;
  }
}
