import { hkdfSync } from "node:crypto";
import { shopify as provider, shopifyEvents } from "@countersign/core/providers";
import { because, mac, type Peer, type Row } from "./peer.ts";

const SECRET = "test_secret_key";
const BODY = '{"foo": "bar"}';
const HMAC = "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=";

/** The headers of a webhook; an empty one is a header without a value. */
const webhook = (headers: object = {}) => ({
  "x-shopify-api-version": "2023-01",
  "x-shopify-shop-domain": "shop1.myshopify.io",
  "x-shopify-hmac-sha256": HMAC,
  "x-shopify-topic": "products/create",
  "x-shopify-webhook-id": "123456789",
  ...headers,
});
const EVENT = {
  "shopify-api-version": "2023-01",
  "shopify-shop-domain": "shop1.myshopify.io",
  "shopify-hmac-sha256": HMAC,
  "shopify-topic": "Product",
  "shopify-webhook-id": "123456789",
  "shopify-event-id": "event-123",
};
/** Events carry the headers of both kinds. */
const event = (headers: object = {}) => ({ ...webhook(), ...EVENT, ...headers });
const UNSIGNED =
  "topic, shop, version and ids are in unsigned headers, whose presence proves nothing; who uses one looks for it";

/** `X-Shopify-Topic` */
const capitals = (name: string) => name.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase());

function lacking(kind: string, header: string, from: string | readonly string[], more: Partial<Row> = {}): Row {
  return { id: `${kind} without ${header}`, from, theirs: "refused", ours: "accepted", differs: UNSIGNED, ...more };
}

const required = "process: without each header that is required";
const COOKIE = "oauth-state-nonce";
// Their cookies are signed under a key that is derived from the webhooks' one (RFC 5869).
const cookieKey = Buffer.from(hkdfSync("sha256", SECRET, "", "shopify-app-js/cookie-signing/v1", 32));

export const shopify: Peer = {
  name: "shopify",
  source: "github.com/Shopify/shopify-app-js at ef2043d4a",
  files: [
    "packages/apps/shopify-api/lib/webhooks/__tests__/validate.test.ts",
    "packages/apps/shopify-api/lib/webhooks/__tests__/process.test.ts",
  ],
  cases: 32,
  outside:
    "registration of webhooks, OAuth's and the app proxy's signed queries, and the same checks again in framework packages",
  provider,
  given: { secret: SECRET, headers: webhook(), body: BODY, now: 1_784_000_000_000 },
  unaskable: "@shopify/shopify-api 15 unpacks to 23 MB; its signature stands here as its suite has it",
  rows: [
    {
      id: "a signed webhook",
      from: [
        "valid",
        "kind: traditional webhook",
        "kind: webhook with a name",
        "detection: webhook",
        "process: registered topic",
        "process: topic of three parts",
      ],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "names of headers in the case in which Shopify writes them",
      from: "process: case of headers",
      headers: Object.fromEntries(Object.entries(webhook()).map(([name, value]) => [capitals(name), value])),
      theirs: "accepted",
      ours: "accepted",
    },
    lacking("a webhook", "a version", ["missing: version", required], {
      headers: webhook({ "x-shopify-api-version": "" }),
    }),
    lacking("a webhook", "a shop", ["missing: shop", required], { headers: webhook({ "x-shopify-shop-domain": "" }) }),
    lacking("a webhook", "a topic", ["missing: topic", required], { headers: webhook({ "x-shopify-topic": "" }) }),
    lacking("a webhook", "an id", ["missing: id", required], { headers: webhook({ "x-shopify-webhook-id": "" }) }),
    { id: "no body", from: "missing: body", body: "", theirs: "refused", ours: "signature_mismatch" },
    {
      id: "no body and a made-up signature",
      from: "process: empty body",
      headers: webhook({ "x-shopify-hmac-sha256": "fake" }),
      body: "",
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "an empty signature",
      from: ["missing: signature", required],
      headers: webhook({ "x-shopify-hmac-sha256": "" }),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "the signature of a cookie, and its value for a body",
      from: "replayed cookie",
      headers: webhook({ "x-shopify-hmac-sha256": mac("sha256", "base64", cookieKey, COOKIE) }),
      body: COOKIE,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a made-up signature",
      from: "invalid signature",
      headers: webhook({ "x-shopify-hmac-sha256": "fake" }),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "signed with another secret",
      from: "process: another secret",
      secret: "kitties are cute",
      headers: webhook({ "x-shopify-hmac-sha256": mac("sha256", "base64", "incorrect secret", BODY) }),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "an event",
      from: ["kind: event", "kind: event with its own fields", "detection: both kinds of headers"],
      provider: shopifyEvents,
      headers: event(),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an event where webhooks are expected: both signatures are there, and are one",
      from: "detection: both kinds of headers",
      headers: event(),
      theirs: "accepted",
      ours: "accepted",
    },
    ...(
      [
        ["a version", "api-version"],
        ["a shop", "shop-domain"],
        ["a topic", "topic"],
        ["an id", "webhook-id"],
        ["an event's id", "event-id"],
      ] as const
    ).map(([name, header]) =>
      lacking("an event", name, `event missing: ${header}`, {
        provider: shopifyEvents,
        headers: event({ [`shopify-${header}`]: "" }),
        ...(header === "event-id"
          ? { differs: `${UNSIGNED}; version 15 of theirs does not ask for this one either` }
          : {}),
      }),
    ),
    {
      id: "an event with a made-up signature",
      from: "event: invalid signature",
      provider: shopifyEvents,
      headers: event({ "shopify-hmac-sha256": "fake" }),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "an event without a body",
      from: "event: no body",
      provider: shopifyEvents,
      headers: event(),
      body: "",
      theirs: "refused",
      ours: "signature_mismatch",
    },
  ],
  leftOut: because(
    "about calling registered handlers, and what is answered when one fails: the framework's own here",
    "process: context for the handler",
    "process: topic not registered",
    "process: handler fails",
    "process: no handler",
  ),
};
