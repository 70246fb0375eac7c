import { readFileSync } from "node:fs";
import { createVerifier, type VerifierOptions } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { keyThumbprint, signMessage, verifyMessage, webBotAuth } from "@countersign/http-signatures";
import { describe, expect, test } from "vitest";
import { type KeyPair, keys, publicJwk } from "./rfc9421.ts";

interface Vector {
  readonly key: string;
  readonly url: string;
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly input: string;
  readonly signature: string;
  readonly agent: string | null;
}
const { vectors }: { vectors: readonly Vector[] } = JSON.parse(
  readFileSync(new URL("fixtures/web-bot-auth.json", import.meta.url), "utf8"),
);

const verifierAt = (seconds: number, key: string, more: object = {}) =>
  createVerifier(webBotAuth, { secret: publicJwk(key), clock: fakeClock(seconds * 1000), ...more } as VerifierOptions<
    any,
    any
  >);

describe.each(vectors)(
  "the draft's vector $input",
  ({ key, url, created, expires, nonce, input, signature, agent }) => {
    const headers = { "signature-input": input, signature, ...(agent === null ? {} : { "signature-agent": agent }) };
    const request = { method: "GET", url, headers, body: "" };
    const middle = Math.min(created + 60, expires - 1);

    test("is accepted while it holds", async () => {
      expect((await verifierAt(middle, key).verify(request)).id).toBe(nonce);
      const other = key === "test-key-ed25519" ? "test-key-rsa-pss" : "test-key-ed25519";
      await expect(verifierAt(middle, other).verify(request)).rejects.toMatchObject({ code: "signature_mismatch" });
      await expect(verifierAt(expires, key).verify(request)).rejects.toMatchObject({
        code: "timestamp_too_old",
      });
    });

    test("tells a lookup where the keys are", async () => {
      let told: unknown;
      const secret = (_: unknown, __: unknown, wanted: { url?: string }) => {
        told = wanted.url;
        return publicJwk(key);
      };
      await verifierAt(middle, key, { secret }).verify(request);
      expect(told).toBe(
        agent === null ? undefined : "https://signature-agent.test/.well-known/http-message-signatures-directory",
      );
    });

    test("holds at this host only, and needs its agent", async () => {
      const elsewhere = { ...request, url: "https://other.example/" };
      await expect(verifierAt(middle, key).verify(elsewhere)).rejects.toMatchObject({ code: "signature_mismatch" });
      const uncovered = { ...request, headers: { ...headers, "signature-agent": 'evil="https://evil.example"' } };
      await expect(verifierAt(middle, key).verify(uncovered)).rejects.toMatchObject({
        code: expect.stringMatching(/malformed_signature|signature_mismatch/),
      });
    });
  },
);

const DIRECTORY =
  '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs","use":"sig"}]}';
const ASKED = {
  method: "GET",
  url: "https://signature-agent.test/.well-known/http-message-signatures-directory",
  headers: {},
};
const BINDING = {
  tag: "http-message-signatures-directory",
  keyId: "thumbprint",
  coverage: { components: ["@authority;req", "content-digest"], parameters: ["created", "expires", "keyid"] },
  tolerance: "1000000h",
  now: 1735689700_000,
} as const;

describe("the draft's signed directory", () => {
  const headers = {
    "Content-Digest": "sha-256=:CADMT2aBdV/rqQr/NIru64ERQkCobVvllA4V0fLFDu0=:",
    "Signature-Input":
      'binding=("@authority";req "content-digest");created=1735689600;expires=4889289600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";tag="http-message-signatures-directory"',
    Signature: "binding=:l6P8R67tm3kujAxbHWio7ll01qrEZ0dKD/WWlGhNYEmTnFZM8Wt0VQ9zqGfvo7T/UMkBxsigzChM1Gpz7gOVBg==:",
  };
  const response = { status: 200, headers, request: ASKED };
  const secret = publicJwk("test-key-ed25519");

  test("is genuine", async () => {
    expect(await verifyMessage(response, { ...BINDING, secret, body: DIRECTORY })).toMatchObject({ label: "binding" });
    expect(await verifyMessage(response, { ...BINDING, secret, body: `${DIRECTORY} ` })).toMatchObject({
      code: "signature_mismatch",
    });
    const elsewhere = { ...response, request: { ...ASKED, url: "https://evil.test/" } };
    expect(await verifyMessage(elsewhere, { ...BINDING, secret, body: DIRECTORY })).toMatchObject({
      code: "signature_mismatch",
    });
  });

  test("is what we would serve", async () => {
    const made = await signMessage(
      { status: 200, headers: {}, request: ASKED },
      {
        secret: JSON.stringify((keys["test-key-ed25519"] as KeyPair).jwk),
        label: "binding",
        components: ["@authority;req", "content-digest"],
        created: 1735689600,
        expires: 4889289600,
        keyid: await keyThumbprint(secret),
        tag: "http-message-signatures-directory",
        body: DIRECTORY,
      },
    );
    expect(made).toEqual({
      "content-digest": headers["Content-Digest"],
      "signature-input": headers["Signature-Input"],
      signature: headers.Signature,
    });
  });
});
