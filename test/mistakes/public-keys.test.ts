/** What goes wrong with signatures by a private key, and with keys that are fetched: each mistake by its name. */
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign as signBytes } from "node:crypto";
import {
  asymmetric,
  body,
  crc32,
  createVerifier,
  defineProvider,
  memoryReplayStore,
  sign,
  WebhookError,
} from "@countersign/core";
import { jwks, type KeySourceOptions, keyList, pem } from "@countersign/core/keys";
import { fal, githubSecretScanning, sendgrid, wise } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";

const NOW = 1_784_000_000_000;
const clock = { now: () => NOW };
const BODY = '[{"token":"some_token","type":"some_type","url":"","source":"content"}]';
const LIST = "https://api.github.com/meta/public_keys/secret_scanning";

const ec = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pemOf = (key: KeyObject) => key.export({ format: "pem", type: "spki" }) as string;
const privatePem = (key: KeyObject) => key.export({ format: "pem", type: "pkcs8" }) as string;
const verdict = (work: Promise<unknown>) =>
  work.then(
    () => "verified",
    (error: unknown) => (error instanceof WebhookError ? `${error.status} ${error.code}` : error),
  );

const known = ec();
const stranger = ec();

/** A receiver whose keys are GitHub's list, as a test fetches it. */
function receiver(answer: () => Promise<Response>, options: KeySourceOptions = {}) {
  const asked: string[] = [];
  const fetch = (url: string) => {
    asked.push(url);
    return answer();
  };
  const read = (text: string) => JSON.parse(text).map(([id, key]: [string, string]) => ({ id, key }));
  const secret = keyList(LIST, read, { fetch, ...options });
  const verifier = createVerifier(githubSecretScanning, { secret, clock, log: false });
  const send = (identifier: string, signature: string, content = BODY) =>
    verdict(
      verifier.verify({
        method: "POST",
        url: "/",
        headers: { "github-public-key-identifier": identifier, "github-public-key-signature": signature },
        body: content,
      }),
    );
  return { asked, send };
}
const list = async () => Response.json([["known", pemOf(known.publicKey)]]);
const signed = (key: KeyObject, content = BODY) => signBytes("sha256", Buffer.from(content), key).toString("base64");

describe("keys of a list", () => {
  test("a genuine request is verified, and one by a stranger is not, under either name", async () => {
    const { send } = receiver(list);
    expect(await send("known", signed(known.privateKey))).toBe("verified");
    expect(await send("known", signed(stranger.privateKey))).toBe("401 signature_mismatch");
    expect(await send("stranger", signed(stranger.privateKey))).toBe("401 unknown_sender");
  });

  test("the source is down: 503, so that the vendor tries again; never 401, never open", async () => {
    const { send } = receiver(() => Promise.reject(new Error("connection refused")));
    for (let i = 0; i < 3; i++) {
      expect(await send("known", signed(known.privateKey))).toBe("503 secret_unavailable");
      expect(await send("stranger", signed(stranger.privateKey))).toBe("503 secret_unavailable");
    }
  });

  test.each([
    "../../../evil/keys",
    "https://evil.example/keys",
    "known?",
    "known#",
    "known%00",
    "__proto__",
    "toString",
  ])("kid injection: %j is no part of an address", async (identifier) => {
    const { send, asked } = receiver(list);
    expect(await send(identifier, signed(stranger.privateKey))).toBe("401 unknown_sender");
    expect(new Set(asked)).toEqual(new Set([LIST]));
  });

  test("a flood of kids: ten thousand made-up names cause four fetches, and the genuine sender is served", async () => {
    const { send, asked } = receiver(list, { clock });
    const [forged, genuine] = [signed(stranger.privateKey), signed(known.privateKey)];
    for (let i = 0; i < 10_000; i++) await send(`made-up-${i}`, forged);
    expect(asked).toHaveLength(4);
    expect(await send("known", genuine)).toBe("verified");
  });

  test("redirects are not followed: whoever can redirect could put in his own keys", async () => {
    const { send, asked } = receiver(
      async () => new Response(null, { status: 302, headers: { location: "https://evil.example/keys" } }),
    );
    expect(await send("known", signed(stranger.privateKey))).toBe("503 secret_unavailable");
    expect(asked).toEqual([LIST]);
  });
});

describe("algorithm confusion", () => {
  test("HMAC with the public key for a secret is not taken", async () => {
    const text = pemOf(known.publicKey);
    const verifier = createVerifier(githubSecretScanning, { secret: text, log: false });
    for (const secret of [text, text.trim(), createPublicKey(text).export({ format: "der", type: "spki" })]) {
      for (const digest of ["sha256", "sha512"]) {
        const signature = createHmac(digest, secret).update(BODY).digest("base64");
        const headers = { "github-public-key-signature": signature };
        expect(await verdict(verifier.verify({ method: "POST", url: "/", headers, body: BODY }))).toMatch(/^401 /);
      }
    }
  });

  test("a shared secret in a JWK Set is no key, even if it is the only one", async () => {
    const k = Buffer.from("shared").toString("base64url");
    const fetch = async () => Response.json({ keys: [{ kty: "oct", k, kid: "1" }] });
    const verifier = createVerifier(fal, { secret: jwks("https://example.com/jwks", { fetch }), clock, log: false });
    const headers = {
      "x-fal-webhook-signature": "ab".repeat(64),
      "x-fal-webhook-timestamp": String(NOW / 1000),
      "x-fal-webhook-request-id": "1",
      "x-fal-webhook-user-id": "1",
    };
    expect(await verdict(verifier.verify({ method: "POST", url: "/", headers, body: "{}" }))).toBe(
      "503 secret_unavailable",
    );
  });
});

test("weak keys, and private ones, are refused when the verifier is built", () => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const low = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 });
  const other = generateKeyPairSync("ec", { namedCurve: "P-384" });
  expect(() => createVerifier(wise, { secret: pemOf(weak.publicKey) })).toThrow(/1024 bits/);
  expect(() => createVerifier(wise, { secret: pemOf(low.publicKey) })).toThrow(/public exponent/);
  expect(() => createVerifier(wise, { secret: pem(pemOf(weak.publicKey)) })).toThrow(/1024 bits/);
  expect(() => createVerifier(sendgrid, { secret: privatePem(known.privateKey) })).toThrow(/private key/);
  expect(() => createVerifier(sendgrid, { secret: pemOf(other.publicKey) })).toThrow(/needs an EC key on P-256/);
});

describe("ECDSA", () => {
  const verifier = createVerifier(sendgrid, {
    secret: pemOf(known.publicKey),
    clock,
    replay: memoryReplayStore(),
    log: false,
  });
  const time = String(NOW / 1000);
  const send = (der: Uint8Array, content = BODY) =>
    verdict(
      verifier.verify({
        method: "POST",
        url: "/",
        headers: {
          "x-twilio-email-event-webhook-signature": Buffer.from(der).toString("base64"),
          "x-twilio-email-event-webhook-timestamp": time,
        },
        body: content,
      }),
    );
  const genuine = signBytes("sha256", Buffer.from(time + BODY), known.privateKey);
  const [rLength] = [genuine[3] as number];
  const r = BigInt(`0x${genuine.subarray(4, 4 + rLength).toString("hex")}`);
  const s = BigInt(`0x${genuine.subarray(6 + rLength).toString("hex")}`);
  const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const integer = (value: bigint) => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
    const whole = (bytes[0] as number) >= 128 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
    return Buffer.concat([Buffer.from([2, whole.length]), whole]);
  };
  const der = (a: bigint, b: bigint) => {
    const content = Buffer.concat([integer(a), integer(b)]);
    return Buffer.concat([Buffer.from([0x30, content.length]), content]);
  };

  test("zero, one and the order prove nothing (CVE-2022-21449)", async () => {
    for (const a of [0n, 1n, N, N - 1n, N + 1n]) {
      for (const b of [0n, 1n, N, N - 1n]) expect(await send(der(a, b))).toMatch(/^401 /);
    }
    expect(await send(der(r, s + N))).toMatch(/^401 /);
  });

  test("one signature has one spelling: no BER, nothing behind it", async () => {
    const long = Buffer.concat([Buffer.from([0x30, 0x81]), genuine.subarray(1)]);
    expect(await send(long)).toMatch(/^401 /);
    expect(await send(Buffer.concat([genuine, Buffer.from([0])]))).toMatch(/^401 /);
    expect(
      await send(Buffer.concat([genuine.subarray(0, 2), Buffer.from([2, rLength + 1, 0]), genuine.subarray(4)])),
    ).toMatch(/^401 /);
  });

  test("a second signature that anybody can make of the first (r, −s) is the same delivery, not another", async () => {
    const verified = await send(genuine);
    expect(verified).toBe("verified");
    expect(await send(der(r, N - s))).toBe("503 in_progress"); // The first is not settled: the claim is one.
  });
});

test("a body hash that is signed is compared with the body that came, and the user with the header", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const fetch = async () => Response.json({ keys: [publicKey.export({ format: "jwk" })] });
  const verifier = createVerifier(fal, { secret: jwks("https://example.com/jwks", { fetch }), clock, log: false });
  const user = { "x-fal-webhook-user-id": "user-1" };
  const proof = await sign(fal, {
    secret: JSON.stringify(privateKey.export({ format: "jwk" })),
    body: BODY,
    headers: user,
    timestamp: NOW / 1000,
  });
  const send = (content: string, changed = {}) =>
    verdict(verifier.verify({ method: "POST", url: "/", headers: { ...user, ...proof, ...changed }, body: content }));
  expect(await send(BODY)).toBe("verified");
  expect(await send(`${BODY} `)).toBe("401 signature_mismatch");
  expect(await send(BODY, { "x-fal-webhook-user-id": "user-2" })).toBe("401 signature_mismatch");
  expect(await send(BODY, { "x-fal-webhook-request-id": "another" })).toBe("401 signature_mismatch");
});

test("a checksum proves no body: another one of the same CRC-32 holds under the same signature", async () => {
  const checked = defineProvider({
    name: "checked",
    docs: "https://example.com",
    scheme: asymmetric({
      algorithm: "ecdsa-p256-sha256",
      encoding: "base64",
      signature: { header: "x-signature" },
      content: ["id|", crc32],
    }),
  });
  expect(() =>
    defineProvider({ ...checked, scheme: asymmetric({ ...checked.scheme, content: [crc32, body] } as never) }),
  ).toThrow(/body only once/);
  // Two texts of one checksum: "plumless" and "buckeroo" are the classic pair.
  const headers = await sign(checked, { secret: privatePem(known.privateKey), body: "plumless" });
  const verifier = createVerifier(checked, { secret: pemOf(known.publicKey), payload: "raw", log: false });
  const send = (content: string) => verdict(verifier.verify({ method: "POST", url: "/", headers, body: content }));
  expect(await send("plumless")).toBe("verified");
  expect(await send("buckeroo")).toBe("verified");
  expect(await send("buckaroo")).toBe("401 signature_mismatch");
});
