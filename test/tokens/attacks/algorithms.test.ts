import { createVerifier } from "@countersign/core";
import { jws, jwt } from "@countersign/tokens";
import { describe, expect, test } from "vitest";
import { compact, ed25519, p256, p384, rsa, verdict, weakRsa } from "../make.ts";
import { bearer, clock, GENUINE, HEADER, OPTIONS, schemed, TRUSTED } from "./kit.ts";

describe("alg: none, and other algorithms than those allowed", () => {
  const unsigned = (alg: unknown) =>
    `${Buffer.from(JSON.stringify({ ...HEADER, alg })).toString("base64url")}.${Buffer.from(JSON.stringify(GENUINE)).toString("base64url")}.`;
  test.each(["none", "None", "NONE", "nOnE", "", undefined, null, 0, ["RS256"], { toString: "RS256" }])(
    "%j",
    async (alg) => {
      expect(await bearer(unsigned(alg))).toBe("malformed_signature");
      expect(await bearer(`${unsigned(alg)}AAAA`)).toBe("malformed_signature");
    },
  );
  test.each(["RS512", "PS256", "rs256", "HS256", "ES256"])("%s", async (alg) => {
    const key = alg === "HS256" ? "x" : alg === "ES256" ? p256.privateKey : rsa.privateKey;
    const made = compact({ ...HEADER, alg }, GENUINE, key as never);
    expect(await bearer(made)).toBe("malformed_signature");
  });
  test("none cannot be allowed, nor what does not exist", () => {
    for (const name of ["none", "RSA", "__proto__", "toString"])
      expect(() => jwt({ ...OPTIONS, algorithms: [name as never] })).toThrow(/algorithms\[0\]/);
    expect(() => jwt({ ...OPTIONS, algorithms: [] })).toThrow(/algorithms/);
  });
});

describe("algorithm confusion: HMAC with a public key", () => {
  const shared = (secret: string, header: object = {}) =>
    compact({ ...HEADER, alg: "HS256", ...header }, GENUINE, secret as never);

  test("a token under the text of the public key is refused", async () => {
    for (const text of [rsa.pem, `${rsa.pem}\n`, TRUSTED])
      expect(await bearer(shared(text))).toBe("malformed_signature");
  });
  test("both kinds at once cannot be allowed", () => {
    expect(() => jwt({ ...OPTIONS, algorithms: ["RS256", "HS256"] })).toThrow(/at once/);
    expect(() => jws({ header: "x", algorithms: ["HS256", "EdDSA"] })).toThrow(/at once/);
  });
  test("a public key cannot be given as a shared secret, whichever way it is written", async () => {
    const hmac = schemed(jwt({ algorithms: ["HS256"] }));
    for (const secret of [rsa.pem, TRUSTED, p256.jwk(), ed25519.jwk()])
      expect(() => createVerifier(hmac, { secret })).toThrow(/public key is known to everybody/);
    const looked = createVerifier(hmac, { secret: () => rsa.pem, clock, log: false });
    const headers = { authorization: `Bearer ${shared(rsa.pem)}` };
    expect(await verdict(looked.verify({ method: "POST", url: "/", headers, body: "" }))).toBe("secret_unavailable");
  });
  test("a shared or private key cannot be given as a public one", () => {
    const rs = schemed(jwt(OPTIONS));
    for (const secret of [
      "a shared secret",
      rsa.privatePem,
      rsa.privateJwk(),
      '{"kty":"oct","k":"AAAA"}',
      '{"keys":[]}',
    ])
      expect(() => createVerifier(rs, { secret })).toThrow(/secret must be the sender's public key/);
  });
});

describe("keys that are weak or for something else", () => {
  test.each<[string, string]>([
    ["RSA of 1024 bits", weakRsa.pem],
    ["the same as a JWK", weakRsa.jwk()],
    ["another type", p256.pem],
    ["a key for encryption", rsa.jwk({ use: "enc" })],
    ["a key for another algorithm", rsa.jwk({ alg: "PS256" })],
    ["half a JWK", JSON.stringify({ kty: "RSA", e: "AQAB" })],
    ["a PEM of something else", rsa.pem.replaceAll("PUBLIC KEY", "CERTIFICATE")],
  ])("%s is refused when it is given", (_, secret) => {
    expect(() => createVerifier(schemed(jwt(OPTIONS)), { secret })).toThrow(/secret/);
  });
  test.each(["00", "01", "ec", "ed", "ee"])("an Ed25519 key of small order: %s", (first) => {
    const rest = first.startsWith("e") ? `${"ff".repeat(30)}7f` : "00".repeat(31);
    for (const sign of [0, 0x80]) {
      const point = Buffer.from(first + rest, "hex");
      point[31] = (point[31] as number) | sign;
      const x = point.toString("base64url");
      const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), point]).toString("base64");
      const ed = schemed(jws({ header: "x-jws", algorithms: ["EdDSA"] }));
      for (const secret of [
        JSON.stringify({ kty: "OKP", crv: "Ed25519", x }),
        `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`,
      ])
        expect(() => createVerifier(ed, { secret })).toThrow(/small order/);
    }
  });
  test("a curve that is not the algorithm's", async () => {
    expect(() => createVerifier(schemed(jwt({ ...OPTIONS, algorithms: ["ES256"] })), { secret: p384.pem })).toThrow(
      /P-384/,
    );
  });
});
