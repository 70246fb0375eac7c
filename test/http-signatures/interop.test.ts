import { createVerifier, defineProvider, sign } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import {
  httpSignature,
  keyThumbprint,
  type SignatureAlgorithm,
  signMessage,
  verifyMessage,
  webBotAuth,
} from "@countersign/http-signatures";
import * as sig from "http-message-sig";
import { createSigner, createVerifier as createTheirs, httpbis } from "http-message-signatures";
import { describe, expect, test } from "vitest";
import * as bot from "web-bot-auth";
import { signerFromJWK, verifierFromJWK } from "web-bot-auth/crypto";
import { type KeyPair, keys, publicJwk } from "./rfc9421.ts";

const BODY = '{"hello": "world"}';
const NOW = Math.floor(Date.now() / 1000);
const REQUEST = {
  method: "POST",
  url: "https://example.com/foo?param=Value&Pet=dog",
  headers: {
    "content-type": "application/json",
    "content-digest": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
    "x-dict": "a=1, b=(x   y);q",
    "x-lines": ["one, two", "three"],
  } as Record<string, string | string[]>,
};
const COMPONENTS = [
  "@method",
  "@target-uri",
  "@authority",
  "@scheme",
  "@request-target",
  "@path",
  "@query",
  '@query-param;name="Pet"',
  "content-digest",
  "content-type",
  'x-dict;key="b"',
  "x-dict;sf",
  "x-lines",
  "x-lines;bs",
];
const ALGORITHMS: readonly [SignatureAlgorithm, string][] = [
  ["ed25519", "test-key-ed25519"],
  ["ecdsa-p256-sha256", "test-key-ecc-p256"],
  ["rsa-pss-sha512", "test-key-rsa-pss"],
  ["rsa-v1_5-sha256", "test-key-rsa"],
  ["hmac-sha256", "test-shared-secret"],
];

function pairOf(name: string) {
  const { secret, privatePem, publicPem, jwk } = keys[name] as KeyPair & { secret?: string };
  if (secret !== undefined) {
    const bytes = Buffer.from(secret, "base64");
    return { ours: secret, oursPublic: secret, theirs: bytes, theirsPublic: bytes };
  }
  return { ours: JSON.stringify(jwk), oursPublic: publicJwk(name), theirs: privatePem, theirsPublic: publicPem };
}

describe.each(ALGORITHMS)("http-message-signatures with %s", (algorithm, name) => {
  const key = pairOf(name);
  const fields = { "x-dict": "dictionary" } as const;
  const rules = { algorithms: [algorithm], secretFormat: "base64", fields } as const;

  test("accepts what we sign", async () => {
    const signed = await signMessage(REQUEST, {
      ...rules,
      secret: key.ours,
      components: COMPONENTS,
      alg: true,
      keyid: name,
    });
    const { "signature-input": input = "", signature = "" } = signed;
    const message = { ...REQUEST, headers: { ...REQUEST.headers, "Signature-Input": input, Signature: signature } };
    const found = { id: name, algs: [algorithm], verify: createTheirs(key.theirsPublic, algorithm) };
    expect(await httpbis.verifyMessage({ keyLookup: async () => found }, message)).toBe(true);
    const changed = { ...message, url: "https://example.com/foo?param=Value&Pet=cat" };
    expect(await httpbis.verifyMessage({ keyLookup: async () => found }, changed).catch(() => false)).toBe(false);
  });

  // Its RSA-PSS salts have as many bytes as fit, where RFC 9421 (3.3.1) says 64: no WebCrypto could verify them.
  const verdict = algorithm === "rsa-pss-sha512" ? { code: "signature_mismatch" } : { algorithm };

  test("signs what we accept", async () => {
    const covered = COMPONENTS.map((one) => (one.includes(";") ? `"${one.replace(";", '";')}` : one));
    const signer = createSigner(key.theirs, algorithm, name);
    const message = await httpbis.signMessage(
      { key: signer, fields: covered, params: ["created", "keyid", "alg", "nonce"], paramValues: { nonce: "n" } },
      REQUEST,
    );
    const options = { ...rules, secret: key.oursPublic, body: BODY };
    expect(await verifyMessage(message, options)).toMatchObject(verdict);
    expect(await verifyMessage(message, { ...options, body: "{}" })).toMatchObject({ code: "signature_mismatch" });
  });
});

describe.each(ALGORITHMS.filter(([algorithm]) => algorithm === "ed25519" || algorithm === "rsa-pss-sha512"))(
  "http-message-sig with %s",
  (algorithm, name) => {
    const key = pairOf(name);
    const import_ = (jwk: object, use: "sign" | "verify") =>
      crypto.subtle.importKey(
        "jwk",
        jwk,
        algorithm === "ed25519" ? { name: "Ed25519" } : { name: "RSA-PSS", hash: "SHA-512" },
        false,
        [use],
      );
    // It knows neither "sf" nor "bs", nor parameters of the query.
    const known = COMPONENTS.filter((one) => !/;(sf|bs|name)/.test(one));
    const descriptor = (headers: Record<string, unknown>) => ({
      kind: "request" as const,
      method: REQUEST.method,
      targetUri: REQUEST.url,
      requestTarget: "/foo?param=Value&Pet=dog",
      fields: Object.entries(headers).flatMap(([field, value]) =>
        [value].flat().map((one) => ({ name: field, value: String(one) })),
      ),
    });

    test("accepts what we sign", async () => {
      const signed = await signMessage(REQUEST, {
        secret: key.ours,
        algorithms: [algorithm],
        components: known,
        alg: true,
      });
      const verifier = sig.webcrypto.verifier(await import_(JSON.parse(key.oursPublic), "verify"));
      const policy = {
        algorithms: [algorithm],
        requiredComponents: ["@method", "content-digest"],
        requiredParameters: ["created"],
      };
      const options = { policy, resolveVerifier: () => verifier };
      const message = descriptor({ ...REQUEST.headers, ...signed });
      expect(await sig.verifySignature(message, options)).toMatchObject({ label: "sig1", algorithm });
      await expect(sig.verifySignature({ ...message, method: "PUT" }, options)).rejects.toThrow();
    });

    test("signs what we accept", async () => {
      const signer = sig.webcrypto.signer(await import_((keys[name] as KeyPair).jwk, "sign"));
      const components = known.map((one) => (one.includes(";") ? sig.component("x-dict", { key: "b" }) : one));
      const made = await sig.createSignature(descriptor(REQUEST.headers), {
        components,
        parameters: { created: NOW, tag: "t" },
        signer,
      });
      const headers = { ...REQUEST.headers, signature: made.signature, "signature-input": made.signatureInput };
      const options = { secret: key.oursPublic, algorithms: [algorithm], tag: "t", body: BODY };
      expect(await verifyMessage({ ...REQUEST, headers }, options)).toMatchObject({ algorithm });
      expect(await verifyMessage({ ...REQUEST, headers, method: "PUT" }, options)).toMatchObject({
        code: "signature_mismatch",
      });
    });
  },
);

describe("web-bot-auth", () => {
  const { jwk } = keys["test-key-ed25519"] as KeyPair;
  const request = { method: "GET", url: "https://example.com/path" };

  // It takes "key" for the whole header, so it is asked with the older form of one.
  test("accepts what we sign", async () => {
    const agent = { "signature-agent": '"https://bot.example"' };
    const headers = await sign(webBotAuth, { ...request, headers: agent, body: "", secret: JSON.stringify(jwk) });
    const verify = await verifierFromJWK(JSON.parse(publicJwk("test-key-ed25519")));
    const sent = (url: string) => new Request(url, { headers: { ...agent, ...headers } });
    await expect(bot.verify(sent(request.url), verify)).resolves.toBeUndefined();
    await expect(bot.verify(sent("https://example.com/other"), verify)).rejects.toThrow();
  });

  test.each(['"https://bot.example"', 'sig1="https://bot.example"'])("signs what we accept: %s", async (written) => {
    const agent = { "signature-agent": written };
    const signer = await signerFromJWK(jwk);
    const times = { created: new Date(NOW * 1000), expires: new Date((NOW + 60) * 1000) };
    const made = await bot.signatureHeaders(new Request(request.url, { headers: agent }), signer, {
      ...times,
    });
    const asked: unknown[] = [];
    const verifier = createVerifier(webBotAuth, {
      publicUrl: "https://example.com",
      secret: (_request, _context, wanted) => {
        asked.push(wanted?.url, wanted?.keyId);
        return publicJwk("test-key-ed25519");
      },
    });
    const headers = { ...agent, signature: made.Signature, "signature-input": made["Signature-Input"] };
    const delivery = await verifier.verify({ ...request, headers, body: "" });
    expect(delivery.secretIndex).toBe(0);
    const url = "https://bot.example/.well-known/http-message-signatures-directory";
    expect(asked).toEqual([url, await keyThumbprint(publicJwk("test-key-ed25519"))]);
  });
});

test("a receiver takes what http-message-signatures sends, and it what our sender signs", async () => {
  const provider = defineProvider({
    name: "acme",
    docs: "https://example.com",
    scheme: httpSignature({ algorithms: ["ed25519"] }),
  });
  const { jwk, privatePem } = keys["test-key-ed25519"] as KeyPair;
  const { "x-lines": _, ...headers } = REQUEST.headers as Record<string, string>;
  const key = createSigner(privatePem, "ed25519", "test-key-ed25519");
  const fields = ["@method", "@target-uri", "content-digest"];
  const sent = await httpbis.signMessage({ key, fields, params: ["created", "keyid"] }, { ...REQUEST, headers });
  const verifier = createVerifier(provider, { secret: publicJwk("test-key-ed25519"), clock: fakeClock(NOW * 1000) });
  expect((await verifier.verify({ ...sent, body: BODY })).payload).toEqual({ hello: "world" });
  const own = await sign(provider, { ...REQUEST, headers: {}, body: BODY, secret: JSON.stringify(jwk) });
  const message = {
    ...REQUEST,
    headers: {
      "Content-Digest": own["content-digest"],
      "Signature-Input": own["signature-input"],
      Signature: own.signature,
    },
  };
  const found = {
    id: "test-key-ed25519",
    algs: ["ed25519"],
    verify: createTheirs((keys["test-key-ed25519"] as KeyPair).publicPem, "ed25519"),
  };
  expect(await httpbis.verifyMessage({ keyLookup: async () => found }, message as never)).toBe(true);
});
