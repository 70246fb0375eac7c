/** Runs inside Bun, Deno, Node and workerd, on the packed tokens: the same requests, the same verdicts. */
import { createVerifier, defineProvider, type Provider, WebhookError } from "@countersign/core";
import { type JwsOptions, jws } from "@countersign/tokens";
import * as rows from "@countersign/tokens/providers";
import type { TokenCase } from "../token-cases.ts";

function providerOf({ from, options }: TokenCase): Provider<any> {
  if (from === "jws")
    return defineProvider({ name: "example", docs: "https://example.com", scheme: jws(options as JwsOptions) });
  const found: unknown = (rows as Record<string, unknown>)[from];
  return (typeof found === "function" ? found(options) : found) as Provider<any>;
}

async function verdictOf(test: TokenCase, body: string): Promise<string> {
  const { secret, now, url, headers } = test;
  const verifier = createVerifier(providerOf(test), { secret, clock: { now: () => now }, payload: "raw", log: false });
  try {
    await verifier.verify({ method: "POST", url, headers, body });
    return "verified";
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    throw error;
  }
}

/** By the name of each case: the verdict, and that of one more byte in the body. */
export async function checkTokens(cases: readonly TokenCase[]): Promise<Record<string, readonly [string, string]>> {
  const verdicts: Record<string, readonly [string, string]> = {};
  for (const one of cases) verdicts[one.name] = [await verdictOf(one, one.body), await verdictOf(one, `${one.body} `)];
  return verdicts;
}
