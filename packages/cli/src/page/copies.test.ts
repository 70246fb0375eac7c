import * as core from "@countersign/core";
import * as providers from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { transform } from "esbuild";
import { afterEach, expect, test, vi } from "vitest";
import { readSaved } from "../request/read.ts";
import { COPIES } from "./copies.ts";
import type { Entry } from "./entry.ts";

const secret = "correct-horse-battery-staple";
const at = Date.parse("2026-04-17T10:15:03Z");
afterEach(() => vi.unstubAllEnvs());

async function entryOf(provider: core.Provider<any>, body: string | Uint8Array): Promise<Entry> {
  const signed = await signedRequest(provider, { secret, body, timestamp: new Date(at) });
  const { method, url, headers } = signed;
  const request = { method, url: "/webhook", headers: Object.entries(headers), body: signed.body, form: "", notes: [] };
  return {
    kept: 1,
    at,
    from: "",
    request,
    called: url,
    provider,
    looksLike: "",
    standing: "genuine",
    code: "genuine",
    event: "",
    message: "",
    status: 204,
    findings: [],
    steps: [],
    origin: "",
  };
}

/** Runs what was copied, as Vitest would. */
async function runTest(code: string): Promise<void> {
  const { code: plain } = await transform(code, { loader: "ts", format: "cjs" });
  const tests: (() => Promise<void>)[] = [];
  const modules: Record<string, unknown> = {
    "@countersign/core": core,
    "@countersign/core/providers": providers,
    vitest: { expect, test: (_: string, work: () => Promise<void>) => tests.push(work) },
  };
  new Function("require", "module", plain)((name: string) => modules[name], { exports: {} });
  expect(tests).toHaveLength(1);
  await tests[0]?.();
}

const bodies: readonly (readonly [name: string, body: string | Uint8Array])[] = [
  ["JSON", '{"type":"a","n":12345678901234567890}'],
  ["quotes, line ends and separators", `{"a":"\\"'\`\${x}\u2028\u2029","b":"\\n"}\r\n`],
];

test.each(bodies)("a copied test passes, and fails when a byte is changed: %s", async (_, body) => {
  vi.stubEnv("WEBHOOK_SECRET", secret);
  const copied = COPIES.test?.(await entryOf(providers.stripe, body)) ?? "";
  expect(copied).not.toContain(secret);
  await runTest(copied);
  await expect(runTest(copied.replace('"body": "{', '"body": " {').replace('body: "{', 'body: " {'))).rejects.toThrow();
});

test("a copied test of a refusal expects that refusal; of bytes that are no text it holds base64", async () => {
  vi.stubEnv("WEBHOOK_SECRET", secret);
  const entry = await entryOf(providers.github, Uint8Array.of(123, 255, 0, 125));
  const refused: Entry = { ...entry, standing: "refused", code: "malformed_text" };
  const copied = COPIES.test?.(refused) ?? "";
  expect(copied).toContain('Buffer.from("e/8AfQ==", "base64")');
  await runTest(copied);
});

test("a credential is left to the environment and the shell", async () => {
  const provider = providers.tappass({ header: "authorization" });
  const entry = await entryOf(provider, "{}");
  for (const copy of Object.values(COPIES)) expect(copy(entry)).not.toContain(secret);
  expect(COPIES.curl?.(entry)).toContain('-H "authorization: Bearer $SECRET"');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands so in what is copied
  expect(COPIES.test?.(entry)).toContain("`Bearer ${process.env.WEBHOOK_SECRET}`");
});

test.each([...bodies, ["bytes", Uint8Array.of(0, 255, 13, 10)] as const])(
  "a copied fixture is read back byte for byte: %s",
  async (_, body) => {
    const entry = await entryOf(providers.github, body);
    const read = readSaved(Buffer.from(COPIES.fixture?.(entry) ?? ""));
    expect(read).toMatchObject({ method: "POST", url: entry.called, at, body: Buffer.from(entry.request.body) });
    expect(read.headers).toEqual(entry.request.headers);
  },
);
