/** What attackers and broken encoders send: test/vectors/wycheproof/README.md says where it is from. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { ALGORITHMS, type AsymmetricAlgorithm, type SignatureForm } from "../scheme/algorithms.ts";
import * as node from "./asymmetric-node.ts";
import * as web from "./asymmetric-web.ts";
import { readPublicKey } from "./key-text.ts";

interface File {
  readonly algorithm: AsymmetricAlgorithm;
  readonly form: SignatureForm;
  readonly groups: readonly {
    readonly key: string;
    readonly jwk?: object;
    readonly tests: readonly (readonly [
      id: number,
      comment: string,
      message: string,
      signature: string,
      result: string,
    ])[];
  }[];
}

const FOLDER = new URL("../../../../test/vectors/wycheproof/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const files: readonly File[] = readdirSync(FOLDER)
  .filter((name) => /-(der|raw)\.json$/.test(name))
  .map(read);
const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

/** Keys of three groups: refused as they are, and so are not asked. */
const hasExponent3 = (key: string) => Buffer.from(key, "base64").toString("hex").endsWith("020103");

test("every algorithm has its file, and ECDSA one for each form", () => {
  const names = files.map(({ algorithm, form }) => `${algorithm} ${form}`);
  for (const name of Object.keys(ALGORITHMS)) {
    expect(names).toContain(`${name} raw`);
    if (name.startsWith("ecdsa")) expect(names).toContain(`${name} der`);
  }
});

describe.each([
  ["Node", node],
  ["WebCrypto", web],
] as const)("%s", (_, { makeVerify }) => {
  test.each(files)("$algorithm, $form", async ({ algorithm, form, groups }) => {
    const wrong: string[] = [];
    let count = 0;
    for (const { key, jwk, tests } of groups) {
      if (hasExponent3(key)) {
        expect(() => readPublicKey(algorithm, key)).toThrow("public exponent");
        continue;
      }
      const spki = readPublicKey(algorithm, key);
      if (jwk !== undefined) expect(readPublicKey(algorithm, JSON.stringify(jwk))).toEqual(spki);
      const verify = makeVerify(algorithm, form, spki);
      for (const [id, comment, message, signature, result] of tests) {
        count++;
        const body = bytes(message);
        const verdict = await verify({ before: "", body, after: "" }, bytes(signature));
        if (result !== "acceptable" && verdict !== (result === "valid")) wrong.push(`${id} ${comment}: ${verdict}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(100);
  });
});

test("no key that is on no curve, or on another one, is taken", () => {
  const keys = read("invalid-keys.json") as [curve: "P-256" | "P-384", comment: string, key: string, flags: string][];
  for (const [curve, comment, key] of keys) {
    const algorithm = curve === "P-256" ? "ecdsa-p256-sha256" : "ecdsa-p384-sha384";
    expect(() => readPublicKey(algorithm, key), comment).toThrow(ConfigurationError);
  }
  expect(keys.length).toBeGreaterThan(60);
});
