import { createVerifier, type Provider, sign } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import {
  atlassianConnect,
  constantContact,
  fireblocks,
  fusionAuth,
  googleChat,
  googlePubSub,
  microsoftGraph,
  neon,
  plaid,
  saleor,
  upsun,
} from "@countersign/tokens/providers";
import { describe, expect, test } from "vitest";
import { compact, detached, ed25519, hashOf, otherRsa, type Pair, p256, rsa, verdict } from "./make.ts";

const NOW = 1_784_000_000_000;
const SECONDS = NOW / 1000;
const clock = fakeClock(NOW);

/** A request of each vendor, made by Node's crypto from what his page says. */
interface Row {
  readonly provider: Provider<any>;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secret: string;
  /** For what our own signer makes; absent where only the vendor can. */
  readonly signWith?: string;
  readonly url?: string;
  /** Whether another body is refused. */
  readonly covers: boolean;
}

const google = (claims: object): string =>
  compact(
    { alg: "RS256", kid: "7d680d8c", typ: "JWT" },
    { iss: "https://accounts.google.com", iat: SECONDS, exp: SECONDS + 3600, email_verified: true, ...claims },
    rsa.privateKey,
  );

const publicKey = (pair: Pair, kid = "7d680d8c"): string => pair.jwk({ kid, use: "sig" });

const event = '{"event_id":"550e8400-e29b-41d4-a716-446655440000","event_type":"send.otp"}';
const graphTokens = [
  compact(
    { alg: "RS256", kid: "k", typ: "JWT" },
    {
      aud: "8e460676-ae3f-4b1e-8790-ee0fb5d6148f",
      iss: "https://sts.windows.net/84bd8158-6d4d-4958-8b9f-9d6445542f95/",
      appid: "0bf30f3b-4a52-48df-9a82-234910c4a086",
      tid: "84bd8158-6d4d-4958-8b9f-9d6445542f95",
      iat: SECONDS,
      nbf: SECONDS,
      exp: SECONDS + 3600,
    },
    rsa.privateKey,
  ),
];
const graph = JSON.stringify({
  value: [{ id: "1", subscriptionId: "s", tenantId: "84bd8158-6d4d-4958-8b9f-9d6445542f95" }],
  validationTokens: graphTokens,
});

const ROWS: Readonly<Record<string, Row>> = {
  "google-pubsub": {
    provider: googlePubSub({ audience: "https://example.com", serviceAccount: "gae-gcp@appspot.gserviceaccount.com" }),
    body: '{"message":{"data":"aGVsbG8=","messageId":"136969346945","publishTime":"2026-07-14T00:00:00Z"},"subscription":"projects/p/subscriptions/s"}',
    headers: {
      authorization: `Bearer ${google({ aud: "https://example.com", azp: "113774264463038321964", sub: "113774264463038321964", email: "gae-gcp@appspot.gserviceaccount.com" })}`,
    },
    secret: publicKey(rsa),
    signWith: rsa.privateJwk({ kid: "7d680d8c" }),
    covers: false,
  },
  "google-chat with an endpoint": {
    provider: googleChat({ endpoint: "https://example.com/chat" }),
    body: '{"type":"MESSAGE","eventTime":"2026-07-14T00:00:00Z"}',
    headers: {
      authorization: `Bearer ${google({ aud: "https://example.com/chat", email: "chat@system.gserviceaccount.com" })}`,
    },
    secret: publicKey(rsa),
    signWith: rsa.privatePem,
    covers: false,
  },
  "google-chat with a project number": {
    provider: googleChat({ projectNumber: "1234567890" }),
    body: '{"type":"MESSAGE","eventTime":"2026-07-14T00:00:00Z"}',
    headers: {
      authorization: `Bearer ${google({ iss: "chat@system.gserviceaccount.com", aud: "1234567890" })}`,
    },
    secret: rsa.pem,
    signWith: rsa.privatePem,
    covers: false,
  },
  "atlassian-connect": {
    provider: atlassianConnect({ baseUrl: "https://example.com/jira" }),
    url: "https://example.com/jira/issue-updated?user_key=admin",
    body: '{"timestamp":1784000000000,"webhookEvent":"jira:issue_updated"}',
    headers: {
      authorization: `JWT ${compact(
        { typ: "JWT", alg: "HS256" },
        {
          iss: "jira:1314039",
          iat: SECONDS,
          exp: SECONDS + 180,
          qsh: hashOf("POST&/issue-updated&user_key=admin", "hex"),
        },
        "the site's own secret",
      )}`,
    },
    secret: "the site's own secret",
    signWith: "the site's own secret",
    covers: false,
  },
  "microsoft-graph": {
    provider: microsoftGraph({
      appId: "8e460676-ae3f-4b1e-8790-ee0fb5d6148f",
      tenants: ["84bd8158-6d4d-4958-8b9f-9d6445542f95"],
    }),
    body: graph,
    headers: {},
    secret: publicKey(rsa, "k"),
    covers: false,
  },
  plaid: {
    provider: plaid,
    body: '{"webhook_type":"TRANSACTIONS","webhook_code":"SYNC_UPDATES_AVAILABLE","item_id":"i"}',
    get headers() {
      const claims = { iat: SECONDS, request_body_sha256: hashOf(this.body, "hex") };
      const header = { alg: "ES256", kid: "bfbd5111-8e33-4643-8ced-b2e642a72f3c", typ: "JWT" };
      return { "plaid-verification": compact(header, claims, p256.privateKey) };
    },
    secret: p256.jwk({ alg: "ES256", use: "sig", kid: "bfbd5111-8e33-4643-8ced-b2e642a72f3c" }),
    signWith: p256.privateJwk({ kid: "bfbd5111-8e33-4643-8ced-b2e642a72f3c" }),
    covers: true,
  },
  "fusionauth with RSA": {
    provider: fusionAuth(),
    body: '{"event":{"id":"e","type":"user.create","createInstant":1784000000000}}',
    get headers() {
      const claims = { request_body_sha256: hashOf(this.body, "base64") };
      return { "x-fusionauth-signature-jwt": compact({ alg: "RS256", typ: "JWT", kid: "f" }, claims, rsa.privateKey) };
    },
    secret: publicKey(rsa, "f"),
    signWith: rsa.privateJwk({ kid: "f" }),
    covers: true,
  },
  "fusionauth with HMAC": {
    provider: fusionAuth({ algorithms: ["HS256"] }),
    body: '{"event":{"id":"e","type":"user.create","createInstant":1784000000000}}',
    get headers() {
      const claims = { request_body_sha256: hashOf(this.body, "base64") };
      return { "x-fusionauth-signature-jwt": compact({ alg: "HS256", typ: "JWT" }, claims, "hmac key") };
    },
    secret: "hmac key",
    signWith: "hmac key",
    covers: true,
  },
  fireblocks: {
    provider: fireblocks,
    body: '{"id":"n","eventType":"transaction.created","workspaceId":"w","createdAt":1784000000000,"data":{}}',
    get headers() {
      return { "fireblocks-webhook-signature": detached({ alg: "RS512", kid: "v2" }, this.body, rsa.privateKey) };
    },
    secret: publicKey(rsa, "v2"),
    signWith: rsa.privateJwk({ kid: "v2" }),
    covers: true,
  },
  "constant-contact": {
    provider: constantContact,
    body: '{"event_type":"tier.increase"}',
    get headers() {
      const header = { alg: "RS256", ts: SECONDS, b64: false, crit: ["b64"] };
      return { "x-ctct-webhook-sig": detached(header, this.body, rsa.privateKey) };
    },
    secret: rsa.pem,
    signWith: rsa.privatePem,
    covers: true,
  },
  saleor: {
    provider: saleor,
    body: '{"product":{"name":"T-shirt é"}}',
    get headers() {
      const header = { alg: "RS256", b64: false, kid: "1", typ: "JWT" };
      return { "saleor-signature": detached(header, this.body, rsa.privateKey) };
    },
    secret: publicKey(rsa, "1"),
    signWith: rsa.privateJwk({ kid: "1" }),
    covers: true,
  },
  upsun: {
    provider: upsun,
    body: '{"id":"a","project":"p","type":"environment.push","state":"complete","payload":{}}',
    get headers() {
      // The very header of the page.
      expect(Buffer.from('{"alg":"HS256","b64":false,"crit":["b64"]}').toString("base64url")).toBe(
        detached({ alg: "HS256", b64: false, crit: ["b64"] }, this.body, "shared").split(".")[0],
      );
      return { "x-jws-signature": detached({ alg: "HS256", b64: false, crit: ["b64"] }, this.body, "shared") };
    },
    secret: "shared",
    signWith: "shared",
    covers: true,
  },
  neon: {
    provider: neon,
    body: event,
    headers: {
      "x-neon-signature": detached(
        { alg: "EdDSA", typ: "JWS", kid: "01dec52b" },
        `${NOW}.${Buffer.from(event).toString("base64url")}`,
        ed25519.privateKey,
      ),
      "x-neon-signature-kid": "01dec52b-4666-40f7-87ed-6423552eecaf",
      "x-neon-timestamp": String(NOW),
      "x-neon-event-id": "550e8400-e29b-41d4-a716-446655440000",
    },
    secret: ed25519.jwk({ kid: "01dec52b-4666-40f7-87ed-6423552eecaf" }),
    signWith: ed25519.privateJwk({ kid: "01dec52b-4666-40f7-87ed-6423552eecaf" }),
    covers: true,
  },
};

describe.each(Object.entries(ROWS))("%s", (_, row) => {
  const { provider, body, headers, secret, url = "https://example.com/hook" } = row;
  const verifier = createVerifier(provider, { secret, clock, log: false });
  const send = (change: object = {}) => verdict(verifier.verify({ method: "POST", url, headers, body, ...change }));

  test("a request as the vendor makes it is accepted", async () => {
    expect(await send()).toBe("accepted");
  });

  test("is refused under another key", async () => {
    const other = createVerifier(provider, { secret: another(secret), clock, log: false });
    expect(await verdict(other.verify({ method: "POST", url, headers, body }))).toBe("signature_mismatch");
  });

  test(`another body is ${row.covers ? "refused" : "not noticed, as its unprotected says"}`, async () => {
    expect(provider.unprotected).toBeTruthy();
    const other = body.replace(/"([A-Za-z_]+)":"[^"]*"/, '"$1":"other"');
    expect(other).not.toBe(body);
    expect(await send({ body: other })).toBe(row.covers ? "signature_mismatch" : "accepted");
  });

  test("is refused without its proof", async () => {
    const bare = body === graph ? { body: '{"value":[]}' } : { headers: {} };
    expect(await send(bare)).toBe("missing_signature");
  });

  test.runIf(row.signWith !== undefined)("what is signed here is accepted too", async () => {
    const made = await sign(provider, {
      secret: row.signWith as string,
      body,
      method: "POST",
      url,
      timestamp: new Date(NOW),
    });
    expect(await send({ headers: made })).toBe("accepted");
  });
});

/** A key of the same kind that signed nothing here. */
function another(secret: string): string {
  if (secret.includes('"P-256"'))
    return '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}';
  if (secret.includes('"Ed25519"'))
    return '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}';
  return secret.includes("RSA") || secret.includes("PUBLIC KEY") ? otherRsa.pem : "another secret";
}

test("Plaid's page: its key is taken, and a token with its header is read", async () => {
  // https://plaid.com/docs/api/webhooks/webhook-verification/
  const key = {
    alg: "ES256",
    crv: "P-256",
    kid: "bfbd5111-8e33-4643-8ced-b2e642a72f3c",
    kty: "EC",
    use: "sig",
    x: "hKXLGIjWvCBv-cP5euCTxl8g9GLG9zHo_3pO5NN1DwQ",
    y: "shhexqPB7YffGn6fR6h2UhTSuCtPmfzQJ6ENVIoO4Ys",
  };
  const claims = { iat: 1_560_211_755, request_body_sha256: hashOf("{}", "hex") };
  const token = compact({ alg: "ES256", kid: key.kid, typ: "JWT" }, claims, p256.privateKey);
  const verifier = createVerifier(plaid, { secret: JSON.stringify(key), clock: fakeClock(1_560_211_755_000) });
  const request = { method: "POST", url: "/", headers: { "plaid-verification": token }, body: "{}" };
  expect(await verdict(verifier.verify(request))).toBe("signature_mismatch"); // Read, and not signed by that key.
});

test("Pub/Sub's page: its token is read, and refused when it has expired", async () => {
  // https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
  const [header, claims] = [
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjdkNjgwZDhjNzBkNDRlOTQ3MTMzY2JkNDk5ZWJjMWE2MWMzZDVhYmMiLCJ0eXAiOiJKV1QifQ",
    "eyJhdWQiOiJodHRwczovL2V4YW1wbGUuY29tIiwiYXpwIjoiMTEzNzc0MjY0NDYzMDM4MzIxOTY0IiwiZW1haWwiOiJnYWUtZ2NwQGFwcHNwb3QuZ3NlcnZpY2VhY2NvdW50LmNvbSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJleHAiOjE1NTAxODU5MzUsImlhdCI6MTU1MDE4MjMzNSwiaXNzIjoiaHR0cHM6Ly9hY2NvdW50cy5nb29nbGUuY29tIiwic3ViIjoiMTEzNzc0MjY0NDYzMDM4MzIxOTY0In0",
  ];
  const asked: unknown[] = [];
  const at = (now: number, serviceAccount = "gae-gcp@appspot.gserviceaccount.com") => {
    const provider = googlePubSub({ audience: "https://example.com", serviceAccount });
    const secret = (_: unknown, __: unknown, wanted: unknown) => {
      asked.push(wanted);
      return rsa.pem;
    };
    const verifier = createVerifier(provider, { secret, clock: fakeClock(now) });
    const headers = { authorization: `Bearer ${header}.${claims}.${"A".repeat(342)}` };
    return verdict(verifier.verify({ method: "POST", url: "/", headers, body: "{}" }));
  };
  expect(await at(1_550_182_400_000)).toBe("signature_mismatch");
  expect(asked).toEqual([{ keyId: "7d680d8c70d44e947133cbd499ebc1a61c3d5abc", algorithm: "RS256" }]);
  expect(await at(1_550_186_000_000)).toBe("timestamp_too_old");
  expect(await at(1_550_182_400_000, "somebody@else.iam.gserviceaccount.com")).toBe("unknown_sender");
  expect(asked).toHaveLength(1); // No key is fetched for what would be refused anyway.
});
