import type { Provider } from "@countersign/core";
import { exchange } from "../network/exchange.ts";
import { signRequest } from "../request/signing.ts";
import type { GivenSecret } from "../secret/given.ts";
import { type Checked, ok } from "./finding.ts";

/** A receiver, and what proves a request to it. */
export interface ParserOptions {
  readonly url: URL;
  readonly provider: Provider<any>;
  readonly secrets: readonly GivenSecret[];
  readonly body: Uint8Array;
  readonly timeout: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/**
 * Whether a parser runs before the verifier: two genuine requests, the same JSON in two spellings. Who verifies the bytes
 * takes both; who verifies what a parser made of them takes the compact one alone.
 */
export async function checkParser(options: ParserOptions): Promise<Checked> {
  const { body } = options;
  const value = jsonOf(body);
  if (value === undefined) return ok("parser", "not asked: the body is no JSON");
  const compact = await status(options, Buffer.from(JSON.stringify(value)));
  const spaced = await status(options, Buffer.from(`${JSON.stringify(value, null, 3)}\r\n`));
  const taken = (one: number) => one >= 200 && one < 300;
  if (taken(compact) && taken(spaced)) return ok("parser", "the receiver verifies the bytes as they come");
  const says = `genuine JSON is answered ${compact || "nothing"} when compact, ${spaced || "nothing"} with blanks`;
  if (taken(compact))
    return {
      name: "parser",
      state: "wrong",
      says,
      mend: "A parser runs first: verify before express.json(), over the raw bytes.",
    };
  if (compact === 0)
    return { name: "parser", state: "wrong", says, mend: "Is the receiver running, and is that its address?" };
  return {
    name: "parser",
    state: "wrong",
    says,
    mend: "Is it the provider and the secret that it has? --body FILE gives an event that its handler takes.",
  };
}

async function status(
  { url, provider, secrets, timeout, now, signal }: ParserOptions,
  body: Uint8Array,
): Promise<number> {
  const [method = "POST"] = provider.methods ?? [];
  const request = { method, url: url.href, headers: [], body, form: "a body", notes: [] };
  const { headers } = await signRequest(provider, request, { secrets, time: now() });
  const came = await exchange({ method, url, headers, body }, { timeout, signal });
  return came.kind === "answer" ? came.status : 0;
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}
