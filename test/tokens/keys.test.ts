import { createPublicKey } from "node:crypto";
import { createVerifier, type SecretLookup } from "@countersign/core";
import { jwks, type KeyFetch } from "@countersign/core/keys";
import { fakeClock } from "@countersign/core/testing";
import { fusionAuth, plaid, plaidKeys, snsCertificates } from "@countersign/tokens/providers";
import { describe, expect, test } from "vitest";
import { asPem, certificate } from "./certificate.ts";
import { compact, hashOf, otherRsa, p256, privateKeyOf, rsa, verdict } from "./make.ts";

const NOW = 1_784_000_000_000;
const KID = "bfbd5111-8e33-4643-8ced-b2e642a72f3c";

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly body: unknown;
}

/** A server that is never asked over a network. */
function server(answer: (asked: Asked) => { status?: number; text: string }) {
  const asked: Asked[] = [];
  const fetch: KeyFetch = (url, init) => {
    const { method = "GET", body } = init as { method?: string; body?: string };
    const one = { url, method, body: body === undefined ? undefined : JSON.parse(body) };
    asked.push(one);
    const { status = 200, text } = answer(one);
    return Promise.resolve(new Response(text, { status }));
  };
  return { asked, fetch };
}

describe("plaidKeys", () => {
  const options = { clientId: "client", secret: "very secret", environment: "sandbox" } as const;
  const answerFor = (more: object = {}) => ({
    text: JSON.stringify({
      key: {
        ...JSON.parse(p256.jwk({ kid: KID, alg: "ES256", use: "sig" })),
        created_at: 1,
        expired_at: null,
        ...more,
      },
    }),
  });
  const request = (kid: string) => {
    const claims = { iat: NOW / 1000, request_body_sha256: hashOf("{}", "hex") };
    const headers = { "plaid-verification": compact({ alg: "ES256", typ: "JWT", kid }, claims, p256.privateKey) };
    return { method: "POST", url: "/", headers, body: "{}" };
  };

  test("a key is asked for by its name, once, with the credentials in the body", async () => {
    const { asked, fetch } = server(() => answerFor());
    const clock = fakeClock(NOW);
    const verifier = createVerifier(plaid, { secret: plaidKeys({ ...options, fetch, clock }), clock });
    for (let i = 0; i < 3; i++) expect(await verdict(verifier.verify(request(KID)))).toBe("accepted");
    expect(asked).toEqual([
      {
        url: "https://sandbox.plaid.com/webhook_verification_key/get",
        method: "POST",
        body: { client_id: "client", secret: "very secret", key_id: KID },
      },
    ]);
  });

  test("a key that Plaid has ended is not used", async () => {
    const { fetch } = server(() => answerFor({ expired_at: 1_784_000_000 }));
    const clock = fakeClock(NOW);
    const verifier = createVerifier(plaid, { secret: plaidKeys({ ...options, fetch, clock }), clock, log: false });
    expect(await verdict(verifier.verify(request(KID)))).toBe("secret_unavailable");
  });

  test("kid path and URL injection: what is no name of Plaid's asks nobody", async () => {
    const { asked, fetch } = server(() => answerFor());
    const clock = fakeClock(NOW);
    const verifier = createVerifier(plaid, { secret: plaidKeys({ ...options, fetch, clock }), clock, log: false });
    for (const kid of ["../keys", "https://evil.example", `${KID}x`, KID.toUpperCase(), "x".repeat(36)])
      expect(await verdict(verifier.verify(request(kid)))).toBe("unknown_sender");
    expect(asked).toEqual([]);
  });

  test("flood of unknown kids: four fetches, then one in fifteen seconds, and the known key serves on", async () => {
    const { asked, fetch } = server(({ body }) =>
      (body as { key_id: string }).key_id === KID ? answerFor() : { status: 400, text: "{}" },
    );
    const clock = fakeClock(NOW);
    const verifier = createVerifier(plaid, { secret: plaidKeys({ ...options, fetch, clock }), clock, log: false });
    expect(await verdict(verifier.verify(request(KID)))).toBe("accepted");
    for (let i = 0; i < 200; i++) {
      const made = KID.replace(/^.{8}/, String(i).padStart(8, "0"));
      expect(await verdict(verifier.verify(request(made)))).toBe("secret_unavailable");
    }
    expect(asked).toHaveLength(4);
    expect(await verdict(verifier.verify(request(KID)))).toBe("accepted");
    clock.advance(15_000);
    expect(await verdict(verifier.verify(request(KID.replace("b", "0"))))).toBe("secret_unavailable");
    expect(asked).toHaveLength(5);
  });

  test("no failure tells the secret", async () => {
    const { fetch } = server(() => ({ status: 500, text: "very secret" }));
    const keys = plaidKeys({ ...options, fetch, clock: fakeClock(NOW) });
    const failed = await Promise.resolve(keys({ headers: {} }, undefined, { keyId: KID })).catch((error) => error);
    expect(String(failed)).not.toContain("very secret");
    expect(JSON.stringify(failed)).not.toContain("very secret");
  });

  test.each([
    { clientId: "" },
    { secret: undefined },
    { environment: "development" },
    { fetch: 1 },
    { timeout: -1 },
    { cache: true },
  ])("a wrong option is told at once: %j", (change) => {
    expect(() => plaidKeys({ ...options, ...change } as never)).toThrow(
      expect.objectContaining({ name: "ConfigurationError" }),
    );
  });
});

test.each(["RS256", "RS384", "PS512", "PS384"] as const)("jwks() finds the key of a token in %s", async (alg) => {
  const { fetch } = server(() => ({ text: JSON.stringify({ keys: [JSON.parse(rsa.jwk({ kid: "k" }))] }) }));
  const clock = fakeClock(NOW);
  const provider = fusionAuth({ algorithms: [alg] });
  const secret = jwks("https://auth.example.com/.well-known/jwks.json", { fetch, clock });
  const verifier = createVerifier(provider, { secret, clock, log: false });
  const made = (kid: string) => {
    const claims = { request_body_sha256: hashOf("{}", "base64") };
    const headers = { "x-fusionauth-signature-jwt": compact({ alg, typ: "JWT", kid }, claims, rsa.privateKey) };
    return { method: "POST", url: "/", headers, body: "{}" };
  };
  expect(await verdict(verifier.verify(made("k")))).toBe("accepted");
  expect(await verdict(verifier.verify(made("other")))).toBe("unknown_sender");
});

describe("snsCertificates", () => {
  const topicArn = "arn:aws:sns:eu-central-1:123456789012:t";
  const pem = asPem(
    certificate({
      subject: "sns.amazonaws.com",
      publicKey: createPublicKey(rsa.pem),
      issuer: "Amazon",
      issuerKey: privateKeyOf(otherRsa.privatePem),
      ca: false,
    }),
  );
  const ask = (lookup: SecretLookup, url: string) => Promise.resolve(lookup({ headers: {} }, undefined, { url }));

  test("a certificate of the topic's own host is fetched once, whatever asks at the same time", async () => {
    const { asked, fetch } = server(() => ({ text: `${pem}\n` }));
    const lookup = snsCertificates({ topicArn, fetch, clock: fakeClock(NOW) });
    const url = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";
    const found = await Promise.all([ask(lookup, url), ask(lookup, url), ask(lookup, url)]);
    expect(found).toEqual([pem, pem, pem]);
    expect(asked.map((one) => one.url)).toEqual([url]);
  });

  test("certificate host not pinned: nobody else is asked", async () => {
    const { asked, fetch } = server(() => ({ text: pem }));
    const lookup = snsCertificates({ topicArn, fetch, clock: fakeClock(NOW) });
    for (const url of [
      "https://evil.example/a.pem",
      "https://sns.eu-west-1.amazonaws.com/a.pem",
      "http://169.254.169.254/a.pem",
    ])
      expect(await ask(lookup, url)).toBeNull();
    expect(await lookup({ headers: {} }, undefined)).toBeNull();
    expect(asked).toEqual([]);
  });

  test("an answer that is no certificate fails, and is asked for again", async () => {
    let text = "<Error>AccessDenied</Error>";
    const { fetch } = server(() => ({ text }));
    const lookup = snsCertificates({ topicArn, fetch, clock: fakeClock(NOW) });
    const url = "https://sns.eu-central-1.amazonaws.com/a.pem";
    await expect(ask(lookup, url)).rejects.toThrow();
    text = pem;
    expect(await ask(lookup, url)).toBe(pem);
  });
});
