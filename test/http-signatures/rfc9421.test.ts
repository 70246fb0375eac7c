import { signatureBaseOf, signMessage, verifyMessage } from "@countersign/http-signatures";
import { describe, expect, test } from "vitest";
import { cases, type KeyPair, keys, messageOf, only, publicJwk, writtenOf } from "./rfc9421.ts";

/** They cover what they cover. */
const ANY = { tolerance: "24h", coverage: { target: "none", components: [], body: [] } } as const;
/** Neither changes from one signing to the next. */
const DETERMINISTIC = ["hmac-sha256", "ed25519"];

describe.each(cases)("RFC 9421, $section: $name", ({ label, key, algorithm, message, base, valid }) => {
  const whole = messageOf(message);
  const one = only(label, whole);
  const written = writtenOf(one);
  const secret = keys[key]?.secret;
  const { jwk, publicPem } = keys[key] as KeyPair;
  const forms = secret === undefined ? [publicPem, publicJwk(key)] : [secret];
  const rules = { ...ANY, algorithms: [algorithm], secretFormat: "base64", now: written.created * 1000 } as const;

  // The standard does not print all of them.
  if (base !== undefined) {
    test("the signature base", () => {
      expect(signatureBaseOf(whole, label)).toBe(base);
    });
  }

  test.each(forms)("is judged as the standard says, key %#", async (form) => {
    const found = await verifyMessage(one, { ...rules, secret: form, body: message.body });
    expect(found).toMatchObject(valid ? { label, algorithm, keyIndex: 0 } : { code: "signature_mismatch" });
  });

  if (written.components.includes('"content-digest"')) {
    test("does not hold for another body", async () => {
      const found = await verifyMessage(one, { ...rules, secret: forms[0] as string, body: `${message.body} ` });
      expect(found).toMatchObject({ code: "signature_mismatch" });
    });
  }

  test("signed anew with the private key, it holds", async () => {
    const { created, components } = written;
    const own = { secret: secret ?? JSON.stringify(jwk), algorithms: [algorithm], secretFormat: "base64" } as const;
    const headers = await signMessage(whole, { ...own, keyid: key, label, components, created });
    const again = { ...whole, headers: { ...written.others, ...headers } };
    const found = await verifyMessage(again, { ...rules, secret: forms[0] as string, body: message.body });
    expect(found).toMatchObject({ label });
    if (DETERMINISTIC.includes(algorithm) && valid) expect(headers.signature).toBe(written.signature);
  });
});
