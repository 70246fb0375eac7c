import { createHmac, generateKeyPairSync, sign as signWith } from "node:crypto";
import { anyOf, asymmetric, body, createVerifier, defineProvider, timestamp, until } from "@countersign/core";
import { github, standardWebhooks, stripe } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import { waits } from "../index.ts";
import { type StubRequest, stage } from "../testing/index.ts";

const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const endpoint = { name: "e", url: "https://example.com/hook" };

/** The request as a receiver has it. */
function received(request: StubRequest | undefined) {
  return { headers: request?.named ?? {}, body: request?.text ?? "" };
}

describe("two schemes on one request", () => {
  test("a receiver of either takes it, and one of both handles it once", async () => {
    const { sender, requests, clock } = stage([
      {
        ...endpoint,
        sign: [
          { provider: github, secret: "the old secret" },
          { provider: standardWebhooks, secret: WHSEC },
        ],
      },
    ]);
    await (await sender.send({ type: "t", data: { a: 1 } })).outcome();
    const [request] = requests;
    const got = received(request);
    const old = createVerifier(github, { secret: "the old secret", clock });
    const next = createVerifier(standardWebhooks, { secret: WHSEC, clock });
    const both = createVerifier(anyOf(until("2999-01-01", github), standardWebhooks), {
      secret: { github: "the old secret", "standard-webhooks": WHSEC },
      clock,
    });
    for (const verifier of [old, next]) expect((await verifier.verify(got)).provider).toBeDefined();
    expect((await both.verify(got)).provider).toBe("standard-webhooks");
  });

  test("two that write the same header are refused", () => {
    const sign = [
      { provider: stripe, secret: "one" },
      { provider: stripe, secret: "two" },
    ];
    expect(() => stage([{ ...endpoint, sign }])).toThrow(/stripe-signature/);
    expect(() => stage([{ ...endpoint, sign: [] }])).toThrow(/e\.sign must list/);
    expect(() => stage([{ ...endpoint, sign: [{ provider: stripe, secret: "" }] }])).toThrow(/e\.sign\[0\]\.secret/);
  });

  test("another header cannot take the name of either's signature", () => {
    const sign = [
      { provider: github, secret: "one" },
      { provider: stripe, secret: "two" },
    ];
    expect(() => stage([{ ...endpoint, sign, headers: { "Stripe-Signature": "x" } }])).toThrow(/stripe-signature/i);
  });
});

describe("a key outside of this process", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const bank = defineProvider({
    name: "bank",
    docs: "https://example.com",
    scheme: asymmetric({
      algorithm: "ecdsa-p256-sha256",
      encoding: "base64",
      form: "der",
      signature: { header: "bank-signature" },
      timestamp: { header: "bank-time", unit: "s", tolerance: "5m" },
      content: [timestamp, ".", body],
    }),
  });

  test("signs, and the receiver has the public key alone", async () => {
    const signer = async (bytes: Uint8Array) => signWith("sha256", bytes, privateKey);
    const { sender, requests, clock } = stage([{ ...endpoint, sign: { provider: bank, signer } }]);
    await (await sender.send({ type: "t", data: 1 })).outcome();
    const [request] = requests;
    const secret = publicKey.export({ format: "pem", type: "spki" }) as string;
    const verifier = createVerifier(bank, { secret, clock });
    const delivery = await verifier.verify(received(request));
    expect(delivery.provider).toBe("bank");
  });

  test("one that fails, or never answers, is asked again: the event is not lost", async () => {
    let asked = 0;
    const signer = (bytes: Uint8Array): Promise<Uint8Array> => {
      asked += 1;
      if (asked === 1) return Promise.reject(new Error("arn:aws:kms:eu-west-1:123:key/secret is throttled"));
      if (asked === 2) return new Promise(() => {});
      return Promise.resolve(createHmac("sha256", "k").update(bytes).digest());
    };
    const { sender, clock, requests } = stage([
      { ...endpoint, timeout: "5s", retry: waits(["1s", "1s"]), sign: { provider: github, signer } },
    ]);
    const handle = await sender.send({ type: "t", data: 1 });
    const settled = handle.outcome();
    for (let i = 0; i < 20; i++) await clock.advanceAsync(1_000);
    const [outcome] = await settled;
    expect(outcome).toMatchObject({ status: "delivered" });
    expect(asked).toBe(3);
    expect(requests).toHaveLength(1);
    expect(JSON.stringify(outcome)).not.toContain("arn:aws");
  });

  test("one that gives no signature will not do so later", async () => {
    const { sender } = stage([{ ...endpoint, sign: { provider: github, signer: () => new Uint8Array(3) } }]);
    const [outcome] = await (await sender.send({ type: "t", data: 1 })).outcome();
    expect(outcome).toMatchObject({ status: "dead" });
  });

  test("secret and signer together are refused", () => {
    const sign = { provider: github, secret: "s", signer: () => new Uint8Array(32) };
    expect(() => stage([{ ...endpoint, sign }])).toThrow(/not both/);
  });
});
