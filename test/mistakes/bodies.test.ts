import { gzipSync } from "node:zlib";
import { createVerifier } from "@countersign/core";
import { github, standardWebhooks, stripe } from "@countersign/core/providers";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { codeOf, githubRequest, NOW, SECRET, standardRequest, stripeRequest, WHSEC } from "./requests.ts";

const clock = () => NOW;
const time = String(NOW / 1000);

describe("text decoding", () => {
  const verifier = createVerifier(stripe, { secret: SECRET, clock });
  const quoted = (...bytes: number[]) => Uint8Array.of(0x22, ...bytes, 0x22);

  test("two bodies of invalid UTF-8 that decode alike do not share a signature", async () => {
    const signed = stripeRequest(time, quoted(0xff));
    expect(await codeOf(verifier.verify({ ...signed, body: quoted(0xfe) }))).toBe("signature_mismatch");
    expect(await codeOf(verifier.verify({ ...signed, body: '"\ufffd"' }))).toBe("signature_mismatch");
    expect(await codeOf(verifier.verify(signed))).toBe("malformed_text");
  });

  test("a byte order mark is neither dropped nor added", async () => {
    const plain = stripeRequest(time, "{}");
    const marked = stripeRequest(time, "\ufeff{}");
    expect(await codeOf(verifier.verify({ ...plain, body: "\ufeff{}" }))).toBe("signature_mismatch");
    expect(await codeOf(verifier.verify({ ...marked, body: "{}" }))).toBe("signature_mismatch");
    expect(await codeOf(verifier.verify(marked))).toBe("malformed_payload");
    const raw = createVerifier(stripe, { secret: SECRET, clock, payload: "raw" });
    expect((await raw.verify(marked)).text()).toBe("\ufeff{}");
  });
});

describe("re-serialised bodies", () => {
  const verifier = createVerifier(github, { secret: SECRET });

  test.each([
    ["escapes", '{"url":"https:\\/\\/example.com","name":"caf\\u00e9"}'],
    ["a big integer", '{"id":302231454903657293}'],
    ["blanks", '{ "a": 1 }'],
    ["a number's spelling", '{"a":1.0,"b":1e2}'],
    ["a name that stands twice", '{"a":1,"a":2}'],
  ])("%s: the bytes verify, what JSON.stringify makes of them does not", async (_, body) => {
    expect((await verifier.verify(githubRequest(body))).text()).toBe(body);
    const again = JSON.stringify(JSON.parse(body));
    expect(again).not.toBe(body);
    expect(await codeOf(verifier.verify({ ...githubRequest(body), body: again }))).toBe("signature_mismatch");
  });

  test("a body that a parser already took is a set-up error that says how to mend it, not a bad signature", async () => {
    await expect(verifier.verify({ ...githubRequest('{"a":1}'), body: { a: 1 } as never })).rejects.toMatchObject({
      code: "body_consumed",
      status: 500,
      message: expect.stringMatching(/express\.raw\(\).*keepRawBody/),
    });
  });
});

test("String.replace templates expand $& in the body", async () => {
  const body = JSON.stringify({ text: "$& $$ $1 $` $' $<name> {body} {timestamp} {signature} %s" });
  const verifier = createVerifier(standardWebhooks, { secret: WHSEC, clock });
  const delivery = await verifier.verify(standardRequest("msg_1", time, body));
  expect(delivery.text()).toBe(body);
  const odd = standardRequest("$&-$1", time, body);
  expect((await verifier.verify(odd)).id).toBe("$&-$1");
});

describe('encoding: "inflated" made anybody\'s request cost an inflation, where something cheap could refuse it', () => {
  const good = stripeRequest(time, '{"id":"evt_1"}');
  const body = gzipSync(good.body as string);
  const headers = { ...good.headers, "content-encoding": "gzip" };
  const genuine = { ...good, headers, body };
  /** How often something was inflated. */
  const counted = (): { inflated: number } => {
    const count = { inflated: 0 };
    const { DecompressionStream: Real } = globalThis;
    vi.stubGlobal(
      "DecompressionStream",
      class extends Real {
        constructor(format: ConstructorParameters<typeof Real>[0]) {
          super(format);
          count.inflated++;
        }
      },
    );
    onTestFinished(() => void vi.unstubAllGlobals());
    return count;
  };
  const verify = (request: object, options: object = {}) =>
    createVerifier(stripe, { secret: SECRET, clock, encoding: "inflated", limit: 1000, ...options }).verify(
      request as typeof genuine,
    );

  test.each<[string, string, object, object?]>([
    ["no signature", "missing_signature", { headers: { "content-encoding": "gzip" } }],
    ["a broken signature", "malformed_signature", { headers: { ...headers, "stripe-signature": `t=${time},v1=zz` } }],
    [
      "an old signature",
      "timestamp_too_old",
      { headers: { ...headers, ...stripeRequest(String(NOW / 1000 - 301)).headers } },
    ],
    ["an unknown tenant", "unknown_sender", {}, { secret: () => null }],
    ["an encoding that nobody has", "unsupported_encoding", { headers: { ...headers, "content-encoding": "br" } }],
    ["a body that is larger than the limit", "body_too_large", { body: new Uint8Array(1001) }],
    ["a body that is not compressed", "malformed_encoding", { body: good.body }],
  ])("%s: %s", async (_, code, request, options) => {
    const count = counted();
    expect(await codeOf(verify({ ...genuine, ...request }, options))).toBe(code);
    expect(count.inflated).toBe(0);
  });

  test("a genuine one is inflated once, and a bomb that lies about its length stops at the limit", async () => {
    const count = counted();
    expect((await verify(genuine)).text()).toBe('{"id":"evt_1"}');
    expect(count.inflated).toBe(1);
    const lies = gzipSync(Buffer.alloc(100_000));
    lies.writeUInt32LE(10, lies.length - 4);
    expect(await codeOf(verify({ ...genuine, body: lies }))).toBe("body_too_large");
  });
});
