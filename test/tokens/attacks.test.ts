import { createVerifier, defineProvider, type SecretLookup, type VerifierOptions } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { type JwsOptions, type JwtOptions, jws, jwt } from "@countersign/tokens";
import { atlassianConnect, googlePubSub, microsoftGraph, plaid } from "@countersign/tokens/providers";
import { describe, expect, test } from "vitest";
import { compact, detached, ed25519, hashOf, otherRsa, p256, p384, rsa, verdict, weakRsa } from "./make.ts";

/** The published mistakes of verifiers of tokens, each as an attack, under the name that it is known by. */

const NOW = 1_784_000_000_000;
const SECONDS = NOW / 1000;
const clock = fakeClock(NOW);

const GENUINE = {
  iss: "https://accounts.google.com",
  aud: "https://example.com/push",
  sub: "113774264463038321964",
  email: "push@mine.iam.gserviceaccount.com",
  email_verified: true,
  iat: SECONDS,
  exp: SECONDS + 3600,
};
const OPTIONS: JwtOptions = {
  algorithms: ["RS256"],
  issuer: "https://accounts.google.com",
  audience: "https://example.com/push",
  email: "push@mine.iam.gserviceaccount.com",
};
const HEADER = { alg: "RS256", typ: "JWT", kid: "key-1" };
const TRUSTED = rsa.jwk({ kid: "key-1", alg: "RS256", use: "sig" });

const schemed = (scheme: ReturnType<typeof jwt> | ReturnType<typeof jws>) =>
  defineProvider({ name: "attacked", docs: "https://example.com", payload: "raw", scheme });

function bearer(
  token: string,
  options: Partial<JwtOptions> = {},
  secret: VerifierOptions<unknown>["secret"] = TRUSTED,
) {
  const verifier = createVerifier(schemed(jwt({ ...OPTIONS, ...options })), { secret, clock, log: false });
  const headers = { authorization: `Bearer ${token}` };
  return verdict(verifier.verify({ method: "POST", url: "/", headers, body: "{}" }));
}
const token = (claims: object = {}, header: object = {}, key = rsa.privateKey) =>
  compact({ ...HEADER, ...header }, { ...GENUINE, ...claims }, key);

test("the genuine token is accepted, so that what follows is refused for its own reason", async () => {
  expect(await bearer(token())).toBe("accepted");
  expect(await bearer(token({ aud: ["other", GENUINE.aud] }))).toBe("accepted");
  expect(await bearer(token().replace("Bearer", "bearer"))).toBe("accepted");
});

describe("audience only", () => {
  const pins = { issuer: "https://issuer.example", audience: "me" };
  test.each<[string, Partial<JwtOptions>, string]>([
    ["nothing is pinned", {}, "issuer"],
    ["the audience alone", { audience: "me" }, "issuer"],
    ["the issuer alone", { issuer: pins.issuer }, "audience"],
    ["the subject alone", { subject: "s" }, "issuer"],
    ["issuer and audience, and nobody's identity", pins, "subject"],
    ["a sole issuer without an audience", { issuer: pins.issuer, soleIssuer: true }, "audience"],
    ["claims that are empty", { ...pins, claims: {} }, "subject"],
  ])("a set-up is refused: %s", (_, options, option) => {
    expect(() => jwt({ algorithms: ["RS256"], ...options })).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option: `jwt.${option}` }),
    );
  });

  test.each<[string, Partial<JwtOptions>]>([
    ["subject", { ...pins, subject: "s" }],
    ["email", { ...pins, email: ["a@example.com", "b@example.com"] }],
    ["another claim", { ...pins, claims: { azp: "the-sender" } }],
    ["a sole issuer", { ...pins, soleIssuer: true }],
  ])("a set-up is taken with %s", (_, options) => {
    expect(() => jwt({ algorithms: ["RS256"], ...options })).not.toThrow();
  });
});

describe("a token for somebody else of the same issuer", () => {
  test.each<[string, object]>([
    ["another account", { email: "attacker@evil.iam.gserviceaccount.com" }],
    ["an account whose name begins alike", { email: "push@mine.iam.gserviceaccount.com.evil.example" }],
    ["in another case", { email: "PUSH@mine.iam.gserviceaccount.com" }],
    ["no account", { email: undefined }],
    ["a list of accounts", { email: [GENUINE.email] }],
    ["an email that nobody verified", { email_verified: false }],
    ["an email that says so in text", { email_verified: "true" }],
    ["an email that says nothing", { email_verified: undefined }],
    ["another audience", { aud: "https://example.com/push/" }],
    ["no audience", { aud: undefined }],
    ["an empty list of audiences", { aud: [] }],
    ["an audience that holds it", { aud: ["x https://example.com/push"] }],
    ["another issuer", { iss: "https://accounts.google.com.evil.example" }],
    ["a list of issuers", { iss: [GENUINE.iss] }],
  ])("%s", async (_, claims) => {
    expect(await bearer(token(claims))).toBe("unknown_sender");
  });

  test("a pinned subject, and other claims", async () => {
    expect(await bearer(token(), { subject: GENUINE.sub, claims: { azp: "a" } })).toBe("unknown_sender");
    expect(await bearer(token({ azp: "a" }), { subject: GENUINE.sub, claims: { azp: "a" } })).toBe("accepted");
    expect(await bearer(token({ azp: "a", sub: "1" }), { subject: GENUINE.sub })).toBe("unknown_sender");
    const inherited = bearer(token(), { claims: { constructor: "x" } });
    expect(await inherited).toBe("unknown_sender");
  });
});

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
  test("a curve that is not the algorithm's", async () => {
    expect(() => createVerifier(schemed(jwt({ ...OPTIONS, algorithms: ["ES256"] })), { secret: p384.pem })).toThrow(
      /P-384/,
    );
  });
});

describe("kid, jku, x5u and jwk: injection of paths, URLs and keys", () => {
  test.each([
    "../../../../dev/null",
    "https://evil.example/jwks.json",
    "' OR 1=1 --",
    "key-1 | cat /etc/passwd",
    "x".repeat(256),
  ])("kid is a name to compare and nothing else: %s", async (kid) => {
    const wanted: unknown[] = [];
    const secret: SecretLookup = (_request, _context, key) => {
      wanted.push(key);
      return TRUSTED;
    };
    expect(await bearer(token({}, { kid }), {}, secret)).toBe("signature_mismatch"); // Of another name than the key.
    expect(wanted).toEqual([{ keyId: kid, algorithm: "RS256" }]);
  });
  test.each(["", "x".repeat(257), "a\nb", "a\0b", "é", 1, null, {}])("kid is no name: %j", async (kid) => {
    expect(await bearer(token({}, { kid }))).toBe("malformed_signature");
  });
  test.each<[string, object]>([
    ["jwk", { jwk: JSON.parse(otherRsa.jwk()) }],
    ["jku", { jku: "https://evil.example/jwks.json" }],
    ["x5u", { x5u: "https://evil.example/cert.pem" }],
    ["x5c", { x5c: ["MIIB"] }],
  ])("%s in the token is ignored", async (_, header) => {
    expect(await bearer(token({}, header, otherRsa.privateKey))).toBe("signature_mismatch");
    expect(await bearer(token({}, { ...header, kid: undefined }, otherRsa.privateKey))).toBe("signature_mismatch");
    expect(await bearer(token({}, header))).toBe("accepted");
  });
});

describe("crit, b64, typ and other words of the header", () => {
  test.each<[string, object]>([
    ["an extension that is not known", { crit: ["exp"], exp: 1 }],
    ["an empty list", { crit: [] }],
    ["b64 false", { b64: false, crit: ["b64"] }],
    ["b64 false, not critical", { b64: false }],
    ["an access token", { typ: "at+jwt" }],
    ["no text", { typ: 1 }],
  ])("%s", async (_, header) => {
    expect(await bearer(token({}, header))).toBe("malformed_signature");
  });
  test("a type is compared as the standard says", async () => {
    for (const typ of ["jwt", "application/JWT", undefined]) expect(await bearer(token({}, { typ }))).toBe("accepted");
    expect(await bearer(token({}, { typ: undefined }), { type: "secevent+jwt" })).toBe("malformed_signature");
    expect(await bearer(token({}, { typ: "secevent+jwt" }), { type: "secevent+jwt" })).toBe("accepted");
  });
});

describe("times", () => {
  test.each<[string, object, string]>([
    ["expired", { exp: SECONDS - 61, iat: SECONDS - 3661 }, "timestamp_too_old"],
    ["expired within the tolerance", { exp: SECONDS - 59 }, "accepted"],
    ["never expires", { exp: undefined }, "malformed_signature"],
    ["expires as text", { exp: String(SECONDS + 60) }, "malformed_signature"],
    ["expires at no time", { exp: null }, "malformed_signature"],
    ["expires in milliseconds", { exp: NOW }, "malformed_signature"],
    ["a negative time", { exp: -1 }, "malformed_signature"],
    ["not valid yet", { nbf: SECONDS + 61 }, "timestamp_in_future"],
    ["valid within the tolerance", { nbf: SECONDS + 59 }, "accepted"],
    ["made in the future", { iat: SECONDS + 61 }, "timestamp_in_future"],
    ["made at no time", { iat: "now" }, "malformed_signature"],
    ["with a fraction of a second", { iat: SECONDS - 0.5, exp: SECONDS + 0.5 }, "accepted"],
  ])("%s", async (_, claims, expected) => {
    expect(await bearer(token(claims))).toBe(expected);
  });
  test("an age is judged by the verifier's window", async () => {
    const fresh = { ...OPTIONS, maxAge: "5m" } as const;
    expect(await bearer(token({ iat: SECONDS - 300, exp: undefined }), fresh)).toBe("accepted");
    expect(await bearer(token({ iat: SECONDS - 301, exp: undefined }), fresh)).toBe("timestamp_too_old");
    expect(await bearer(token({ iat: SECONDS + 301, exp: undefined }), fresh)).toBe("timestamp_in_future");
    expect(await bearer(token({ iat: undefined }), fresh)).toBe("malformed_signature");
    expect(await bearer(token({ iat: SECONDS, exp: SECONDS - 61 }), fresh)).toBe("timestamp_too_old");
  });
});

describe("body hash not compared", () => {
  const body = '{"webhook_code":"SYNC_UPDATES_AVAILABLE"}';
  const made = (claims: object) => compact({ alg: "ES256", typ: "JWT" }, { iat: SECONDS, ...claims }, p256.privateKey);
  const send = (text: string, sent = body) =>
    verdict(
      createVerifier(plaid, { secret: p256.pem, clock, log: false }).verify({
        method: "POST",
        url: "/",
        headers: { "plaid-verification": text },
        body: sent,
      }),
    );
  const hash = hashOf(body, "hex");

  test("another body, one byte more, the same JSON written otherwise", async () => {
    const text = made({ request_body_sha256: hash });
    expect(await send(text)).toBe("accepted");
    for (const other of ["{}", `${body} `, body.replace(":", ": "), ""])
      expect(await send(text, other)).not.toBe("accepted");
  });
  test.each<[string, unknown]>([
    ["no hash", undefined],
    ["null", null],
    ["an empty one", ""],
    ["a list", [hash]],
    ["the beginning of it", hash.slice(0, 32)],
    ["in upper case", hash.toUpperCase()],
    ["in base64", hashOf(body, "base64")],
    ["of nothing", hashOf("", "hex")],
  ])("%s", async (_, said) => {
    expect(await send(made({ request_body_sha256: said }))).toMatch(/signature/);
  });
  test("the head is judged before a byte of the body is read", async () => {
    const verifier = createVerifier(plaid, { secret: p256.pem, clock });
    const headers = { "plaid-verification": made({ request_body_sha256: hash }).replace(/.{8}$/, "AAAAAAAA") };
    expect(await verifier.begin({ method: "POST", headers })).toMatchObject({ status: 401 });
  });
});

describe("tenant from an unsigned claim", () => {
  test("Atlassian: a token of one site does not hold for another", async () => {
    const secrets = new Map([
      ["site-a", "secret of a"],
      ["site-b", "secret of b"],
    ]);
    const verifier = createVerifier(atlassianConnect({ baseUrl: "https://example.com" }), {
      secret: (_request, _context, wanted) => secrets.get(wanted?.keyId ?? "") ?? null,
      clock,
      log: false,
    });
    const send = (iss: unknown, secret: string) => {
      const claims = { iss, iat: SECONDS, exp: SECONDS + 180, qsh: hashOf("POST&/hook&", "hex") };
      const headers = { authorization: `JWT ${compact({ alg: "HS256", typ: "JWT" }, claims, secret)}` };
      return verdict(verifier.verify({ method: "POST", url: "/hook", headers, body: "{}" }));
    };
    expect(await send("site-a", "secret of a")).toBe("accepted");
    expect(await send("site-a", "secret of b")).toBe("signature_mismatch");
    expect(await send("site-c", "secret of b")).toBe("unknown_sender");
    expect(await send(["site-a"], "secret of a")).toBe("malformed_signature");
    expect(await send("site-a\n", "secret of a")).toBe("malformed_signature");
  });

  const APP = "8e460676-ae3f-4b1e-8790-ee0fb5d6148f";
  const [MINE, ALSO_MINE, OTHER] = [
    "84bd8158-6d4d-4958-8b9f-9d6445542f95",
    "11111111-2222-3333-4444-555555555555",
    "99999999-2222-3333-4444-555555555555",
  ] as const;
  const PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086";
  const graphToken = (tenant: string, claims: object = {}) =>
    compact(
      { alg: "RS256", typ: "JWT" },
      {
        aud: APP,
        iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
        azp: PUBLISHER,
        tid: tenant,
        iat: SECONDS,
        exp: SECONDS + 3600,
        ...claims,
      },
      rsa.privateKey,
    );
  const graph = createVerifier(microsoftGraph({ appId: APP, tenants: [MINE, ALSO_MINE] }), {
    secret: rsa.pem,
    clock,
    log: false,
  });
  const notify = (tokens: unknown, tenants: readonly (string | undefined)[]) =>
    verdict(
      graph.verify({
        method: "POST",
        url: "/",
        headers: {},
        body: JSON.stringify({ value: tenants.map((tenantId) => ({ id: "n", tenantId })), validationTokens: tokens }),
      }),
    );

  test("Graph: a notification of a tenant that no token proves", async () => {
    expect(await notify([graphToken(MINE)], [MINE, undefined])).toBe("accepted");
    expect(await notify([graphToken(MINE), graphToken(ALSO_MINE)], [MINE, ALSO_MINE])).toBe("accepted");
    expect(await notify([graphToken(MINE)], [ALSO_MINE])).toBe("unknown_sender");
    expect(await notify([graphToken(MINE), graphToken(ALSO_MINE)], [undefined])).toBe("unknown_sender");
  });
  test.each<[string, unknown, string]>([
    ["a token of another tenant", [graphToken(OTHER)], "unknown_sender"],
    ["one good token and one of another tenant", [graphToken(MINE), graphToken(OTHER)], "unknown_sender"],
    ["a token that another application asked for", [graphToken(MINE, { azp: OTHER })], "unknown_sender"],
    ["a token for another application", [graphToken(MINE, { aud: OTHER })], "unknown_sender"],
    [
      "one good token and one forged",
      [graphToken(MINE), graphToken(MINE).replace(/.{9}$/, "AAAAAAAAA")],
      "signature_mismatch",
    ],
    ["no tokens", [], "missing_signature"],
    ["tokens that are no list", graphToken(MINE), "missing_signature"],
    ["tokens that are no text", [1], "malformed_signature"],
    ["too many", Array(33).fill(graphToken(MINE)), "malformed_signature"],
  ])("Graph: %s", async (_, tokens, expected) => {
    expect(await notify(tokens, [MINE])).toBe(expected);
  });
  test("Graph's question when you subscribe is answered, and nothing that a browser would run", async () => {
    const ask = (query: string) =>
      graph.handle(new Request(`https://example.com/hook?${query}`, { method: "POST" }), () => new Response("handled"));
    const answer = await ask("validationToken=Validation%3A+Testing+client+application+reachability");
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "text/plain; charset=utf-8",
      "Validation: Testing client application reachability",
    ]);
    expect((await ask(`validationToken=${"x".repeat(3000)}`)).status).toBe(400);
    expect((await ask("validationToken=a%0D%0Ab")).status).toBe(400);
  });
});

describe("hostile tokens", () => {
  const [h, p, s] = token().split(".") as [string, string, string];
  test.each<[string, string]>([
    ["no segments", ""],
    ["one", h],
    ["two", `${h}.${p}`],
    ["four", `${h}.${p}.${s}.`],
    ["five, as an encrypted one", `${h}.${p}.${s}.${s}.${s}`],
    ["no payload", `${h}..${s}`],
    ["no signature", `${h}.${p}.`],
    ["padding", `${h}=.${p}.${s}`],
    ["standard base64", `${h}.${p}.${s.slice(0, -1)}+`],
    ["blanks", `${h}. ${p}.${s}`],
    ["a line break", `${h}.${p}.${s}\n`],
    ["no JSON", `${Buffer.from("{").toString("base64url")}.${p}.${s}`],
    ["a list for a header", `${Buffer.from("[]").toString("base64url")}.${p}.${s}`],
    ["null for claims", compact(HEADER, "null", rsa.privateKey)],
    ["claims that are no UTF-8", compact(HEADER, Buffer.from([0x7b, 0xff, 0x7d]), rsa.privateKey)],
    ["8 KiB and more", token({ more: "x".repeat(8192) })],
    ["a bomb of brackets", compact(HEADER, "[".repeat(5000), rsa.privateKey)],
  ])("%s", async (_, text) => {
    expect(await bearer(text)).toBe("malformed_signature");
  });
  test("a header that comes twice, or with another word", async () => {
    const verifier = createVerifier(schemed(jwt(OPTIONS)), { secret: TRUSTED, clock });
    const send = (authorization: string | string[]) =>
      verdict(verifier.verify({ method: "POST", url: "/", headers: { authorization }, body: "{}" }));
    expect(await send([`Bearer ${token()}`, `Bearer ${token()}`])).toBe("malformed_signature");
    expect(await send(`Basic ${token()}`)).toBe("malformed_signature");
    expect(await send(`BEARER ${token()}`)).toBe("accepted");
    expect(await send(token())).toBe("malformed_signature");
  });
});

describe("detached signatures", () => {
  const body = '{"a":1}';
  const options: JwsOptions = { header: "x-jws", algorithms: ["RS256"], b64: false };
  const send = (text: string, change: Partial<JwsOptions> = {}, sent = body, headers: object = {}) =>
    verdict(
      createVerifier(schemed(jws({ ...options, ...change })), { secret: rsa.pem, clock, log: false }).verify({
        method: "POST",
        url: "/",
        headers: { "x-jws": text, ...headers },
        body: sent,
      }),
    );
  const make = (header: object, payload = body) => detached({ alg: "RS256", ...header }, payload, rsa.privateKey);

  test("b64 counts only as the scheme says, and only when it is critical", async () => {
    expect(await send(make({ b64: false, crit: ["b64"] }))).toBe("accepted");
    expect(await send(make({ b64: false }))).toBe("malformed_signature");
    expect(await send(make({ b64: false }), { crit: false })).toBe("accepted");
    expect(await send(make({ b64: false, crit: ["b64", "exp"] }), { crit: false })).toBe("malformed_signature");
    expect(await send(make({}), { crit: false })).toBe("malformed_signature");
    expect(await send(make({}), { b64: true })).toBe("accepted");
    expect(await send(make({ b64: false, crit: ["b64"] }), { b64: true })).toBe("malformed_signature");
  });

  test("a time is signed, whole and in its window", async () => {
    const timed = { b64: true, timestamp: { member: "ts", unit: "s", tolerance: "5m" } } as const;
    expect(await send(make({ ts: SECONDS - 300 }), timed)).toBe("accepted");
    expect(await send(make({ ts: SECONDS - 301 }), timed)).toBe("timestamp_too_old");
    for (const ts of [undefined, String(SECONDS), SECONDS + 0.5, -1, 1e300, null])
      expect(await send(make({ ts }), timed)).toBe("malformed_signature");
  });

  test("a time in a header of its own is part of what is signed", async () => {
    const timed: Partial<JwsOptions> = {
      b64: true,
      timestamp: { header: "X-Time", unit: "ms", tolerance: "5m" },
      payload: [{ part: "timestamp" }, ".", { part: "body" }],
    };
    const text = make({}, `${NOW}.${body}`);
    expect(await send(text, timed, body, { "x-time": String(NOW) })).toBe("accepted");
    expect(await send(text, timed, body, { "x-time": String(NOW + 1) })).toBe("signature_mismatch");
    expect(await send(text, timed, body, { "x-time": `0${NOW}` })).toBe("malformed_signature");
    expect(await send(text, timed, body)).toBe("missing_signature");
  });

  test.each<[string, Partial<JwsOptions>]>([
    ["a body that is not signed", { payload: ["nothing"] }],
    ["a body that is signed twice", { payload: [{ part: "body" }, { part: "body" }] }],
    ["a time in a header that is not signed", { timestamp: { header: "x-time", unit: "s", tolerance: "5m" } }],
    ["a time that is nowhere", { payload: [{ part: "timestamp" }, { part: "body" }] }],
    ["a time in two places", { timestamp: { header: "a", member: "b", unit: "s", tolerance: "5m" } }],
    ["a unit that is none", { timestamp: { member: "ts", unit: "h" as never, tolerance: "5m" } }],
    ["crit without b64", { b64: true, crit: false }],
    ["no header", { header: "" }],
    ["an option that does not exist", { critical: true } as never],
  ])("a set-up is refused: %s", (_, change) => {
    expect(() => jws({ ...options, ...change })).toThrow(expect.objectContaining({ name: "ConfigurationError" }));
  });
});

test("of several keys the one that holds is told, and those of other kinds are passed over", async () => {
  const scheme = jwt({ ...OPTIONS, algorithms: ["RS256", "ES256"] });
  const verifier = createVerifier(schemed(scheme), { secret: [p256.pem, otherRsa.pem, rsa.pem], clock });
  const headers = { authorization: `Bearer ${token({}, { kid: undefined })}` };
  const delivery = await verifier.verify({ method: "POST", url: "/", headers, body: "{}" });
  expect(delivery.secretIndex).toBe(2);
});

test("no key is asked for what is refused anyway, and a failing lookup is 503", async () => {
  let asked = 0;
  const down: SecretLookup = () => {
    asked++;
    throw new Error("down");
  };
  const provider = googlePubSub({ audience: GENUINE.aud, serviceAccount: GENUINE.email });
  const verifier = createVerifier(provider, { secret: down, clock, log: false });
  const send = (text: string) =>
    verdict(verifier.verify({ method: "POST", url: "/", headers: { authorization: `Bearer ${text}` }, body: "{}" }));
  for (const claims of [{ aud: "x" }, { exp: 1 }, { email: "x" }]) await send(token(claims));
  expect(asked).toBe(0);
  expect(await send(token())).toBe("secret_unavailable");
});
