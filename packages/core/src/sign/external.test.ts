import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { asymmetric } from "../kind/asymmetric.ts";
import { hmac } from "../kind/hmac.ts";
import { standardWebhooks, tailscale } from "../providers/index.ts";
import type { AsymmetricAlgorithm, SignatureForm } from "../scheme/algorithms.ts";
import { body, timestamp } from "../scheme/content.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import { createVerifier } from "../verifier.ts";
import { createSigner } from "./sign.ts";

const BODY = '{"amount":7,"text":"é"}';
const pemOf = (key: KeyObject) => key.export({ format: "pem", type: "spki" }) as string;
const rowOf = (algorithm: AsymmetricAlgorithm, form: SignatureForm = "raw") =>
  defineProvider({
    name: "bank",
    docs: "https://example.com",
    scheme: asymmetric({
      algorithm,
      form,
      encoding: "base64",
      signature: { header: "bank-signature" },
      timestamp: { header: "bank-time", unit: "s", tolerance: "5m" },
      content: [timestamp, ".", body],
    }),
  });

describe("a key that stays in a KMS", () => {
  test("HMAC: is given all that is signed", async () => {
    const secret = "tskey-webhook-x";
    const signer = createSigner(tailscale, {
      signer: (bytes) => createHmac("sha256", secret).update(bytes).digest(),
    });
    const headers = await signer.sign({ body: "[]" });
    const delivery = await createVerifier(tailscale, { secret }).verify({ headers, body: "[]" });
    expect(delivery.payload).toEqual([]);
  });

  test.each(["der", "raw"] as const)(
    "ECDSA in %s: by the content, or by its digest as AWS KMS takes it",
    async (form) => {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const bank = rowOf("ecdsa-p256-sha256", form);
      const dsaEncoding = form === "der" ? "der" : "ieee-p1363";
      const seen: number[] = [];
      const whole = createSigner(bank, {
        signer: async (bytes) => signWith("sha256", bytes, { key: privateKey, dsaEncoding }),
      });
      // Node has no way to sign a hash: what a KMS does is shown by what it is given.
      const digested = createSigner(bank, {
        signer: {
          takes: "digest",
          sign: async (digest) => {
            seen.push(digest.length);
            return signWith("sha256", Buffer.from(`${TIME}.${BODY}`), { key: privateKey, dsaEncoding });
          },
        },
      });
      const verifier = createVerifier(bank, { secret: pemOf(publicKey), clock: () => TIME * 1000 });
      for (const signer of [whole, digested]) {
        const headers = await signer.sign({ body: BODY, timestamp: TIME });
        expect((await verifier.verify({ headers, body: BODY })).payload).toEqual({ amount: 7, text: "é" });
      }
      expect(seen).toEqual([32]);
    },
  );

  test("the digest is the scheme's own hash over exactly what is signed", async () => {
    const digests: string[] = [];
    const signer = createSigner(rowOf("rsa-pkcs1-sha512"), {
      signer: {
        takes: "digest",
        sign: (digest) => (digests.push(Buffer.from(digest).toString("hex")), new Uint8Array(256)),
      },
    });
    await signer.sign({ body: BODY, timestamp: TIME });
    expect(digests).toEqual([createHash("sha512").update(`${TIME}.${BODY}`).digest("hex")]);
  });

  test("several, during a rotation, where the header can carry them", async () => {
    const key = (text: string) => (bytes: Uint8Array) => createHmac("sha256", text).update(bytes).digest();
    const signer = createSigner(standardWebhooks, { signer: [key("new"), { sign: key("old") }] });
    const { "webhook-signature": value = "" } = await signer.sign({ body: "{}", id: "msg_1" });
    expect(value.split(" ")).toHaveLength(2);
  });

  test.each([
    ["a text", () => "c2lnbmF0dXJl" as never],
    ["too few bytes", () => new Uint8Array(31)],
    ["nothing", () => undefined as never],
  ])("what is no signature is told: %s", async (_, signer) => {
    const signing = createSigner(tailscale, { signer }).sign({ body: "[]" });
    await expect(signing).rejects.toThrow(/signer must give the signature as 32 bytes/);
  });

  test("what it throws is thrown on", async () => {
    const down = new Error("the KMS is down");
    await expect(createSigner(tailscale, { signer: () => Promise.reject(down) }).sign({ body: "[]" })).rejects.toBe(
      down,
    );
  });

  test("options that cannot be honoured are refused", () => {
    const sign = () => new Uint8Array(32);
    const mac = defineProvider({
      name: "mac",
      docs: "https://example.com",
      scheme: hmac({ digest: "sha256", encoding: "hex", signature: { header: "x" }, content: [body] }),
    });
    for (const options of [
      { signer: sign, secret: "s" },
      { signer: [] },
      { signer: { sign: "no" } },
      { signer: { sign, takes: "hash" } },
      { signer: { sign, takes: "digest" } },
      { signer: { sign, extra: 1 } },
      {},
    ]) {
      expect(() => createSigner(mac, options as never)).toThrow(ConfigurationError);
    }
    expect(() => createSigner(rowOf("ed25519"), { signer: { sign, takes: "digest" } })).toThrow(/Ed25519/);
  });
});

const TIME = 1_784_000_000;
