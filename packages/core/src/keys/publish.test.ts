import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import type { AsymmetricAlgorithm } from "../scheme/algorithms.ts";
import { jwksOf } from "./publish.ts";

const PAIRS = {
  "ecdsa-p256-sha256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "ecdsa-p384-sha384": generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "rsa-pkcs1-sha256": generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ed25519: generateKeyPairSync("ed25519"),
} as const;

test.each(Object.entries(PAIRS))(
  "%s: Node reads the published key as the same key",
  async (algorithm, { publicKey }) => {
    const pem = publicKey.export({ format: "pem", type: "spki" }) as string;
    const { keys } = await jwksOf([{ algorithm: algorithm as AsymmetricAlgorithm, publicKey: pem, keyId: "k1" }]);
    const read = createPublicKey({ key: keys[0] as never, format: "jwk" });
    expect(read.equals(publicKey)).toBe(true);
    expect(keys[0]).toMatchObject({ kid: "k1", use: "sig" });
  },
);

test("the default name is the thumbprint of RFC 7638, 3.1", async () => {
  const key = {
    kty: "RSA",
    n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    e: "AQAB",
    alg: "RS256",
  };
  const { keys } = await jwksOf([{ algorithm: "rsa-pkcs1-sha256", publicKey: JSON.stringify(key) }]);
  expect(keys[0]?.kid).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
});

test("the thumbprint of RFC 8037, A.3", async () => {
  const key = JSON.stringify({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
  const { keys } = await jwksOf([{ algorithm: "ed25519", publicKey: key }]);
  expect(keys[0]?.kid).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
});

test("no private key, no weak one, no other algorithm's, and no name twice", async () => {
  const { publicKey, privateKey } = PAIRS["ecdsa-p256-sha256"];
  const good = publicKey.export({ format: "pem", type: "spki" }) as string;
  const secret = privateKey.export({ format: "pem", type: "pkcs8" }) as string;
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "pem", type: "spki" });
  for (const keys of [
    [],
    [{ algorithm: "ecdsa-p256-sha256", publicKey: secret }],
    [{ algorithm: "rsa-pkcs1-sha256", publicKey: weak }],
    [{ algorithm: "ed25519", publicKey: good }],
    [{ algorithm: "HS256", publicKey: good }],
    [{ algorithm: "ecdsa-p256-sha256", publicKey: good, keyId: "a b" }],
    [{ algorithm: "ecdsa-p256-sha256", publicKey: good, kid: "a" }],
    [
      { algorithm: "ecdsa-p256-sha256", publicKey: good },
      { algorithm: "ecdsa-p256-sha256", publicKey: good },
    ],
  ]) {
    const refused = await jwksOf(keys as never).then(
      () => undefined,
      (error) => error,
    );
    expect(refused).toBeInstanceOf(ConfigurationError);
    expect(refused.message).not.toContain(secret.split("\n")[1]);
  }
});
