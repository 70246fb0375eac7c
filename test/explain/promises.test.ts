/** What explain promises: nothing on good requests, "I do not know" on garbage, bounded work. */
import { createHmac } from "node:crypto";
import { createVerifier, defineProvider, explain, type Provider, sign } from "@countersign/core";
import { github, providers, square } from "@countersign/core/providers";
import { testSecret } from "@countersign/core/testing";
import { build } from "esbuild";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { genuine, message, NOW as SIGNED, subjects } from "../properties/genuine.ts";

const NOW = SIGNED;

describe("a good request has nothing to explain", () => {
  const each = Math.ceil(1000 / subjects.length);

  test.each(subjects.map((subject) => [subject.name, subject] as const))("%s", async (_, subject) => {
    await fc.assert(
      fc.asyncProperty(message, async (said) => {
        const json = JSON.stringify({ text: Buffer.from(said.body).toString("latin1"), at: said.offset });
        const { method, url, headers, body } = await genuine(subject, { ...said, body: Buffer.from(json) });
        const whole = subject.signsUrl && url.includes("?") ? { exactUrl: url } : {};
        // Any JSON is a payload here, whatever the provider's own events look like.
        const { normalize: _, payload: __, formField: ___, ...plain } = subject.provider;
        const row = defineProvider(plain as Provider<any>);
        const request = { secret: subject.verifying, method, url, headers, body, now: NOW, ...whole };
        expect(await explain(row, request)).toMatchObject({ ok: true, findings: [] });
      }),
      { numRuns: each },
    );
  });
});

describe("on random garbage it does not know, and accuses nobody", () => {
  const signing = Object.values(providers).filter(({ scheme }) => scheme.kind === "hmac");
  const bytes = fc.uint8Array({ maxLength: 300 });
  // What a program of JavaScript writes may look rounded because it is.
  const json = fc
    .json({ maxDepth: 2 })
    .filter((text) => !/\d{16}/.test(text))
    .map((text) => Buffer.from(text));
  const garbage = fc.record({ provider: fc.constantFrom(...signing), body: fc.oneof(bytes, json), id: fc.uuid() });

  test("with a signature of the right form that nobody made", async () => {
    await fc.assert(
      fc.asyncProperty(
        garbage,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        async ({ provider, body, id }, key) => {
          const secret = testSecret(provider);
          const url = "https://example.com/hooks";
          const extra =
            provider.name === "contentful"
              ? { "x-contentful-signed-headers": "x-contentful-signed-headers,x-contentful-timestamp" }
              : {};
          const other =
            provider.scheme.kind === "hmac" && /^(?:utf8|hex)$/.test(provider.scheme.secret)
              ? Buffer.from(key).toString("hex")
              : `whsec_${Buffer.from(key).toString("base64")}`;
          const signed = await sign(provider, {
            secret: other,
            body: Buffer.from(id),
            url,
            id,
            headers: extra,
            timestamp: new Date(NOW),
          });
          const { ok, findings } = await explain(provider, {
            secret,
            headers: { ...extra, ...signed },
            body,
            url,
            now: NOW,
          });
          expect(ok).toBe(false);
          const [first] = findings;
          // An empty body and one that is compressed by its first bytes are seen, whoever sent them.
          if (body.length === 0 || /^body_(compressed|is_object|truncated)$/.test(first?.code ?? "")) return;
          expect(first).toMatchObject({ code: "no_explanation", sentence: expect.stringMatching(/ways were tried/) });
          expect(first?.mend).toMatch(
            /^Check next that the secret .* SHA-256 of the body .* forged request looks the same\.$/s,
          );
        },
      ),
      // The campaign goes on with other seeds.
      { numRuns: 60 },
    );
  }, 60_000);
});

describe("its work is bounded", () => {
  const headers = { "x-hub-signature-256": `sha256=${"0".repeat(64)}` };
  const secret = "s3cr3t-do-not-tell";
  const lines = (count: number) =>
    JSON.stringify({
      lines: Array.from({ length: count }, (_, i) => ({ sku: `A-${i}`, name: "Überraschung", price: 10 })),
    });

  test.each([
    ["5,000 levels of JSON", "[".repeat(5_000) + "]".repeat(5_000)],
    ["500,000 levels of JSON", "[".repeat(500_000) + "]".repeat(500_000)],
    ["objects in objects", `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
    ["a string that is all escapes", JSON.stringify('\n"'.repeat(200_000))],
    ["blanks", `x${" ".repeat(500_000)}x`],
    ["equals signs", `${"=".repeat(500_000)}x`],
    ["fields", "a=b%20&".repeat(100_000)],
    ["numbers", "12, ".repeat(200_000)],
    ["Python's escapes", `b'${"\\x41".repeat(200_000)}`],
    ["entities", "&amp;".repeat(200_000)],
    ["bytes that are no text", new Uint8Array(1_048_576).fill(255)],
    ["1 MB of JSON", lines(18_000)],
    ["8 MB of JSON", lines(144_000)],
  ])(
    "and never a throw: %s",
    async (_, body) => {
      const { findings } = await explain(github, { secret, headers, body });
      expect(findings.length).toBeGreaterThan(0);
    },
    20_000,
  );

  test("a body written again is found at 100 KB and at 1 MB", async () => {
    for (const count of [1_800, 18_000]) {
      const sent = JSON.stringify(JSON.parse(lines(count)), null, 2);
      const signature = createHmac("sha256", secret).update(sent).digest("hex");
      const request = { secret, headers: { "x-hub-signature-256": `sha256=${signature}` }, body: lines(count) };
      expect((await explain(github, request)).findings).toMatchObject([{ code: "body_reserialised" }]);
    }
  }, 20_000);

  test("the bytes that are hashed and written stay the same, however large the body is", async () => {
    const counted = async (count: number) => {
      const encode = vi.spyOn(TextEncoder.prototype, "encode");
      await explain(github, { secret, headers, body: lines(count) });
      const bytes = encode.mock.results.reduce((sum, { value }) => sum + (value as Uint8Array).length, 0);
      encode.mockRestore();
      return bytes;
    };
    const [large, huge] = [await counted(9_000), await counted(36_000)];
    expect(large).toBeLessThan(67_108_864);
    expect(huge).toBeLessThan(67_108_864);
  }, 20_000);

  test("a spent budget is told, and can be raised", async () => {
    const body = lines(50);
    const small = await explain(github, { secret, headers, body, budget: { tries: 10 } });
    expect(small.findings.map(({ code }) => code)).toEqual(["no_explanation", "budget_spent"]);
    const enough = await explain(github, { secret, headers, body, budget: { tries: 1_000_000, bytes: 1_000_000_000 } });
    expect(enough.findings.map(({ code }) => code)).toEqual(["no_explanation"]);
    for (const budget of [{ tries: 0 }, { bytes: 1.5 }, { seconds: 1 }]) {
      await expect(explain(github, { secret, headers, body, budget: budget as never })).rejects.toMatchObject({
        name: "ConfigurationError",
      });
    }
  });
});

test("a verifier that does not import it has none of it in its bundle", async () => {
  const bundle = async (...lines: readonly string[]) => {
    const contents = [...lines, 'export const verifier = createVerifier(stripe, { secret: "whsec_x", ...more });'].join(
      "\n",
    );
    const stdin = { contents, resolveDir: import.meta.dirname, loader: "ts" as const };
    const { outputFiles } = await build({
      stdin,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      write: false,
    });
    return outputFiles[0]?.text ?? "";
  };
  const stripe = 'import { stripe } from "@countersign/core/providers";';
  const without = await bundle('import { createVerifier } from "@countersign/core";', stripe, "const more = {};");
  const included = await bundle(
    'import { createVerifier, explain } from "@countersign/core";',
    stripe,
    "const more = { explain };",
  );
  for (const code of ["body_reserialised", "secret_placeholder", "url_prefix", "no_explanation"]) {
    expect(included).toContain(code);
    expect(without).not.toContain(code);
  }
});

describe("the URL", () => {
  const secret = "a signature key";
  const sent = async (url: string) => ({
    secret,
    body: "{}",
    headers: await sign(square, { secret, body: "{}", url }),
  });

  test("is taken as the verifier takes it: publicUrl, exactUrl, functions", async () => {
    const request = await sent("https://example.com/api/in");
    for (const options of [
      { url: "/in", publicUrl: "https://example.com/api" },
      { url: "http://10.0.0.1:3000/in", publicUrl: "https://example.com/api/" },
      { url: "/in", publicUrl: () => "https://example.com/api/in" },
      { url: "/in", exactUrl: "https://example.com/api/in" },
      { url: "/in", exactUrl: () => "https://example.com/api/in" },
    ]) {
      expect(await explain(square, { ...request, ...options })).toMatchObject({
        ok: true,
        url: "https://example.com/api/in",
      });
    }
  });

  test("is told wherever one is signed, and draws nothing on a terminal", async () => {
    const { url, text } = await explain(square, {
      ...(await sent("https://other.example/x")),
      url: "https://example.com/\u001b[2J",
    });
    expect(url).toBe("https://example.com/?[2J");
    expect(text).toContain("The URL that was taken for the signed one: https://example.com/?[2J");
    expect(await explain(github, { secret, body: "", headers: {}, url: "https://example.com" })).not.toHaveProperty(
      "url",
    );
  });

  test("that was signed is told with the cause", async () => {
    const request = await sent("https://example.com/in");
    const { findings } = await explain(square, { ...request, url: "http://example.com/in" });
    expect(findings).toMatchObject([
      { code: "url_scheme", sentence: expect.stringContaining("It was signed with https://example.com/in.") },
    ]);
  });

  test("a publicUrl that is none is refused as the verifier refuses it", async () => {
    const request = await sent("https://example.com/in");
    await expect(explain(square, { ...request, publicUrl: "example.com" })).rejects.toMatchObject({
      option: "publicUrl",
    });
  });

  test("of a verifier behind a proxy is the public one for its explain too", async () => {
    const lines: string[] = [];
    const log = { warn: (_: object, line: string) => void lines.push(line), error: () => {} };
    const { headers } = await sent("https://example.com/api/in");
    const verifier = createVerifier(square, { secret, publicUrl: "https://example.com/api", explain, log });
    await verifier.verify({ method: "POST", url: "/in", headers, body: "{}\n" }).catch(() => {});
    await vi.waitFor(() => expect(lines.join("\n")).toContain("(body_line_break_added)"));
  });
});
