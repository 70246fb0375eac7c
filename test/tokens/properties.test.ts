import { createVerifier, defineProvider, type Provider, sign } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { type Algorithm, jws, jwt } from "@countersign/tokens";
import { neon, plaid, upsun } from "@countersign/tokens/providers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ed25519, type Pair, p256, p384, p521, rsa, verdict } from "./make.ts";

const NOW = 1_784_000_000_000;
const clock = fakeClock(NOW);
const RUNS = 40;

interface Subject {
  readonly name: string;
  readonly provider: Provider<any>;
  readonly header: string;
  readonly verifying: string;
  readonly signing: string;
}

const PAIRS: Readonly<Record<Exclude<Algorithm, `HS${string}`>, Pair>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: p256,
  ES384: p384,
  ES512: p521,
  EdDSA: ed25519,
  Ed25519: ed25519,
};

const define = (scheme: Provider["scheme"]) =>
  defineProvider({ name: "random", docs: "https://example.com", payload: "raw", scheme });
const bodyHash = { claim: "hash", encoding: "base64url" } as const;

const subjects: readonly Subject[] = [
  ...Object.entries(PAIRS).flatMap(([alg, pair]) => {
    const algorithms = [alg as Algorithm];
    const keys = { verifying: pair.pem, signing: pair.privatePem };
    return [
      { name: `jwt ${alg}`, provider: define(jwt({ header: "x-t", algorithms, bodyHash })), header: "x-t", ...keys },
      { name: `jws ${alg}`, provider: define(jws({ header: "x-t", algorithms })), header: "x-t", ...keys },
    ];
  }),
  ...(["HS256", "HS384", "HS512"] as const).map((alg) => ({
    name: `jws ${alg}, unencoded`,
    provider: define(jws({ header: "x-t", algorithms: [alg], b64: false })),
    header: "x-t",
    verifying: "secret",
    signing: "secret",
  })),
  {
    name: "neon",
    provider: { ...neon, payload: "raw" },
    header: "x-neon-signature",
    verifying: ed25519.jwk({ kid: "k" }),
    signing: ed25519.privateJwk({ kid: "k" }),
  },
  {
    name: "plaid",
    provider: { ...plaid, payload: "raw" },
    header: "plaid-verification",
    verifying: p256.pem,
    signing: p256.privatePem,
  },
  { name: "upsun", provider: { ...upsun, payload: "raw" }, header: "x-jws-signature", verifying: "s", signing: "s" },
];

/** Everything that a header can hold, and that a token is made of. */
const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ~";

describe.each(subjects)("$name", ({ provider, header, verifying, signing }) => {
  const declared = defineProvider({ ...provider });
  const verifier = createVerifier(declared, { secret: verifying, clock, log: false });
  const body = fc.uint8Array({ maxLength: 200 });
  const made = async (bytes: Uint8Array) =>
    (await sign(declared, { secret: signing, body: bytes, timestamp: new Date(NOW) })) as Record<string, string>;
  const send = (headers: Record<string, string>, bytes: Uint8Array) =>
    verdict(verifier.verify({ method: "POST", url: "/", headers, body: bytes }));

  test("what is signed is accepted, whatever it says", async () => {
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        expect(await send(await made(bytes), bytes)).toBe("accepted");
      }),
      { numRuns: 8 },
    );
  });

  test("one changed character of the token is refused", async () => {
    const bytes = new TextEncoder().encode('{"a":1}');
    const genuine = await made(bytes);
    const text = genuine[header] as string;
    const place = fc.nat({ max: text.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...CHARACTERS), async (at, character) => {
        fc.pre(text[at] !== character);
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        expect(await send({ ...genuine, [header]: changed }, bytes)).not.toBe("accepted");
      }),
      { numRuns: RUNS },
    );
    // The last one above all: in lenient base64url, several of them mean the same bytes.
    for (const character of CHARACTERS.replace(text.at(-1) as string, "")) {
      expect(await send({ ...genuine, [header]: text.slice(0, -1) + character }, bytes)).not.toBe("accepted");
    }
  });

  test("one changed bit of the body is refused", async () => {
    const bytes = new TextEncoder().encode('{"a":1,"b":"ä"}');
    const headers = await made(bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ (1 << bit);
        expect(await send(headers, changed)).not.toBe("accepted");
      }),
      { numRuns: RUNS },
    );
  });

  test("no text makes it fail in any other way than by a refusal", async () => {
    const anything = fc.oneof(
      fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 300 }),
      fc.json().map((json) => `${Buffer.from(json).toString("base64url")}..AAAA`),
      fc.json().map((json) => `${Buffer.from(json).toString("base64url")}.e30.AAAA`),
      fc
        .record({ alg: fc.constantFrom("ES256", "HS256", "EdDSA", "RS256"), kid: fc.jsonValue(), crit: fc.jsonValue() })
        .map((json) => `${Buffer.from(JSON.stringify(json)).toString("base64url")}.e30.AAAA`),
    );
    const genuine = await made(new Uint8Array());
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        expect(await send({ ...genuine, [header]: text }, new Uint8Array())).not.toBe("accepted");
      }),
      { numRuns: RUNS },
    );
  });
});
