/** Runs inside Bun, Deno, Node and workerd, on the packed core: the same requests, the same verdicts. */
import { createVerifier, type Provider, sign, WebhookError } from "@countersign/core";
import { providers, stripe } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import type { Case } from "../cases.ts";

export interface Verdict {
  readonly name: string;
  /** `"verified"`, or the code of the refusal; a proven set-up request is a `"handshake"`. */
  readonly verify: string;
  /** The same request with one more byte in its body. */
  readonly forged: string;
  /** What `sign` made of it; absent where the vector has no counterpart. */
  readonly signed: Readonly<Record<string, string>> | undefined;
}

export interface Report {
  readonly verdicts: readonly Verdict[];
  /** What `handle` answers to a good request and to one under another secret, payload streamed. */
  readonly statuses: readonly [good: number, forged: number];
}

function providerNamed(name: string): Provider<any> {
  const provider = providers[name];
  if (provider === undefined) throw new Error(`No provider is called ${name}.`);
  return provider;
}

async function verdictOf(test: Case, body: string): Promise<string> {
  const verifier = createVerifier(providerNamed(test.provider), {
    secret: test.secret,
    clock: { now: () => test.now },
    payload: "raw",
    ...(test.exactUrl === undefined ? {} : { exactUrl: test.exactUrl }),
  });
  try {
    await verifier.verify({ method: test.method, url: test.url, headers: test.headers, body });
    return "verified";
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    throw error;
  }
}

async function signatureOf({ message, provider }: Case): Promise<Record<string, string> | undefined> {
  if (message === undefined) return undefined;
  const { timestamp, ...rest } = message;
  const time = typeof timestamp === "string" ? new Date(timestamp) : timestamp;
  return sign(providerNamed(provider), {
    ...rest,
    ...(time === undefined ? {} : { timestamp: time }),
  });
}

async function statusUnder(secret: string): Promise<number> {
  const payload = { id: "evt_1", object: "event", type: "ping", data: { object: { text: "x".repeat(200_000) } } };
  const { method, url, headers, body } = await signedRequest(stripe, { secret, payload });
  const chunks = [body.slice(0, 100_000), body.slice(100_000)];
  const stream = new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const request = new Request(url, { method, headers, body: stream, duplex: "half" });
  const verifier = createVerifier(stripe, { secret: "a long random secret" });
  return (await verifier.handle(request, () => new Response(null, { status: 204 }))).status;
}

export async function check(cases: readonly Case[]): Promise<Report> {
  const verdicts: Verdict[] = [];
  for (const test of cases) {
    verdicts.push({
      name: test.name,
      verify: await verdictOf(test, test.body),
      forged: await verdictOf(test, `${test.body} `),
      signed: await signatureOf(test),
    });
  }
  return { verdicts, statuses: [await statusUnder("a long random secret"), await statusUnder("another secret")] };
}
