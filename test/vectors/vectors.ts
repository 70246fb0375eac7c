import { readFileSync } from "node:fs";
import type { Provider } from "@countersign/core";
import {
  asana,
  bitbucket,
  box,
  calendly,
  clerk,
  contentful,
  discord,
  dropbox,
  fal,
  forgejo,
  gitea,
  github,
  githubSecretScanning,
  gitlab,
  gitlabSigned,
  hubspot,
  intercom,
  line,
  linear,
  meta,
  notion,
  paddle,
  pagerduty,
  razorpay,
  resend,
  sendgrid,
  sentry,
  shopify,
  shopifyEvents,
  slack,
  square,
  stalwart,
  standardWebhooks,
  standardWebhooksAsymmetric,
  stripe,
  svix,
  tailscale,
  telnyx,
  twilio,
  typeform,
  vercel,
  whatsapp,
  wise,
  workos,
  zendesk,
  zoom,
} from "@countersign/core/providers";

/** A request whose proof somebody else has computed. */
export interface Vector {
  readonly provider: Provider<any>;
  readonly name: string;
  /** Where the signature comes from: the vendor's page, tests or library; or independent of the code under test. */
  readonly source: string;
  readonly secret: string;
  /** For Ed25519: the private key. */
  readonly privateKey?: string;
  /** What `sign` is given, in the provider's unit; the clock of the verifier stands at it. */
  readonly timestamp?: number | Date;
  readonly id?: string;
  readonly method?: string;
  readonly url?: string;
  readonly body: string;
  /** All headers, as received. */
  readonly headers: Readonly<Record<string, string>>;
  /** Set where the body is no payload of the provider, or is a handshake. */
  readonly raw?: true;
  /** Set where `sign` cannot give the same header, and why. */
  readonly unsigned?: string;
}

const DERIVED = "computed from the vendor's description with node:crypto";
/** RFC 8032, 7.1, test 1. */
const RFC8032 = {
  privateKey: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
  publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
};
const RANDOM = "ECDSA signatures hold chance, and only the vendor has the private key";
const WISE_SANDBOX = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwpb91cEYuyJNQepZAVfP
ZIlPZfNUefH+n6w9SW3fykqKu938cR7WadQv87oF2VuT+fDt7kqeRziTmPSUhqPU
ys/V2Q1rlfJuXbE+Gga37t7zwd0egQ+KyOEHQOpcTwKmtZ81ieGHynAQzsn1We3j
wt760MsCPJ7GMT141ByQM+yW1Bx+4SG3IGjXWyqOWrcXsxAvIXkpUD/jK/L958Cg
nZEgz0BSEh0QxYLITnW1lLokSx/dTianWPFEhMC9BgijempgNXHNfcVirg1lPSyg
z7KqoKUN0oHqWLr2U1A+7kqrl6O2nx3CKs1bj1hToT1+p4kcMoHXA7kA+VBLUpEs
VwIDAQAB
-----END PUBLIC KEY-----`;
/** Their bodies end in a line break, and so does each event in them. */
const SENDGRID = [
  {
    name: "one event",
    secret:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
    time: 1600112502,
    signature: "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
    body: '[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n',
  },
  {
    name: "two events",
    secret:
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQ4LIFtWztlsF7skFqOncjD1lun4H5w8XOhyOArHW9RcIx/FfEzx6cikC/yPfUvwaX/JScE7Fc9CJD2afQ9Ok3Q==",
    time: 1619651159,
    signature: "MEYCIQC/I4o6vCgqRYrTljjoVWB/GRWNtxeePlLMHr3x9ETeRQIhAIpV+03nREPTTHWSW0wIOA0EoMPdcNgXa70yCaqDJlu5",
    body: '[{"email":"invalid@gmail.com","event":"processed","send_at":0,"sg_event_id":"cHJvY2Vzc2VkLTE5OTQyMTEyLXFOd0JMZ1BRUWpXNkRKdktRd1NBYnctMA","sg_message_id":"qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0","smtp-id":"<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>","timestamp":1619651146},\r\n{"email":"invalid@gmail.com","event":"bounce","ip":"167.89.101.76","reason":"552 5.2.2 The email account that you tried to reach is over quota and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm c17si1130468pgv.34 - gsmtp","sg_event_id":"Ym91bmNlLTAtMTk5NDIxMTItcU53QkxnUFFRalc2REp2S1F3U0Fidy0w","sg_message_id":"qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0","smtp-id":"<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>","status":"5.2.2","timestamp":1619651147,"tls":1,"type":"blocked"}]\r\n',
  },
];
const PAGERDUTY = readFileSync(new URL("./fixtures/pagerduty.json", import.meta.url), "utf8");

const STANDARD = {
  source: "standard-webhooks/standard-webhooks libraries/javascript/src/webhook.test.ts",
  secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
} as const;
const GOOD = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const BAD = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

function webhookHeaders(prefix: "webhook" | "svix", signature: string) {
  return { [`${prefix}-id`]: STANDARD.id, [`${prefix}-timestamp`]: "1614265330", [`${prefix}-signature`]: signature };
}

const TWILIO = "twilio/twilio-node spec/validation.spec.js, secret 12345";
const TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2";
const TWILIO_FORM = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
const FORM = "application/x-www-form-urlencoded; charset=utf-8";

function twilioForm(name: string, url: string, signature: string, body = TWILIO_FORM): Vector {
  return {
    provider: twilio,
    name,
    source: TWILIO,
    secret: "12345",
    url,
    body,
    headers: { "content-type": FORM, "x-twilio-signature": signature },
  };
}

function twilioJson(name: string, url: string, signature: string, body: string): Vector {
  return {
    provider: twilio,
    name,
    source: TWILIO,
    secret: "12345",
    url,
    body,
    headers: { "content-type": "application/json", "x-twilio-signature": signature },
  };
}

const CONTENTFUL = "@contentful/node-apps-toolkit 3.16.1 signRequest, run; secret and time from its tests";
const LISTED = "x-contentful-signed-headers,x-contentful-timestamp";

/** Every vector. */
export const vectors: readonly Vector[] = [
  {
    provider: tailscale,
    name: "test event",
    source: "tailscale/tailscale docs/webhooks/example.go, run",
    secret: "tskey-webhook-xxxxx",
    timestamp: 1682179417,
    body: '[{"timestamp":"2023-04-22T16:03:37.061963715Z","version":1,"type":"test","tailnet":"example.com","message":"This is a test event"}]',
    headers: {
      "tailscale-webhook-signature": "t=1682179417,v1=3ef8ba1c7961a5f31f8c3dd7c577890584736c18da1101a2fbd0f0e2db913ec9",
    },
  },
  {
    provider: tailscale,
    name: "without data",
    source: "tailscale/tailscale docs/webhooks/example.go, run",
    secret: "tskey-webhook-xxxxx",
    timestamp: 1784000000,
    body: '[{"type":"nodeCreated","tailnet":"example.com","message":"Node alice-workstation1.yak-bebop.ts.net created"}]',
    headers: {
      "tailscale-webhook-signature": "t=1784000000,v1=50eaf5dfcedb5f1c555a344d1e5318510a3fd2517389f992673ae17915546ba0",
    },
  },
  {
    provider: tailscale,
    name: "empty body",
    source: "tailscale/tailscale docs/webhooks/example.go, run",
    secret: "tskey-webhook-xxxxx",
    timestamp: 1784000000,
    body: "",
    headers: {
      "tailscale-webhook-signature": "t=1784000000,v1=8535970d7094154352c09b6117fa588a9a9f5bc18045de5e5871104df2048dd9",
    },
    raw: true,
  },
  {
    provider: stalwart,
    name: "64-bit span id",
    source: "computed as stalwartlabs/stalwart does",
    secret: "my-secret-key",
    body: '{"events":[{"id":"1687359300037","createdAt":"2023-06-21T14:55:00Z","type":"auth.success","data":{"accountName":"jdoe@example.org","accountId":5,"spanId":302231454903657293}}]}',
    headers: { "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=" },
  },
  { ...STANDARD, provider: standardWebhooks, name: "v1", headers: webhookHeaders("webhook", GOOD) },
  {
    ...STANDARD,
    provider: standardWebhooks,
    name: "several signatures",
    headers: webhookHeaders("webhook", `v1,${BAD} v2,${BAD} ${GOOD} v1,${BAD}`),
    unsigned: "others' signatures stand in the header",
  },
  { ...STANDARD, provider: svix, name: "v1", headers: webhookHeaders("svix", GOOD) },
  { ...STANDARD, provider: clerk, name: "v1", headers: webhookHeaders("svix", GOOD) },
  { ...STANDARD, provider: resend, name: "v1", headers: webhookHeaders("svix", GOOD) },
  {
    ...STANDARD,
    provider: standardWebhooksAsymmetric,
    name: "v1a",
    source: "svix/svix-webhooks server/svix-server/src/worker.rs",
    secret: "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
    privateKey: "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
    headers: webhookHeaders(
      "webhook",
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
    ),
  },
  {
    provider: gitlabSigned,
    name: "push",
    source: DERIVED,
    secret: "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=",
    id: "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
    timestamp: 1700000000,
    body: '{"object_kind":"push"}',
    headers: {
      "webhook-id": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f",
      "webhook-timestamp": "1700000000",
      "webhook-signature": "v1,68n7sQVzNQF7jew9KS2HTT9NVpOYy2A5oNqzWGa8QlM=",
    },
  },
  {
    provider: gitlab,
    name: "token",
    source: "GitLab's page: the token stands in the header as it is",
    secret: "a-long-random-token",
    body: '{"object_kind":"push"}',
    headers: { "x-gitlab-token": "a-long-random-token" },
  },
  {
    provider: stripe,
    name: "test event",
    source: "stripe 22.6.2 generateTestHeaderString, run",
    secret: "whsec_test_secret",
    timestamp: 1700000000,
    body: '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}',
    headers: { "stripe-signature": "t=1700000000,v1=4f1cd7feda9826e746b7d482c4badebb657398df1099e1046364f6196a230150" },
  },
  {
    provider: github,
    name: "documentation",
    source: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    secret: "It's a Secret to Everybody",
    body: "Hello, World!",
    headers: { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
    raw: true,
  },
  {
    provider: github,
    name: "octokit",
    source: "octokit/webhooks-methods.js test/verify.test.ts",
    secret: "mysecret",
    body: '{"foo":"bar"}',
    headers: { "x-hub-signature-256": "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3" },
  },
  {
    provider: slack,
    name: "slash command",
    source: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    secret: "8f742231b10e8888abcd99yyyzzz85a5",
    timestamp: 1531420618,
    body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": "1531420618",
      "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    },
  },
  {
    provider: shopify,
    name: "order",
    source: "@shopify/shopify-api 12.3.0 webhooks.validate takes it",
    secret: "hush",
    body: '{"id":1}',
    headers: { "x-shopify-hmac-sha256": "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY=" },
  },
  {
    provider: shopifyEvents,
    name: "order",
    source: "@shopify/shopify-api 12.3.0 webhooks.validate takes it",
    secret: "hush",
    body: '{"id":1}',
    headers: { "shopify-hmac-sha256": "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY=" },
  },
  {
    provider: linear,
    name: "issue",
    source: DERIVED,
    secret: "lin_wh_SECRET",
    timestamp: 1700000000000,
    body: '{"action":"create","type":"Issue","webhookTimestamp":1700000000000}',
    headers: { "linear-signature": "d28d5c3b4ccbdbadd6bf7a6f2b2f5a4eb542a948edb0ee9d8e09e7257d4878ee" },
  },
  {
    provider: zoom,
    name: "url validation",
    source: DERIVED,
    secret: "zoom_secret",
    timestamp: 1654503849,
    body: '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}',
    headers: {
      "x-zm-request-timestamp": "1654503849",
      "x-zm-signature": "v0=5f5beef8f774290ca280b0ca5344df01bee8097b2d4638405da79ccda9daf16f",
    },
    raw: true,
  },
  {
    provider: paddle,
    name: "list",
    source: "PaddleHQ/paddle-node-sdk src/__tests__/notifications/webhooks-validator.node.test.ts",
    secret: "VALID_SECRET",
    timestamp: 1698796800,
    body: '{"data": ["1", "2"]}',
    headers: {
      "paddle-signature": "ts=1698796800;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9",
    },
  },
  {
    provider: paddle,
    name: "several signatures and an unknown one",
    source: "PaddleHQ/paddle-node-sdk src/__tests__/notifications/webhooks-validator.node.test.ts",
    secret: "VALID_SECRET",
    timestamp: 1698796800,
    body: '{"data": "value"}',
    headers: {
      "paddle-signature":
        "ts=1698796800;h1=28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261;h1=28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261;h2=RANDOM_HASH",
    },
    unsigned: "others' signatures stand in the header",
  },
  {
    provider: square,
    name: "test notification",
    source: "square/square-nodejs-sdk tests/integration/webhooks.test.ts",
    secret: "Ibxx_5AKakO-3qeNVR61Dw",
    url: "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9",
    body: '{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification","event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z","data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}',
    headers: { "x-square-hmacsha256-signature": "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=" },
  },
  {
    provider: square,
    name: "markup in the body",
    source: "square/square-nodejs-sdk tests/integration/webhooks.test.ts",
    secret: "signature-key",
    url: "https://webhook.site/webhooks",
    body: '{"data":{"type":"webhooks","id":">id<"}}',
    headers: { "x-square-hmacsha256-signature": "Cxt7+aTi4rKgcA0bC4g9EHdVtLSDWdqccmL5MvihU4U=" },
  },
  {
    provider: square,
    name: "plain body",
    source: "square/square-nodejs-sdk tests/integration/webhooks.test.ts",
    secret: "signature-key",
    url: "https://webhook.site/webhooks",
    body: '{"data":{"type":"webhooks","id":"fake_id"}}',
    headers: { "x-square-hmacsha256-signature": "W3FlCNk5IA3ZQ2LHTWoajvzfaDu/OwY2tNHIHC3IUOA=" },
  },
  {
    provider: hubspot,
    name: "python library",
    source: "HubSpot/hubspot-api-python tests/spec/utils/test_signature.py",
    secret: "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
    url: "https://www.example.com/webhook_uri",
    timestamp: 1693657560000,
    body: "{'example_field':'example_value'}",
    headers: {
      "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
      "x-hubspot-request-timestamp": "1693657560000",
    },
    raw: true,
  },
  {
    provider: hubspot,
    name: "ruby library",
    source: "HubSpot/hubspot-api-ruby spec",
    secret: "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
    url: "https://www.example.com/webhook_uri",
    timestamp: 1700000300000,
    body: "{'example_field':'example_value'}",
    headers: {
      "x-hubspot-signature-v3": "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=",
      "x-hubspot-request-timestamp": "1700000300000",
    },
    raw: true,
  },
  {
    provider: hubspot,
    name: "decoded URL",
    source: DERIVED,
    secret: "autopilot",
    url: "https://example.com/api/hubspot/webhooks?src=hs%3Aapp%2Fv3&x=%28a%29",
    timestamp: 1700000000000,
    body: "[]",
    headers: {
      "x-hubspot-signature-v3": "e6V7YXwZMLZQy8baPqLx1vp4Iw2pp1d5hxFuNhTpM+k=",
      "x-hubspot-request-timestamp": "1700000000000",
    },
  },
  {
    provider: hubspot,
    name: "%3A in the URL as it is",
    source: "@hubspot/api-client 13.5.0 Signature.getSignature, run",
    secret: "autopilot",
    url: "https://example.com/api/hubspot/webhooks?src=hs%3Aapp%2Fv3&x=%28a%29",
    timestamp: 1700000000000,
    body: "[]",
    headers: {
      "x-hubspot-signature-v3": "sVQs+ANFhAhVeNarDdvYpU1cMSGUa0Ubc4BF24tBGo0=",
      "x-hubspot-request-timestamp": "1700000000000",
    },
    unsigned: "signs the URL decoded, as HubSpot's page says",
  },
  twilioForm("form", TWILIO_URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
  twilioForm("port 443", "https://mycompany.com:443/myapp.php?foo=1&bar=2", "kvajT1Ptam85bY51eRf/AJRuM3w="),
  twilioForm("http, other port", "http://mycompany.com:1234/myapp.php?foo=1&bar=2", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
  twilioForm("http, port 80", "http://mycompany.com:80/myapp.php?foo=1&bar=2", "0ZXoZLH/DfblKGATFgpif+LLRf4="),
  twilioForm("credentials", "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2", "CukzLTc1tT5dXEDIHm/tKBanW10="),
  twilioForm("user name", "https://user@mycompany.com/myapp.php?foo=1&bar=2", "2YRLlVAflCqxaNicjMpJcSTgzSs="),
  twilioForm(
    "credentials and port",
    "https://user:pass@mycompany.com:443/myapp.php?foo=1&bar=2",
    "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI=",
  ),
  twilioForm("escaped apostrophe", `${TWILIO_URL}&Body=It%27s+amazing`, "TfZzewPq8wqrGlMfyAud8+/IvJ0="),
  twilioForm(
    "two values of one name",
    TWILIO_URL,
    "83O6e2vORAoJHUNzJjDWN1jz+BA=",
    "MessagingBinding.Address=%2B1415xxxxxxx&MessagingBinding.Address=%2B1325xxxxxxx",
  ),
  twilioForm(
    "equal values count once",
    TWILIO_URL,
    "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
  ),
  twilioJson(
    "JSON",
    `${TWILIO_URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620`,
    "a9nBmqA0ju/hNViExpshrM61xv4=",
    '{"property": "value", "boolean": true}',
  ),
  twilioJson(
    "JSON, no other parameter",
    "https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
    "y77kIzt2vzLz71DgmJGsen2scGs=",
    '{"property": "value", "boolean": true}',
  ),
  twilioJson(
    "empty JSON with port",
    "https://mycompany.com:443/myapp.php?foo=1&bar=2&bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    "Ldidvp12m26NI7eqEvxnEpkd9Hc=",
    "{}",
  ),
  {
    provider: dropbox,
    name: "delta",
    source: "hapi-dropbox-webhooks test",
    secret: "the_secret",
    body: '{"delta": {"users": [12345]}}',
    headers: { "x-dropbox-signature": "0a8c16b085420b960dc78664279fe09e936a2a01b1f91064869d9e77dfd64529" },
  },
  {
    provider: sentry,
    name: "created",
    source: DERIVED,
    secret: "sentry_secret",
    body: '{"action":"created"}',
    headers: { "sentry-hook-signature": "11893e21e04850c1b18bc0cfd6d3cc4c4e8e27fab6324713cb417210c51c5877" },
  },
  {
    provider: vercel,
    name: "deployment",
    source: DERIVED,
    secret: "vercel_secret",
    body: '{"id":"evt_1","type":"deployment.created"}',
    headers: { "x-vercel-signature": "507ece7ec831710c18e18adfcb8bbc1aed96db76" },
  },
  {
    provider: line,
    name: "hello",
    source: "line/line-bot-sdk-nodejs test/validate-signature.spec.ts",
    secret: "test_secret",
    body: '{"hello":"world"}',
    headers: { "x-line-signature": "t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM=" },
  },
  {
    provider: pagerduty,
    name: "priority updated",
    source: "PagerDuty/go-pagerduty webhookv3/webhookv3_test.go",
    secret: "lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK",
    body: PAGERDUTY,
    headers: { "x-pagerduty-signature": "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd" },
  },
  {
    provider: intercom,
    name: "ping",
    source: DERIVED,
    secret: "ic_secret",
    body: '{"type":"notification_event","topic":"ping"}',
    headers: { "x-hub-signature": "sha1=a2ea86fda7401582bbdaea967bc64df7a401902f" },
  },
  {
    provider: typeform,
    name: "response",
    source: DERIVED,
    secret: "tf_secret",
    body: '{"event_id":"e1","event_type":"form_response"}',
    headers: { "typeform-signature": "sha256=6xtsUKsuoJdbfg1QI7SivarvIOd0cxe3N7OMpNK//Q0=" },
  },
  {
    provider: zendesk,
    name: "hello",
    source: DERIVED,
    secret: "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
    timestamp: new Date("2021-07-25T10:00:00Z"),
    body: '{"say": "hello"}',
    headers: {
      "x-zendesk-webhook-signature": "gf3v0LzLRHPUnIdhbvwRDVEvzSb07/QN0GYjSNlkBT0=",
      "x-zendesk-webhook-signature-timestamp": "2021-07-25T10:00:00Z",
    },
  },
  {
    provider: discord,
    name: "ping, RFC 8032 test 1 key",
    source: "discord-interactions 4.4.0 verifyKey takes it",
    secret: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    privateKey: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    timestamp: 1700000000,
    body: '{"id":"787053080478613555","token":"ThisIsATokenFromDiscordThatIsVeryLong","type":1,"version":1}',
    headers: {
      "x-signature-ed25519":
        "f0bd878adcef1f6d475c9644421905bd02b5de38e0d3ecfc6f58a711962c69ccc8dd7c9db312f9bdf08b1e1b8182e27a844da728c5e0dbb5507bf9931c1ed80b",
      "x-signature-timestamp": "1700000000",
    },
    raw: true,
  },
  ...SENDGRID.map(
    ({ name, secret, time, signature, body }): Vector => ({
      provider: sendgrid,
      name,
      source: "sendgrid/sendgrid-nodejs packages/eventwebhook/src/eventwebhook.spec.js",
      secret,
      timestamp: time,
      body,
      headers: {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": String(time),
      },
      unsigned: RANDOM,
    }),
  ),
  {
    provider: githubSecretScanning,
    name: "sample of the page",
    source:
      "https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program/secret-scanning-partner-program, the key as GitHub publishes it under this identifier",
    secret:
      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAGMWO8XgCamYKMJS6jc/qgvSlAd\nAjPuDPRcXU22YxgBrz+zoN19MzuRyW87qEt9/AmtoNP5GrobzUvQSyJFVw==\n-----END PUBLIC KEY-----\n",
    body: '[{"source":"commit","token":"some_token","type":"some_type","url":"https://example.com/base-repo-url/"}]',
    headers: {
      "github-public-key-identifier": "bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c",
      "github-public-key-signature":
        "MEQCIQDaMKqrGnE27S0kgMrEK0eYBmyG0LeZismAEz/BgZyt7AIfXt9fErtRS4XaeSt/AO1RtBY66YcAdjxji410VQV4xg==",
    },
    unsigned: RANDOM,
  },
  {
    provider: wise,
    name: "sandbox",
    source: "transferwise/digital-signatures-examples verify-webhook-signature/verify-signature.js",
    secret: WISE_SANDBOX,
    body: '{"data":{"resource":{"id":49983981,"profile_id":16055450,"account_id":14124090,"type":"transfer"},"current_state":"incoming_payment_waiting","previous_state":null,"occurred_at":"2021-08-23T10:12:50Z"},"subscription_id":"90aa8e14-4ef1-4a56-861c-f3c9cde097ea","event_type":"transfers#state-change","schema_version":"2.0.0","sent_at":"2021-08-23T10:12:50Z"}',
    headers: {
      "x-signature-sha256":
        "wKcKCYXAzxNgiu7xmoDm943NUni7Rz33QN8JkEA9dWSGebgndonabgSj18Y4C08OrwVmueGsED2s00M7DtJVcYKOS1i3G4TMVx+mgM3aL9djMBkQtiYNBFUd6wrPI7ZUNHv/TrlKSjTMc+6JFvUvJ7owY3z85e3I4jLRLJowMFvO8kvCJ60+1pY9wDwZvtZ//WS93LrwGjk9Dvwzpmu0w+P4J75tETT5qC3Uv0y5G2yO8SEoO3yNP/tg/BOli02niHb53vEOUWUb9bly6thnfMoXoiV/osoGxgF20R58RlvkAmezyyl1Sv542TfS2DpiwVnmjjjkCyXeSUcKookYLQ==",
    },
    unsigned: "only Wise has the private key",
  },
  {
    provider: fal,
    name: "RFC 8032 test 1 key",
    source: DERIVED,
    secret: RFC8032.publicKey,
    privateKey: RFC8032.privateKey,
    timestamp: 1700000000,
    id: "123e4567-e89b-12d3-a456-426614174000",
    body: '{"request_id": "123e4567-e89b-12d3-a456-426614174000", "gateway_request_id": "123e4567-e89b-12d3-a456-426614174000", "status": "OK", "payload": {"seed": 196619188014358660}}',
    headers: {
      "x-fal-webhook-request-id": "123e4567-e89b-12d3-a456-426614174000",
      "x-fal-webhook-user-id": "user_1",
      "x-fal-webhook-timestamp": "1700000000",
      "x-fal-webhook-signature":
        "6dec4af49d54452338e7889eeae815684065d9cea6df06ff23d7069d5a2fdec321decf09eed50285228801a643ecebc6f8f6483ca28bd017c595e5fdccb01003",
    },
  },
  {
    provider: telnyx,
    name: "RFC 8032 test 1 key",
    source: "telnyx 7.24.0 takes it: test/interop",
    secret: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    privateKey: "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
    timestamp: 1700000000,
    body: '{"data":{"event_type":"call.initiated","id":"0ccc7b54-4df3-4bca-a65a-3da1ecc777f0","occurred_at":"2018-02-02T22:25:27.521992Z","payload":{"state":"parked"},"record_type":"event"}}',
    headers: {
      "telnyx-signature-ed25519":
        "nnVzrJKPKd/XZqGfQgntggdOByff9Dh8k/zYiZsQR/CiTTFPyGtIvudX/e6Jy/Siyz8DeU5K9o+MFe40Z80sBw==",
      "telnyx-timestamp": "1700000000",
    },
  },
  {
    provider: calendly,
    name: "invitee",
    source: DERIVED,
    secret: "cal_key",
    timestamp: 1700000000,
    body: '{"event":"invitee.created"}',
    headers: {
      "calendly-webhook-signature": "t=1700000000,v1=79090e41d3aafb2ee4f4e62ea85ac5583129967f2ecfcbd4ed90ac62da5f9bd5",
    },
  },
  {
    provider: bitbucket,
    name: "documentation",
    source: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
    secret: "It's a Secret to Everybody",
    body: "Hello World!",
    headers: { "x-hub-signature": "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9" },
    raw: true,
  },
  {
    provider: gitea,
    name: "push",
    source: DERIVED,
    secret: "gitea_secret",
    body: '{"ref":"refs/heads/main"}',
    headers: { "x-gitea-signature": "d843a05f58b935be5e6c796adccf9bb5071951f049aea8f3d86ac97d4820001c" },
  },
  {
    provider: forgejo,
    name: "push",
    source: DERIVED,
    secret: "gitea_secret",
    body: '{"ref":"refs/heads/main"}',
    headers: { "x-forgejo-signature": "d843a05f58b935be5e6c796adccf9bb5071951f049aea8f3d86ac97d4820001c" },
  },
  ...(["SamplePrimaryKey", "SampleSecondaryKey"] as const).map(
    (secret): Vector => ({
      provider: box,
      name: secret,
      source: "box/box-node-sdk tests/lib/managers/webhooks-test.js",
      secret,
      timestamp: new Date("2020-01-01T00:00:00-07:00"),
      body: '{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":{"id":"1234567890","type":"file","name":"Test.txt"}}',
      headers: {
        "box-delivery-timestamp": "2020-01-01T00:00:00-07:00",
        "box-signature-version": "1",
        "box-signature-algorithm": "HmacSHA256",
        "box-signature-primary": "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI=",
        "box-signature-secondary": "v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo=",
      },
      unsigned: "the vendor writes the time with an offset",
    }),
  ),
  {
    provider: contentful,
    name: "GET",
    source: CONTENTFUL,
    secret: "a".repeat(64),
    timestamp: 1603379941037,
    method: "GET",
    url: "https://example.com/api/resources/1",
    body: "",
    headers: {
      "x-contentful-signature": "3b21d63c31a2a92d38945394da0b1a2a0dc2d9bf13ef4dfd91b9f3fa1440b404",
      "x-contentful-signed-headers": LISTED,
      "x-contentful-timestamp": "1603379941037",
    },
  },
  {
    provider: contentful,
    name: "publish",
    source: CONTENTFUL,
    secret: "a".repeat(64),
    timestamp: 1603379941037,
    url: "https://example.com/hook",
    body: '{"sys":{"id":"1"}}',
    headers: {
      "content-type": "application/vnd.contentful.management.v1+json",
      "x-contentful-topic": "ContentManagement.Entry.publish",
      "x-contentful-signature": "ae541896dd15060e50848cbdcbcfca7b1a517f2243bd4da308a7eeb845fe724c",
      "x-contentful-signed-headers": `content-type,${LISTED},x-contentful-topic`,
      "x-contentful-timestamp": "1603379941037",
    },
  },
  {
    provider: contentful,
    name: "query",
    source: CONTENTFUL,
    secret: "a".repeat(64),
    timestamp: 1603379941037,
    method: "GET",
    url: "https://example.com/api/resources?q=1&w=2",
    body: "",
    headers: {
      "x-contentful-signature": "c9c3cde53e04bc4b73c03344c4ff4ef1f11e14aae704a039473fa816bdb64617",
      "x-contentful-signed-headers": LISTED,
      "x-contentful-timestamp": "1603379941037",
    },
  },
  {
    provider: asana,
    name: "heartbeat",
    source: DERIVED,
    secret: "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81",
    body: '{"events":[]}',
    headers: { "x-hook-signature": "10468027b67df18c739cc4794c6fc2d2806dcaaf2259fc3e1ed9d26433659853" },
  },
  {
    provider: notion,
    name: "verification token",
    source: "@notionhq/client 5.26.0 signWebhookPayload, run",
    secret: "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl",
    body: '{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}',
    headers: { "x-notion-signature": "sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735" },
    raw: true,
  },
  ...[meta, whatsapp].map(
    (provider): Vector => ({
      provider,
      name: "page",
      source: DERIVED,
      secret: "app_secret",
      body: '{"object":"page","entry":[]}',
      headers: { "x-hub-signature-256": "sha256=22d3988d1017c437ea81a89d41e2d3266c00a508cffdb23f8ad8746d232d77e9" },
    }),
  ),
  {
    provider: razorpay,
    name: "library",
    source: "razorpay/razorpay-node test/utils/razorpay-utils.spec.js",
    secret: "123456",
    body: '{"a":1,"b":2,"c":{"d":3}}',
    headers: { "x-razorpay-signature": "2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc" },
  },
  {
    provider: workos,
    name: "user created",
    source: DERIVED,
    secret: "secret",
    timestamp: 1700000000000,
    body: '{"id":"wh_123","event":"dsync.user.created","data":{}}',
    headers: {
      "workos-signature": "t=1700000000000, v1=1ce278cbec5bba7cfef1e204f2e1e6031b4c22392e6da484bcef20e294a68dcb",
    },
  },
];

/** Signatures that must not pass, and why. */
export const forgeries: readonly (Vector & { readonly code: string })[] = [
  {
    provider: zendesk,
    name: "body before time, as an older page had it",
    source: "an older version of Zendesk's page",
    code: "signature_mismatch",
    secret: "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=",
    timestamp: new Date("2021-07-25T10:00:00Z"),
    body: '{"say": "hello"}',
    headers: {
      "x-zendesk-webhook-signature": "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw=",
      "x-zendesk-webhook-signature-timestamp": "2021-07-25T10:00:00Z",
    },
  },
  {
    provider: line,
    name: "one letter in another case",
    source: "line/line-bot-sdk-nodejs test/validate-signature.spec.ts",
    code: "signature_mismatch",
    secret: "test_secret",
    body: '{"hello":"world"}',
    headers: { "x-line-signature": "t7Hn4ZDHqs6e+wdvi5TyQIvzie0DmMUmuXEBqyyE/tM=" },
  },
  {
    provider: gitea,
    name: "empty signature of a webhook without a secret",
    source: "go-gitea/gitea services/webhook/deliver.go",
    code: "malformed_signature",
    secret: "gitea_secret",
    body: '{"ref":"refs/heads/main"}',
    headers: { "x-gitea-signature": "" },
  },
  {
    provider: twilio,
    name: "JSON whose digest is not in the URL",
    source: TWILIO,
    code: "signature_mismatch",
    secret: "12345",
    // base64 of HMAC-SHA1 over the URL alone: genuine, but silent about the body.
    url: "https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620",
    body: '{"property": "other", "boolean": true}',
    headers: { "content-type": "application/json", "x-twilio-signature": "y77kIzt2vzLz71DgmJGsen2scGs=" },
  },
];
