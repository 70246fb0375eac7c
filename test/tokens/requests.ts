import { compact, detached, ed25519, hashOf, type Pair, p256, rsa } from "./make.ts";

export const NOW = 1_784_000_000_000;
const SECONDS = NOW / 1000;

/** A request of each vendor, made by Node's crypto from what his page says. */
export interface TokenRequest {
  /** The export of `@countersign/tokens/providers`. */
  readonly from: string;
  /** What it is called with, where it is a call. */
  readonly options?: object;
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

export const REQUESTS: Readonly<Record<string, TokenRequest>> = {
  "google-pubsub": {
    from: "googlePubSub",
    options: { audience: "https://example.com", serviceAccount: "gae-gcp@appspot.gserviceaccount.com" },
    body: '{"message":{"data":"aGVsbG8=","messageId":"136969346945","publishTime":"2026-07-14T00:00:00Z"},"subscription":"projects/p/subscriptions/s"}',
    headers: {
      authorization: `Bearer ${google({ aud: "https://example.com", azp: "113774264463038321964", sub: "113774264463038321964", email: "gae-gcp@appspot.gserviceaccount.com" })}`,
    },
    secret: publicKey(rsa),
    signWith: rsa.privateJwk({ kid: "7d680d8c" }),
    covers: false,
  },
  "google-chat with an endpoint": {
    from: "googleChat",
    options: { endpoint: "https://example.com/chat" },
    body: '{"type":"MESSAGE","eventTime":"2026-07-14T00:00:00Z"}',
    headers: {
      authorization: `Bearer ${google({ aud: "https://example.com/chat", email: "chat@system.gserviceaccount.com" })}`,
    },
    secret: publicKey(rsa),
    signWith: rsa.privatePem,
    covers: false,
  },
  "google-chat with a project number": {
    from: "googleChat",
    options: { projectNumber: "1234567890" },
    body: '{"type":"MESSAGE","eventTime":"2026-07-14T00:00:00Z"}',
    headers: {
      authorization: `Bearer ${google({ iss: "chat@system.gserviceaccount.com", aud: "1234567890" })}`,
    },
    secret: rsa.pem,
    signWith: rsa.privatePem,
    covers: false,
  },
  "atlassian-connect": {
    from: "atlassianConnect",
    options: { baseUrl: "https://example.com/jira" },
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
    from: "microsoftGraph",
    options: {
      appId: "8e460676-ae3f-4b1e-8790-ee0fb5d6148f",
      tenants: ["84bd8158-6d4d-4958-8b9f-9d6445542f95"],
    },
    body: graph,
    headers: {},
    secret: publicKey(rsa, "k"),
    covers: false,
  },
  plaid: {
    from: "plaid",
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
    from: "fusionAuth",
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
    from: "fusionAuth",
    options: { algorithms: ["HS256"] },
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
    from: "fireblocks",
    body: '{"id":"n","eventType":"transaction.created","workspaceId":"w","createdAt":1784000000000,"data":{}}',
    get headers() {
      return { "fireblocks-webhook-signature": detached({ alg: "RS512", kid: "v2" }, this.body, rsa.privateKey) };
    },
    secret: publicKey(rsa, "v2"),
    signWith: rsa.privateJwk({ kid: "v2" }),
    covers: true,
  },
  "constant-contact": {
    from: "constantContact",
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
    from: "saleor",
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
    from: "upsun",
    body: '{"id":"a","project":"p","type":"environment.push","state":"complete","payload":{}}',
    get headers() {
      return { "x-jws-signature": detached({ alg: "HS256", b64: false, crit: ["b64"] }, this.body, "shared") };
    },
    secret: "shared",
    signWith: "shared",
    covers: true,
  },
  neon: {
    from: "neon",
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
