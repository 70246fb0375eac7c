import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { ALGORITHMS, type AsymmetricAlgorithm } from "../scheme/algorithms.ts";
import * as node from "./asymmetric-node.ts";
import * as web from "./asymmetric-web.ts";
import { readPublicKey } from "./key-text.ts";
import { readPrivateKey } from "./private-key.ts";

const algorithms = Object.keys(ALGORITHMS) as AsymmetricAlgorithm[];
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PAIRS = {
  rsa,
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
  ed25519: generateKeyPairSync("ed25519"),
};
const pairOf = (algorithm: AsymmetricAlgorithm) => PAIRS[ALGORITHMS[algorithm].key];
const der = (key: KeyObject, type: "spki" | "pkcs8" | "pkcs1" | "sec1"): Buffer =>
  key.export({ format: "der", type: type as never }) as Buffer;
const pem = (key: KeyObject, type: "spki" | "pkcs8" | "pkcs1" | "sec1"): string =>
  key.export({ format: "pem", type: type as never }) as string;
const jwk = (key: KeyObject) => key.export({ format: "jwk" });
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  throw new Error("it was taken");
};

describe.each(algorithms)("%s", (algorithm) => {
  const { publicKey, privateKey } = pairOf(algorithm);
  const spki = new Uint8Array(der(publicKey, "spki"));
  const raw = { rsa: undefined, "P-256": 65, "P-384": 97, ed25519: 32 }[ALGORITHMS[algorithm].key];

  test("a public key is read in every way in which it is written", () => {
    const written: (string | Uint8Array)[] = [
      pem(publicKey, "spki"),
      pem(publicKey, "spki").replaceAll("\n", "\r\n"),
      JSON.stringify(jwk(publicKey)),
      JSON.stringify({
        ...jwk(publicKey),
        use: "sig",
        key_ops: ["verify"],
        alg: ALGORITHMS[algorithm].jwa[0],
        kid: "1",
      }),
      Buffer.from(spki).toString("base64"),
      Buffer.from(spki).toString("base64url"),
      Buffer.from(spki).toString("hex"),
      spki,
    ];
    if (raw !== undefined) {
      const point = spki.slice(-raw);
      for (const encoding of ["hex", "base64", "base64url"] as const)
        written.push(Buffer.from(point).toString(encoding));
      written.push(point);
    } else written.push(pem(publicKey, "pkcs1"), der(publicKey, "pkcs1"));
    if (raw === 32) written.push(`whpk_${Buffer.from(spki.slice(-32)).toString("base64")}`);
    for (const key of written) expect(readPublicKey(algorithm, key)).toEqual(spki);
  });

  test("signs what Node verifies, and verifies what Node signs, from every form of the private key", async () => {
    const written: (string | Uint8Array)[] = [
      pem(privateKey, "pkcs8"),
      der(privateKey, "pkcs8"),
      der(privateKey, "pkcs8").toString("base64"),
      JSON.stringify(jwk(privateKey)),
    ];
    if (raw === 32) written.push(der(privateKey, "pkcs8").subarray(-32).toString("hex"));
    else written.push(pem(privateKey, raw === undefined ? "pkcs1" : "sec1"));
    const { padding, hash, key: type } = ALGORITHMS[algorithm] as (typeof ALGORITHMS)["rsa-pss-sha256"];
    const settings = padding === "pss" ? { padding: 6, saltLength: -1 } : {};
    const content = { before: "t.", body: new Uint8Array([1, 2, 250]), after: ".e" };
    const bytes = Buffer.from([0x74, 0x2e, 1, 2, 250, 0x2e, 0x65]);
    for (const form of type.startsWith("P-") ? (["der", "raw"] as const) : (["raw"] as const)) {
      const dsaEncoding = form === "der" ? ("der" as const) : ("ieee-p1363" as const);
      const theirs = sign(hash ?? null, bytes, { key: privateKey, dsaEncoding, ...settings });
      for (const { makeSign, makeVerify } of [node, web]) {
        const check = makeVerify(algorithm, form, readPublicKey(algorithm, spki));
        expect(await check(content, theirs)).toBe(true);
        expect(await check({ ...content, after: ".f" }, theirs)).toBe(false);
        expect(await check(content, theirs.subarray(1))).toBe(false);
        expect(await check(content, new Uint8Array())).toBe(false);
        for (const key of written) {
          const ours = await makeSign(algorithm, form, readPrivateKey(algorithm, key))(content);
          expect(verify(hash ?? null, bytes, { key: publicKey, dsaEncoding, ...settings }, ours)).toBe(true);
        }
      }
    }
  });

  test("a private key in place of the public one is refused, and the other way round", () => {
    const types =
      raw === undefined
        ? (["pkcs8", "pkcs1"] as const)
        : raw === 32
          ? (["pkcs8"] as const)
          : (["pkcs8", "sec1"] as const);
    for (const type of types) {
      expect(refusal(() => readPublicKey(algorithm, pem(privateKey, type)))).toMatch(/^secret is a private key/);
    }
    expect(refusal(() => readPublicKey(algorithm, JSON.stringify(jwk(privateKey))))).toMatch(/is a private key/);
    expect(refusal(() => readPrivateKey(algorithm, pem(publicKey, "spki")))).toMatch(/is a public key/);
    expect(refusal(() => readPrivateKey(algorithm, JSON.stringify(jwk(publicKey))))).toMatch(/is a public key/);
  });

  test("a key of another kind or curve is refused, and named", () => {
    for (const [type, pair] of Object.entries(PAIRS)) {
      if (type === ALGORITHMS[algorithm].key) continue;
      const message = refusal(() => readPublicKey(algorithm, pem(pair.publicKey, "spki")));
      expect(message).toMatch(new RegExp(`^secret is .+, and ${algorithm} needs `));
      expect(refusal(() => readPrivateKey(algorithm, pem(pair.privateKey, "pkcs8")))).toMatch(/, and .+ needs /);
    }
  });
});

const EC = "ecdsa-p256-sha256";
const jwkEc = jwk(PAIRS["P-256"].publicKey);
const jwkRsa = jwk(rsa.publicKey);
const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
const exponent3 = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 });
const b64 = (bytes: ArrayLike<number>) => Buffer.from(Array.from(bytes)).toString("base64url");
const p256 = der(PAIRS["P-256"].publicKey, "spki");
const pemEc = pem(PAIRS["P-256"].publicKey, "spki");

test.each([
  ["RSA of 1024 bits", "rsa-pkcs1-sha256", pem(small.publicKey, "spki"), /1024 bits/],
  ["RSA of 1024 bits as a JWK", "rsa-pss-sha256", JSON.stringify(jwk(small.publicKey)), /1024 bits/],
  ["RSA with the exponent 3", "rsa-pkcs1-sha256", pem(exponent3.publicKey, "spki"), /public exponent/],
  ["RSA with the exponent 1", "rsa-pkcs1-sha256", JSON.stringify({ ...jwkRsa, e: "AQ" }), /public exponent/],
  [
    "RSA with an even exponent",
    "rsa-pkcs1-sha256",
    JSON.stringify({ ...jwkRsa, e: b64([1, 0, 2]) }),
    /public exponent/,
  ],
  ["RSA with a vast exponent", "rsa-pkcs1-sha256", JSON.stringify({ ...jwkRsa, e: jwkRsa.n }), /public exponent/],
  [
    "RSA with an even modulus",
    "rsa-pkcs1-sha256",
    JSON.stringify({ ...jwkRsa, n: b64(new Uint8Array(256).fill(254)) }),
    /even/,
  ],
  [
    "RSA of 16384 bits",
    "rsa-pkcs1-sha256",
    JSON.stringify({ ...jwkRsa, n: b64(new Uint8Array(2048).fill(255)) }),
    /more than 8192/,
  ],
  [
    "a point that lies on no curve",
    EC,
    JSON.stringify({ ...jwkEc, y: b64(new Uint8Array(32).fill(7)) }),
    /does not lie on P-256/,
  ],
  [
    "the point at (0, 0)",
    EC,
    Buffer.concat([Buffer.from([4]), Buffer.alloc(64)]).toString("hex"),
    /does not lie on P-256/,
  ],
  ["a compressed point", EC, `02${p256.subarray(-64, -32).toString("hex")}`, /compressed/],
  ["a coordinate that is cut off", EC, JSON.stringify({ ...jwkEc, x: "AAAA" }), /"x" has not 32 bytes/],
  ["padding in a JWK", EC, JSON.stringify({ ...jwkEc, x: `${jwkEc.x}=` }), /"x" is not base64url/],
  [
    "secp256k1",
    EC,
    pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey, "spki"),
    /curve that is not known/,
  ],
  ["a shared secret as a JWK", "rsa-pkcs1-sha256", '{"kty":"oct","k":"c2VjcmV0"}', /shared secret/],
  ["a JWK to encrypt", EC, JSON.stringify({ ...jwkEc, use: "enc" }), /"use"/],
  ["a JWK to sign", EC, JSON.stringify({ ...jwkEc, key_ops: ["sign"] }), /"key_ops"/],
  ["a JWK for another algorithm", EC, JSON.stringify({ ...jwkEc, alg: "ES384" }), /"alg" is not ES256/],
  ["a JWK with a list as alg", EC, JSON.stringify({ ...jwkEc, alg: ["ES256"] }), /"alg"/],
  ["a JWK that is no JSON", EC, "{", /no JSON/],
  ["a JWK of nothing", EC, "{}", /"kty" and "crv"/],
  ["a JWK whose n is a number", "rsa-pkcs1-sha256", '{"kty":"RSA","n":3,"e":"AQAB"}', /"n" is not base64url/],
  ["Ed25519 of small order", "ed25519", `01${"00".repeat(31)}`, /small order/],
  ["Ed25519 that is no point", "ed25519", `02${"00".repeat(31)}`, /no point/],
  ["Ed25519 that is not reduced", "ed25519", `f0${"ff".repeat(30)}7f`, /no point/],
  ["Ed25519 behind whsk_", "ed25519", `whsk_${"A".repeat(43)}=`, /private key/],
  ["two keys", EC, pemEc + pemEc, /2 blocks/],
  ["PEM that is cut off", EC, pemEc.slice(0, 100), /cut off/],
  ["PEM with broken base64", EC, pemEc.replace("MFkw", "MF*w"), /base64 is broken/],
  ["PEM from an env file", EC, pemEc.replaceAll("\n", "\\n"), /line breaks belong/],
  ["PEM that begins and ends as two", EC, pemEc.replace("END PUBLIC", "END RSA PUBLIC"), /ends as something else/],
  ["DER with something behind it", EC, Buffer.concat([p256, Buffer.from([0])]).toString("base64"), /no public key/],
  [
    "DER whose length is not the shortest",
    EC,
    Buffer.concat([Buffer.from([0x30, 0x81, 0x59]), p256.subarray(2)]).toString("base64"),
    /no public key/,
  ],
  ["a password", EC, "correct horse battery staple", /give PEM, a JWK/],
  ["a long text", EC, "A".repeat(40_000), /too long/],
] as const)("refused: %s", (_, algorithm, key, message) => {
  expect(refusal(() => readPublicKey(algorithm, key))).toMatch(message);
  if (key.length > 8) expect(refusal(() => readPublicKey(algorithm, key))).not.toContain(key);
});

/** A certificate of nobody, made by OpenSSL 3 for P-256, valid for a day in 2026. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgjCCASegAwIBAgIUcPmH1x2GlRxRs5YDmQ42jpeGi24wCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLbm9ib2R5LnRlc3QwHhcNMjYxMTIyMDAxMjEwWhcNMjYxMTIz
MDAxMjEwWjAWMRQwEgYDVQQDDAtub2JvZHkudGVzdDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABOIcvP8nAOHjTRtZ9ca7EJ98q9wOH2ZMgF+kV7AcgFhZyPffamgT
xTwg8DE+dHWkXYfh0O+CBQCGt3IcHK50Ic2jUzBRMB0GA1UdDgQWBBS8Dv4WK0CZ
e31tDlet7xxKjhqNrjAfBgNVHSMEGDAWgBS8Dv4WK0CZe31tDlet7xxKjhqNrjAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCaT37JBIjR85yEpiBc
vYheouAqCMTodHduVtjcLPvP+gIhAKOk6v7tTW+L4IGNYIaaqnkLJVtlYmc6osRK
GWX26cC0
-----END CERTIFICATE-----`;

test("the key of a certificate is taken, and nothing else of it is looked at", () => {
  const expected = createPublicKey(CERTIFICATE).export({ format: "der", type: "spki" });
  expect(Buffer.from(readPublicKey(EC, CERTIFICATE))).toEqual(expected);
});

test("an RSA-PSS key serves the hash of its parameters only", () => {
  const bound = generateKeyPairSync("rsa-pss", {
    modulusLength: 2048,
    hashAlgorithm: "sha256",
    mgf1HashAlgorithm: "sha256",
    saltLength: 32 as never, // The types of Node 20 say text, and Node takes the number.
  });
  const free = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });
  const spki = pem(bound.publicKey, "spki");
  expect(readPublicKey("rsa-pss-sha256", spki)).toHaveLength(294);
  expect(refusal(() => readPublicKey("rsa-pss-sha512", spki))).toMatch(/may serve rsa-pss-sha256 only/);
  expect(readPublicKey("rsa-pss-sha512", pem(free.publicKey, "spki"))).toHaveLength(294);
  expect(refusal(() => readPublicKey("rsa-pkcs1-sha256", pem(free.publicKey, "spki")))).toMatch(/may serve rsa-pss/);
  expect(readPrivateKey("rsa-pss-sha512", pem(free.privateKey, "pkcs8")).length).toBeGreaterThan(1000);
});

test("random bytes are no key, and nothing but a ConfigurationError is thrown", () => {
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  const start = Buffer.from(p256);
  for (let round = 0; round < 3_000; round++) {
    const bytes = Buffer.from(start);
    for (let i = next() % 3; i >= 0; i--) bytes[next() % bytes.length] = next() >>> 24;
    const cut = next() % 4 === 0 ? bytes.subarray(0, next() % bytes.length) : bytes;
    for (const read of [readPublicKey, readPrivateKey]) {
      try {
        read(EC, new Uint8Array(cut));
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
      }
    }
  }
});
