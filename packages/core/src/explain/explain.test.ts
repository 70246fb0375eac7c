import { createHash, createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { hmac } from "../kind/hmac.ts";
import {
  aperture,
  discord,
  github,
  hubspot,
  slack,
  square,
  standardWebhooks,
  stripe,
  tappass,
  twilio,
} from "../providers/index.ts";
import { body, path, timestamp } from "../scheme/content.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Provider } from "../scheme/provider.ts";
import { explain } from "./explain.ts";
import { HYPOTHESES } from "./search.ts";

const NOW = 1_784_000_000_000;
const TIME = NOW / 1000;
const SECRET = "s3cr3t-do-not-tell";
const KEY = Buffer.from("0123456789abcdef01234567");
type Bytes = string | Uint8Array;
const mac = (content: Bytes, secret: Bytes = SECRET, digest = "sha256") => createHmac(digest, secret).update(content);
const github256 = (signed: Bytes, secret: Bytes = SECRET) => ({
  "x-hub-signature-256": `sha256=${mac(signed, secret).digest("hex")}`,
});
const stripeOf = (signed: string, time: number | string = TIME) => ({
  "stripe-signature": `t=${time},v1=${mac(signed).digest("hex")}`,
});
const standard = (key: Bytes) => ({
  "webhook-id": "msg_1",
  "webhook-timestamp": String(TIME),
  "webhook-signature": `v1,${mac(`msg_1.${TIME}.{}`, key).digest("base64")}`,
});
const squareOf = (signed: string) => ({ "x-square-hmacsha256-signature": mac(signed).digest("base64") });

const sha256 = (content: Bytes) => createHash("sha256").update(content);
/** A body whose signature begins with a zero. */
const ZERO = Array.from({ length: 999 }, (_, n) => `{"n":${n}}`).find((text) =>
  mac(text).digest("hex").startsWith("0"),
) as string;

/** The body whose signature has a plus sign, and that signature. */
const PLUS = Array.from({ length: 99 }, (_, n) => `{"n":${n}}`)
  .map((text) => ({ text, signature: squareOf(`https://example.com/in${text}`)["x-square-hmacsha256-signature"] }))
  .find(({ signature }) => signature.includes("+")) as { text: string; signature: string };

const own = (scheme: object) =>
  defineProvider({
    name: "own",
    docs: "https://example.com",
    scheme: hmac({
      digest: "sha256",
      encoding: "hex",
      signature: { header: "x-signature" },
      content: [body],
      ...scheme,
    } as never),
  });
const json = '{"url":"https://example.com/é","n":1}';

interface Case {
  readonly provider?: Provider<any>;
  readonly secret?: unknown;
  readonly headers: object;
  readonly body?: Bytes;
  readonly url?: string;
  readonly method?: string;
}

const CASES: Readonly<Record<string, readonly Case[]>> = {
  secret_whitespace: [
    { secret: `${SECRET}\n`, headers: github256("{}") },
    { secret: [" other ", ` ${SECRET}`], headers: github256("{}") },
    { secret: `${SECRET}\\n`, headers: github256("{}") },
    { provider: standardWebhooks, secret: `whsec_${KEY.toString("base64")}\n`, headers: standard(KEY) },
  ],
  secret_quotes: [
    { secret: `"${SECRET}"`, headers: github256("{}") },
    { secret: `'${SECRET}'\n`, headers: github256("{}") },
    { provider: standardWebhooks, secret: `"whsec_${KEY.toString("base64")}"`, headers: standard(KEY) },
  ],
  secret_hashed: [
    { headers: github256("{}", sha256(SECRET).digest("hex")) },
    { headers: github256("{}", sha256(SECRET).digest()) },
  ],
  secret_base32: [{ secret: "ORUGS4ZANFZSAYJANNSXS===", headers: github256("{}", "this is a key") }],
  url_credentials: [
    {
      provider: square,
      headers: { ...squareOf("https://me:pass@example.com/in{}"), authorization: `Basic ${btoa("me:pass")}` },
      url: "http://example.com/in",
    },
  ],
  signature_separators: [
    {
      provider: own({}),
      headers: { "x-signature": (mac("{}").digest("hex").toUpperCase().match(/../g) ?? []).join("-") },
    },
  ],
  signature_zeros_lost: [
    {
      provider: own({}),
      headers: { "x-signature": BigInt(`0x${mac(ZERO).digest("hex")}`).toString(16) },
      body: ZERO,
    },
  ],
  body_doubled: [{ headers: github256(json), body: json + json }],
  body_multipart: [
    {
      headers: github256(json),
      body: `--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n${json}\r\n--b--\r\n`,
    },
    {
      headers: github256("a=1&b=2+3"),
      body: '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\ncontent-disposition: form-data; name="b"\r\n\r\n2 3\r\n--b--\r\n',
    },
  ],
  content_digest: [
    { headers: github256(sha256("{}").digest("hex")) },
    { headers: github256(sha256("{}").digest("base64")) },
  ],
  content_encoded: [
    { headers: github256(Buffer.from(json).toString("base64")), body: json },
    { headers: github256(`${Buffer.from(json).toString("base64")}\n`), body: json },
  ],
  signature_no_hmac: [
    { headers: { "x-hub-signature-256": `sha256=${sha256(`${SECRET}{}`).digest("hex")}` } },
    { headers: { "x-hub-signature-256": `sha256=${sha256(`{}${SECRET}`).digest("hex")}` } },
  ],
  secret_line_break_missing: [{ headers: github256("{}", `${SECRET}\n`) }],
  secret_used_raw: [
    {
      provider: standardWebhooks,
      secret: `whsec_${KEY.toString("base64")}`,
      headers: standard(`whsec_${KEY.toString("base64")}`),
    },
    {
      provider: standardWebhooks,
      secret: `whsec_${KEY.toString("base64")}`,
      headers: standard(KEY.toString("base64")),
    },
  ],
  secret_prefix: [{ secret: `whsec_${SECRET}`, headers: github256("{}") }],
  secret_base64: [
    { secret: KEY.toString("base64"), headers: github256("{}", KEY) },
    { secret: `whsec_${KEY.toString("base64")}`, headers: github256("{}", KEY) },
  ],
  secret_hex: [
    { secret: KEY.toString("hex"), headers: github256("{}", KEY) },
    {
      provider: own({ secret: "base64" }),
      secret: KEY.toString("hex"),
      headers: { "x-signature": mac("{}", KEY).digest("hex") },
    },
  ],
  body_reserialised: [
    { headers: github256(JSON.stringify(JSON.parse(json), null, 2)), body: json },
    { headers: github256(`${JSON.stringify(JSON.parse(json), null, 4)}\n`), body: json },
    { headers: github256(json), body: JSON.stringify(JSON.parse(json), null, "\t") },
    { headers: github256('{"url": "https://example.com/\\u00e9", "n": 1}'), body: json },
    { headers: github256('{"url":"https:\\/\\/example.com\\/\\u00e9","n":1}'), body: json },
    { headers: github256('{"a":"\\u003cb\\u003e"}'), body: '{"a":"<b>"}' },
    { headers: github256('{"a":"\\u00E9 \\u0022"}'), body: '{"a":"é \\""}' },
  ],
  body_stringified_twice: [{ headers: github256(json), body: JSON.stringify(json) }],
  body_line_break_added: [
    { headers: github256("{}"), body: "{}\n" },
    { headers: github256("a"), body: " a\r\n" },
  ],
  body_line_break_lost: [
    { headers: github256("text\n"), body: "text" },
    { headers: github256("text\r\n"), body: "text" },
  ],
  body_line_endings: [
    { headers: github256("a\r\nb\r\nc"), body: "a\nb\nc" },
    { headers: github256("a\nb"), body: "a\r\nb" },
  ],
  body_byte_order_mark: [
    { headers: github256("\ufeff{}"), body: "{}" },
    { headers: github256("text"), body: "\ufefftext" },
  ],
  body_encoded_twice: [{ headers: github256("café ☕"), body: Buffer.from("café ☕").toString("latin1") }],
  body_decoded_latin1: [{ headers: github256(Buffer.from("café ☕").toString("latin1")), body: "café ☕" }],
  body_base64: [{ headers: github256(json), body: Buffer.from(json).toString("base64") }],
  form_reencoded: [
    { headers: github256("a=b%20c&d=~"), body: "a=b+c&d=~" },
    { headers: github256("a=b+c&d=%7E"), body: "a=b+c&d=~" },
  ],
  body_compressed: [
    { headers: { ...github256("{}"), "content-encoding": "gzip" }, body: gzipSync("{}") },
    { headers: github256("{}"), body: deflateSync("{}") },
  ],
  url_scheme: [{ provider: square, headers: squareOf("https://example.com/in{}"), url: "http://example.com/in" }],
  url_port: [
    { provider: square, headers: squareOf("https://example.com:443/in{}"), url: "https://example.com/in" },
    { provider: square, headers: squareOf("https://example.com/in{}"), url: "http://example.com:3000/in" },
  ],
  url_host: [
    {
      provider: square,
      headers: { ...squareOf("https://example.com/in{}"), "x-forwarded-host": "example.com" },
      url: "http://10.0.0.5:3000/in",
    },
  ],
  url_trailing_slash: [
    { provider: square, headers: squareOf("https://example.com/in/{}"), url: "https://example.com/in" },
    { provider: square, headers: squareOf("https://example.com/in?a=b{}"), url: "https://example.com/in/?a=b" },
  ],
  url_query: [
    { provider: square, headers: squareOf("https://example.com/in{}"), url: "https://example.com/in?a=b" },
    { provider: square, headers: squareOf("https://example.com/in?a=b c{}"), url: "https://example.com/in?a=b%20c" },
  ],
  url_path_only: [{ provider: square, headers: squareOf("/in?a=b{}"), url: "https://example.com/in?a=b" }],
  method: [
    {
      provider: hubspot,
      headers: {
        "x-hubspot-request-timestamp": String(NOW),
        "x-hubspot-signature-v3": mac(`PUThttps://example.com/{}${NOW}`).digest("base64"),
      },
      url: "https://example.com/",
    },
  ],
  digest: [
    { provider: own({}), headers: { "x-signature": mac("{}", SECRET, "sha1").digest("hex") } },
    { provider: own({ digest: "sha1" }), headers: { "x-signature": mac("{}", SECRET, "sha512").digest("hex") } },
  ],
  encoding: [
    { provider: own({}), headers: { "x-signature": mac("{}").digest("base64") } },
    { provider: own({ encoding: "base64" }), headers: { "x-signature": mac("{}").digest("hex") } },
    { headers: { "x-hub-signature-256": `sha256=${mac("{}").digest("base64")}` } },
  ],
  layout: [
    { headers: { "x-hub-signature-256": mac("{}").digest("hex") } },
    { headers: { "x-hub-signature-256": `sha1=${mac("{}", SECRET, "sha1").digest("hex")}` } },
    { provider: own({}), headers: { "x-signature": `sha256=${mac("{}").digest("hex")}` } },
  ],
  signature_whitespace: [
    { headers: { "x-hub-signature-256": ` sha256=${mac("{}").digest("hex")} ` } },
    { headers: { "x-hub-signature-256": `"sha256=${mac("{}").digest("hex")}"` } },
  ],
  content_without_time: [{ provider: stripe, headers: stripeOf("{}") }],
  content_separator: [
    { provider: stripe, headers: stripeOf(`${TIME}:{}`) },
    { provider: stripe, headers: stripeOf(`${TIME}{}`) },
    { provider: stripe, headers: stripeOf(`{}${TIME}`) },
    {
      provider: own({ timestamp: { header: "x-time", unit: "rfc3339", tolerance: "5m" }, content: [timestamp, body] }),
      headers: {
        "x-time": "2026-07-14T03:33:20.123Z",
        "x-signature": mac("2026-07-14T03:33:20.123Z.{}").digest("hex"),
      },
    },
  ],
  timestamp_too_old: [{ provider: stripe, headers: stripeOf(`${TIME - 301}.{}`, TIME - 301) }],
  timestamp_in_future: [{ provider: stripe, headers: stripeOf(`${TIME + 301}.{}`, TIME + 301) }],
  timestamp_in_milliseconds: [{ provider: stripe, headers: stripeOf(`${NOW}.{}`, NOW) }],
  timestamp_in_seconds: [
    {
      provider: own({ timestamp: { header: "x-time", unit: "ms", tolerance: "5m" }, content: [timestamp, body] }),
      headers: { "x-time": String(TIME), "x-signature": mac(`${TIME}{}`).digest("hex") },
    },
  ],
  another_signature_header: [
    { provider: stripe, headers: github256("{}") },
    { provider: stripe, headers: new Headers(github256("{}")) },
  ],
  no_signature_header: [{ headers: { host: "example.com" } }],
  body_empty: [{ headers: github256("{}"), body: "" }],
  body_is_object: [{ headers: github256("{}"), body: "[object Object]" }],
  body_replacement_characters: [{ headers: github256(Uint8Array.of(0x22, 0xff, 0x22)), body: '"\ufffd"' }],
  body_inflated: [{ headers: { ...github256(gzipSync("{}")), "content-encoding": "gzip" }, body: "{}" }],
  no_explanation: [{ headers: github256("{}", "quite another") }],
  secret_line_break_inside: [{ secret: `${SECRET.slice(0, 4)}\n${SECRET.slice(4)}`, headers: github256("{}") }],
  secret_invisible: [{ secret: `\u200b${SECRET}\ufeff`, headers: github256("{}") }],
  secret_env_line: [
    { secret: `export HOOK_SECRET="${SECRET}"`, headers: github256("{}") },
    { secret: `hook_secret: ${SECRET}`, headers: github256("{}") },
  ],
  secret_json: [
    { secret: JSON.stringify({ user: "x", hook: { secret: SECRET } }), headers: github256("{}") },
    { secret: Buffer.from(JSON.stringify([SECRET])), headers: github256("{}") },
  ],
  secret_url_encoded: [
    { secret: "a%2Bb%20c", headers: github256("{}", "a+b c") },
    { secret: "a+b c", headers: github256("{}", "a%2Bb%20c") },
  ],
  secret_escaped: [
    { secret: "a&amp;b", headers: github256("{}", "a&b") },
    { secret: "a\\$b", headers: github256("{}", "a$b") },
    { secret: "a$$b", headers: github256("{}", "a$b") },
  ],
  secret_prefix_doubled: [{ secret: "hook_hook_1", headers: github256("{}", "hook_1") }],
  secret_prefix_missing: [{ secret: SECRET, headers: github256("{}", `whsec_${SECRET}`) }],
  secret_encoded: [{ headers: github256("{}", Buffer.from(SECRET).toString("base64")) }],
  secret_case: [{ secret: SECRET.toUpperCase(), headers: github256("{}") }],
  body_line_breaks_removed: [
    { headers: github256('{\n  "a": 1\n}'), body: '{  "a": 1}' },
    { headers: github256('{\r\n  "a": 1\r\n}'), body: '{  "a": 1}' },
  ],
  body_normalised: [{ headers: github256("café".normalize("NFD")), body: "café".normalize("NFC") }],
  body_charset: [
    { headers: github256("{}"), body: Buffer.from("{}", "utf16le") },
    { headers: github256("é"), body: Uint8Array.of(0xe9) },
    { headers: github256("a?"), body: "aé" },
  ],
  body_bytes_written_out: [
    { headers: github256("{}"), body: "123,125" },
    { headers: github256("{}"), body: JSON.stringify(Buffer.from("{}")) },
    { headers: github256("{}"), body: JSON.stringify(Uint8Array.from(Buffer.from("{}"))) },
    { headers: github256('{"é":1}\n'), body: `b'{"\\xc3\\xa9":1}\\n'` },
  ],
  body_envelope: [
    { headers: github256(json), body: JSON.stringify({ Records: [{ body: json }] }) },
    { headers: github256(json), body: JSON.stringify({ message: { data: Buffer.from(json).toString("base64") } }) },
    { headers: github256('{"a":1}'), body: '{"detail":{"a":1},"source":"x"}' },
  ],
  form_decoded: [{ headers: github256("a=b%26c&d=%7B%22e%22%3A1%7D"), body: 'a=b&c&d={"e":1}' }],
  form_payload_only: [{ headers: github256("payload=%7B%22a%22%3A1%7D"), body: '{"a": 1}' }],
  form_as_json: [{ headers: github256("a=b+c&d=1&d=2"), body: '{"a":"b c","d":["1","2"]}' }],
  url_prefix: [
    { provider: square, headers: squareOf("https://example.com/api/in{}"), url: "https://example.com/in" },
    { provider: square, headers: squareOf("https://example.com/in{}"), url: "https://example.com/v7/in" },
    {
      provider: square,
      headers: { ...squareOf("https://example.com/odd/in{}"), "x-forwarded-prefix": "/odd/" },
      url: "https://example.com/in",
    },
    {
      provider: square,
      headers: { ...squareOf("https://example.com/a/b{}"), "x-original-uri": "/a/b" },
      url: "https://example.com/in",
    },
  ],
  url_query_order: [
    {
      provider: square,
      headers: squareOf("https://example.com/in?b=1&a=2&c=3{}"),
      url: "https://example.com/in?a=2&b=1&c=3",
    },
  ],
  url_escapes: [{ provider: square, headers: squareOf("https://example.com/a%28b{}"), url: "https://example.com/a(b" }],
  header_twice: [
    { headers: { "x-hub-signature-256": Array(2).fill(github256("{}")["x-hub-signature-256"]) } },
    { headers: { "x-hub-signature-256": Array(2).fill(github256("{}")["x-hub-signature-256"]).join(", ") } },
    { headers: { "x-hub-signature-256": ["sha256=a", "sha256=b"] } },
  ],
  signature_escaped: [
    ...[encodeURIComponent(PLUS.signature), PLUS.signature.replaceAll("+", " ")].map((signature) => ({
      provider: square,
      headers: { "x-square-hmacsha256-signature": signature },
      body: PLUS.text,
      url: "https://example.com/in",
    })),
  ],
  header_missing: [
    { provider: standardWebhooks, secret: KEY, headers: { ...standard(KEY), "webhook-timestamp": undefined } },
    { provider: slack, headers: { "x-slack-request-timestamp": "1" } },
  ],
  header_renamed: [{ headers: { http_x_hub_signature_256: "sha256=a" } }],
  timestamp_malformed: [
    { provider: stripe, headers: stripeOf("{}", "2026-07-14T03:33:20Z") },
    {
      provider: slack,
      headers: { "x-slack-request-timestamp": `${TIME}.5`, "x-slack-signature": `v0=${"0".repeat(64)}` },
    },
  ],
  signature_truncated: [{ headers: { "x-hub-signature-256": github256("{}")["x-hub-signature-256"].slice(0, 64) } }],
  signature_malformed: [{ headers: { "x-hub-signature-256": "sha256=#" } }],
  secret_malformed: [{ provider: standardWebhooks, secret: "no base64!", headers: standard(KEY) }],
  secret_placeholder: [
    ...["undefined", "$HOOK", "op://a/b", "••••••", "<your secret>", "changeme", "arn:aws:ssm:eu"].map((secret) => ({
      secret,
      headers: github256("{}"),
    })),
  ],
  secret_is_api_key: [
    { secret: `sk_${"live"}_1`, headers: github256("{}") },
    { secret: "https://example.com/hook", headers: github256("{}") },
    { provider: stripe, secret: `we_${"1".repeat(16)}`, headers: stripeOf("{}") },
  ],
  body_truncated: [
    { headers: { ...github256('{"a":1}'), "content-length": "7" }, body: '{"a":' },
    { headers: github256("x"), body: `["${"a".repeat(65_534)}` },
  ],
  body_looks_reserialised: [
    { headers: { ...github256('{"a": 1}'), "content-length": "8" }, body: '{"a":2}' },
    { headers: github256("x"), body: '{"id":820982911946154500}' },
    { headers: github256("x"), body: '{"a":1,"b":2,"c":{"d":1,"e":2,"f":3},"g":0,"h":0}' },
  ],
  body_changed: [{ headers: { ...github256("ab"), "content-length": "2" }, body: "a-b" }],
  secret_list: [{ secret: `newer-one,${SECRET}`, headers: github256("{}") }],
  secret_doubled: [{ secret: SECRET + SECRET, headers: github256("{}") }],
  secret_charset: [
    { secret: "grüße", headers: github256("{}", Buffer.from("grüße", "latin1")) },
    { secret: "grüße", headers: github256("{}", "grüße".normalize("NFD")) },
  ],
  body_chunked: [{ headers: github256('{"a":1}'), body: '3\r\n{"a\r\n4;x=y\r\n":1}\r\n0\r\n\r\n' }],
  body_as_form: [
    { headers: github256('{"a":1}'), body: '{"{\\"a\\":1}":""}' },
    { headers: github256('{"a":"b=c"}'), body: '{"{\\"a\\":\\"b":"c\\"}"}' },
    { headers: github256('{"a":1}'), body: "%7B%22a%22%3A1%7D=" },
  ],
  body_escaped: [
    { headers: github256('{"a":1}'), body: "{&quot;a&quot;:1}" },
    { headers: github256('{"a":1}'), body: '{\\"a\\":1}' },
  ],
  signature_case: [
    {
      provider: square,
      headers: { "x-square-hmacsha256-signature": PLUS.signature.toLowerCase() },
      url: "https://example.com/in",
    },
  ],
  exact_url: [
    { provider: square, headers: squareOf("https://example.com/in?a=b{}"), url: "https://example.com/in?a=b" },
  ],
  timestamp_rewritten: [
    {
      provider: slack,
      headers: {
        "x-slack-request-timestamp": "2026-07-14T03:33:20.000Z",
        "x-slack-signature": `v0=${mac(`v0:${TIME}:{}`).digest("hex")}`,
      },
    },
  ],
  key_and_content_swapped: [{ headers: github256(SECRET, '{"a":1}'), body: '{"a":1}' }],
  secret_as_bytes: [
    { provider: standardWebhooks, secret: Buffer.from(`whsec_${KEY.toString("base64")}`), headers: standard(KEY) },
  ],
  body_zeros_added: [{ headers: github256("{}"), body: "{}\u0000\u0000" }],
  older_secret: [{ secret: ["newer", SECRET], headers: github256("{}") }],
  credential_whitespace: [
    { provider: aperture({ authorization: "x-api-key" }), headers: { "x-api-key": `"${SECRET}"` } },
  ],
  credential_prefix: [
    { provider: aperture({ authorization: "x-api-key" }), headers: { "x-api-key": `Bearer ${SECRET}` } },
    { provider: aperture(), headers: { authorization: `Bearer Bearer ${SECRET}` } },
    {
      provider: tappass({ header: "authorization", prefix: "Token token=" }),
      headers: { authorization: `Bearer ${SECRET}` },
    },
  ],
  credential_base64: [
    {
      provider: tappass({ header: "authorization", prefix: "Basic " }),
      headers: { authorization: `Basic ${Buffer.from(`user:${SECRET}`).toString("base64")}` },
    },
  ],
  credential_case: [{ provider: aperture(), headers: { authorization: `Bearer ${SECRET.toUpperCase()}` } }],
};

const run = ({ provider = github, secret = SECRET, headers, body: given = "{}", ...rest }: Case) =>
  explain(provider, { secret: secret as never, headers: headers as never, body: given, now: NOW, ...rest });

describe.each(Object.entries(CASES))("%s", (code, cases) => {
  test.each(cases.map((one, i) => [i + 1, one] as const))("is found (%d)", async (_, one) => {
    const explanation = await run(one);
    expect(explanation.findings.map((finding) => finding.code)).toContain(code);
    expect(explanation.ok).toBe(code === "older_secret");
    for (const { sentence, mend } of explanation.findings) {
      expect(sentence).toMatch(/^[A-Z].*[.!]$/s);
      expect(mend).toMatch(/[.]$/);
      expect(explanation.text).toContain(sentence);
    }
  });

  test.each(cases.map((one, i) => [i + 1, one] as const))(
    "and tells no secret and no signature (%d)",
    async (_, one) => {
      const told = JSON.stringify(await run(one));
      for (const hidden of [SECRET, SECRET.toUpperCase(), KEY.toString("base64"), KEY.toString("hex")])
        expect(told).not.toContain(hidden);
      expect(told).not.toMatch(/[0-9a-f]{40}|[A-Za-z0-9+/]{27}=/);
    },
  );
});

test("each hypothesis has a case here", () => {
  const codes = HYPOTHESES.map((hypothesis) => hypothesis.code);
  expect(codes.filter((code) => CASES[code] === undefined)).toEqual([]);
});

describe("an explanation", () => {
  test("of a genuine request has nothing to say", async () => {
    expect(await run({ headers: github256("{}") })).toEqual({
      ok: true,
      code: "genuine",
      findings: [],
      text: "github: the request is genuine.",
    });
  });

  test("says that the signature is right where only the time is wrong", async () => {
    const { findings, code } = await run({ provider: stripe, headers: stripeOf(`${TIME - 900}.{}`, TIME - 900) });
    expect(code).toBe("timestamp_too_old");
    expect(findings.map((finding) => finding.code)).toEqual(["timestamp_too_old", "signature_matches"]);
  });

  test("says so too where only the payload is wrong", async () => {
    const { findings, code } = await run({ headers: github256("{"), body: "{" });
    expect(code).toBe("malformed_payload");
    expect(findings.map((finding) => finding.code)).toEqual(["signature_matches"]);
  });

  test("finds two mistakes at once: the secret's line break, and a body that was written again", async () => {
    const { findings } = await run({
      secret: `${SECRET}\n`,
      headers: github256('{ "a": 1 }\n'.replace(" }", "}").replace("{ ", "{")),
      body: '{"a":1}',
    });
    expect(findings.map((finding) => finding.code)).toEqual(["secret_whitespace", "body_reserialised"]);
  });

  test("finds both a wrong time and a wrong secret", async () => {
    const { findings } = await run({
      provider: stripe,
      secret: `${SECRET}\n`,
      headers: stripeOf(`${TIME - 900}.{}`, TIME - 900),
    });
    expect(findings.map((finding) => finding.code)).toEqual(["timestamp_too_old", "secret_whitespace"]);
  });

  test("of a secret that cannot be one says what it must be", async () => {
    const explanation = await run({ provider: standardWebhooks, secret: "no base64!", headers: standard(KEY) });
    expect(explanation).toMatchObject({ ok: false, code: "misconfigured" });
    expect(explanation.text).toMatch(/must be base64/);
    expect(await run({ secret: "", headers: github256("{}") })).toMatchObject({
      code: "misconfigured",
      text: expect.stringMatching(/missing or empty/),
    });
  });

  test("of a provider's handshake is that of its signature", async () => {
    const content = '{"type":"url_verification","challenge":"abc"}';
    const headers = {
      "x-slack-request-timestamp": String(TIME),
      "x-slack-signature": `v0=${mac(`v0:${TIME}:${content}`).digest("hex")}`,
    };
    expect(await run({ provider: slack, headers, body: content })).toMatchObject({ ok: true });
  });

  test("works for Ed25519", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const secret = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url").toString("hex");
    const headers = {
      "x-signature-timestamp": String(TIME),
      "x-signature-ed25519": signBytes(null, Buffer.from(`${TIME}{"a":1}`), privateKey).toString("hex"),
    };
    expect(await run({ provider: discord, secret, headers, body: '{"a":1}' })).toMatchObject({ ok: true });
    const { findings } = await run({ provider: discord, secret: `${secret}\n`, headers, body: '{ "a": 1 }' });
    expect(findings.map((finding) => finding.code)).toEqual(["secret_whitespace", "body_reserialised"]);
  });

  test("works for Twilio's form", async () => {
    const headers = {
      "x-twilio-signature": mac("https://example.com/ina1", SECRET, "sha1").digest("base64"),
      "content-type": "application/x-www-form-urlencoded",
    };
    expect(await run({ provider: twilio, headers, body: "a=1", url: "https://example.com/in" })).toMatchObject({
      ok: true,
    });
    const { findings } = await run({ provider: twilio, headers, body: "a=1", url: "http://example.com/in" });
    expect(findings.map((finding) => finding.code)).toContain("url_scheme");
  });

  test("works for a scheme that signs the path, and one whose URL nobody gave", async () => {
    const provider = own({ content: [path, body] });
    const headers = { "x-signature": mac("/in/{}").digest("hex") };
    const { findings } = await run({ provider, headers, url: "https://example.com/in" });
    expect(findings.map((finding) => finding.code)).toContain("url_trailing_slash");
    expect(await run({ provider: square, headers: squareOf("https://example.com/in{}"), url: "/in" })).toMatchObject({
      code: "misconfigured",
    });
  });

  test.each([undefined, null, { a: 1 }, new Blob(["a"])])("of no bytes (%s) is a set-up error", async (given) => {
    await expect(explain(github, { secret: SECRET, headers: {}, body: given as never })).rejects.toMatchObject({
      option: "body",
    });
  });
});

describe("others have their turn while it works", () => {
  const body = JSON.stringify(Array.from({ length: 300 }, (_, i) => ({ sku: `A-${i}`, price: 1.5, name: "Plaça" })));
  const request = { secret: "another secret", headers: { "x-hub-signature-256": `sha256=${"ab".repeat(32)}` }, body };

  test("a server's loop stood still until everything was tried", async () => {
    let turns = 0;
    let working = true;
    const count = () => {
      turns++;
      if (working) setImmediate(count);
    };
    setImmediate(count);
    await explain(github, request);
    working = false;
    expect(turns).toBeGreaterThan(10);
  });

  test("a signal ends it with its reason", async () => {
    const stop = new AbortController();
    setImmediate(() => stop.abort(new Error("nobody waits")));
    await expect(explain(github, { ...request, signal: stop.signal })).rejects.toThrow("nobody waits");
  });

  test("a clock that a test has stopped does not stop it", async () => {
    vi.useFakeTimers();
    try {
      expect((await explain(github, request)).ok).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a signature that cannot be read is told by its look", () => {
  const token = `eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl`;
  test.each<[value: string, code: string]>([
    ["", "signature_empty"],
    ["sha256=", "signature_empty"],
    ["sha256=undefined", "signature_placeholder"],
    ["null", "signature_placeholder"],
    [token, "signature_is_token"],
    [`Bearer ${token}`, "signature_is_token"],
    [`sha256=${"ab".repeat(16)}`, "digest"],
    [`sha256=${"ab".repeat(48)}`, "digest"],
    [`sha256=${"ab".repeat(20)}`, "digest"],
    [`sha256=${Buffer.from('{"a":"a long body"}').toString("hex")}${"ab".repeat(32)}`, "signature_holds_body"],
    ["sha256=ab12cd", "signature_truncated"],
    [`sha256=${"ab".repeat(30)}`, "signature_truncated"],
    ["sha256=not a signature", "signature_malformed"],
    ["word", "signature_malformed"],
  ])("%j: %s", async (value, code) => {
    const { findings } = await run({ headers: { "x-hub-signature-256": value }, body: '{"a":"a long body"}' });
    expect(findings.map((finding) => finding.code)).toEqual([code]);
  });

  test.each<[what: string, value: string]>([
    ["ECDSA", "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="],
    ["RSA", Buffer.alloc(256, 0xa7).toString("base64")],
  ])("%s", async (what, value) => {
    const provider = own({ encoding: "base64" });
    const { findings } = await run({ provider, headers: { "x-signature": value } });
    expect(findings).toMatchObject([{ code: "signature_other_algorithm", sentence: expect.stringContaining(what) }]);
  });
});
