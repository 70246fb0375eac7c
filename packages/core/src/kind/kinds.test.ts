/** Every kind of signature, in every way of writing it: what is signed is verified, and one byte more is not. */
import { createHmac, generateKeyPairSync, verify as verifyBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ALGORITHM_NAMES, algorithmRow } from "../scheme/algorithms.ts";
import { body, bodyHash, type ContentPart, crc32, timestamp } from "../scheme/content.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Digest, Encoding } from "../scheme/encoding.ts";
import { sign } from "../sign/sign.ts";
import { createVerifier } from "../verifier.ts";
import { asymmetric } from "./asymmetric.ts";
import { hmac } from "./hmac.ts";

const NOW = 1_784_000_000_000;
const BODY = '{"a":"é😀"}';
const ENCODINGS: readonly Encoding[] = ["hex", "base64", "base64url"];
const COMMON = {
  signature: { header: "x-signature", layout: "v1={signature}" },
  timestamp: { header: "x-time", unit: "s", tolerance: "5m" },
} as const;
const rowOf = (scheme: Parameters<typeof defineProvider>[0]["scheme"]) =>
  defineProvider({ name: "own", docs: "https://example.com", scheme });

async function holds(provider: ReturnType<typeof rowOf>, signing: string, verifying: string): Promise<string> {
  const headers = await sign(provider, { secret: signing, body: BODY, timestamp: NOW / 1000 });
  const verifier = createVerifier(provider, { secret: verifying, clock: () => NOW, payload: "raw", log: false });
  const request = { method: "POST", url: "/", headers, body: BODY };
  expect((await verifier.verify(request)).text()).toBe(BODY);
  for (const changed of [
    { ...request, body: `${BODY} ` },
    { ...request, headers: { ...headers, "x-time": String(NOW / 1000 + 1) } },
  ]) {
    await expect(verifier.verify(changed)).rejects.toMatchObject({ code: "signature_mismatch" });
  }
  return (headers["x-signature"] as string).slice("v1=".length);
}

describe.each(["sha1", "sha256", "sha384", "sha512"] as const satisfies Digest[])("HMAC with %s", (digest) => {
  test.each(ENCODINGS)("in %s", async (encoding) => {
    const provider = rowOf(hmac({ ...COMMON, digest, encoding, content: [timestamp, ".", body] }));
    const expected = createHmac(digest, "a long secret")
      .update(`${NOW / 1000}.${BODY}`)
      .digest(encoding);
    expect(await holds(provider, "a long secret", "a long secret")).toBe(expected);
  });
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PAIRS = {
  rsa,
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
  ed25519: generateKeyPairSync("ed25519"),
};

describe.each(ALGORITHM_NAMES)("%s", (algorithm) => {
  const { key, hash = null, padding } = algorithmRow(algorithm);
  const { privateKey, publicKey } = PAIRS[key];
  const [signing, verifying] = [
    privateKey.export({ format: "pem", type: "pkcs8" }) as string,
    publicKey.export({ format: "pem", type: "spki" }) as string,
  ];
  const forms = key.startsWith("P-") ? (["raw", "der"] as const) : (["raw"] as const);
  const settings = padding === "pss" ? { padding: 6, saltLength: -1 } : {};

  test.each(forms.flatMap((form) => ENCODINGS.map((encoding) => [form, encoding] as const)))(
    "%s in %s",
    async (form, encoding) => {
      const provider = rowOf(asymmetric({ ...COMMON, algorithm, form, encoding, content: [timestamp, ".", body] }));
      const signature = await holds(provider, signing, verifying);
      const dsaEncoding = form === "der" ? ("der" as const) : ("ieee-p1363" as const);
      const bytes = Buffer.from(`${NOW / 1000}.${BODY}`);
      const bare = { key: publicKey, dsaEncoding, ...settings };
      expect(verifyBytes(hash, bytes, bare, Buffer.from(signature, encoding))).toBe(true);
    },
  );
});

test("what stands in the body's place", async () => {
  const secret = "a long secret";
  const signed = async (part: ContentPart) =>
    holds(
      rowOf(hmac({ ...COMMON, digest: "sha256", encoding: "hex", content: [timestamp, "|", part] })),
      secret,
      secret,
    );
  const mac = (text: string) =>
    createHmac("sha256", secret)
      .update(`${NOW / 1000}|${text}`)
      .digest("hex");
  // sha256sum, sha384sum, sha512sum and crc32 of the body's bytes.
  expect(await signed(bodyHash("sha256", "hex"))).toBe(
    mac("b0699189cec62a436823aaea2adabe24b05b6a8a47f99ff48a50e549ae8b2043"),
  );
  expect(await signed(bodyHash("sha384", "base64"))).toBe(
    mac("zmKPx0LubYX8SA00rfuCiBjcx40hmDZYHT8Pup9d0qcSRDYLfuph312z3/mzMhZi"),
  );
  expect(await signed(bodyHash("sha512", "base64url"))).toBe(
    mac("g0Pvd-9pyS8VV3acO1VTtkC1iQViCOrvBLqB8hoY2_A_7_NNCyqlHyt84R9Rf1oNLM-t1vd9enOl8GiD-vu7cQ"),
  );
  expect(await signed(crc32)).toBe(mac("1762019247"));
});

test("a weak hash cannot stand in the body's place", () => {
  for (const digest of ["sha1", "md5", undefined]) {
    const content = [bodyHash(digest as "sha256", "hex")];
    expect(() => rowOf(hmac({ ...COMMON, digest: "sha256", encoding: "hex", content }))).toThrow(/bodyHash/);
  }
  const both = [timestamp, body, bodyHash("sha256", "hex")];
  expect(() => rowOf(hmac({ ...COMMON, digest: "sha256", encoding: "hex", content: both }))).toThrow(/only once/);
});

test.each([
  ["an algorithm that nobody has", { algorithm: "ecdsa-p521-sha512" }, "algorithm"],
  ["no algorithm", { algorithm: undefined }, "algorithm"],
  ["a form that nobody writes", { form: "asn1" }, "form"],
  ["DER for RSA", { algorithm: "rsa-pkcs1-sha256", form: "der" }, "form"],
  ["a key that nobody shows so", { publicKey: "xml" }, "publicKey"],
])("refused when it is defined: %s", (_, wrong, option) => {
  const good = { ...COMMON, algorithm: "ecdsa-p256-sha256", encoding: "hex", content: [timestamp, body] } as const;
  expect(() => rowOf(asymmetric({ ...good, ...wrong } as never))).toThrow(expect.objectContaining({ option }));
});
