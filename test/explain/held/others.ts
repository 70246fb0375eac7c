import { asSent, type Case, type Sent } from "../case.ts";
import { hubspot, shopify, slack, stripe, svix, twilio, withSecret } from "../senders.ts";
import * as from from "./senders.ts";

const GO_JS: Readonly<Record<string, string>> = {
  "=": "\\u003D",
  "<": "\\u003C",
  ">": "\\u003E",
  "&": "\\u0026",
  "'": "\\'",
  '"': '\\"',
  "\\": "\\\\",
};
const url =
  (change: (url: string) => string, headers: Record<string, string> = {}) =>
  (sent: Sent) => ({
    ...asSent(sent),
    headers: { ...sent.headers, ...headers },
    url: change(sent.url),
  });
const value = (name: string, change: (value: string) => string) => (sent: Sent) => ({
  ...asSent(sent),
  headers: { ...sent.headers, [name]: change(sent.headers[name] as string) },
});
const base32 = (bytes: Uint8Array) => {
  const bits = [...bytes].map((one) => one.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
};
const KEY32 = base32(Buffer.from("twenty bytes of a key"));
/** A body whose signature begins with a zero: one in sixteen does. */
const zeroFirst = (key: string) => {
  for (let i = 0; ; i++) {
    const text = `{"event":"ping","n":${i}}`;
    if (from.mac("sha256", key, text).digest("hex").startsWith("0")) return text;
  }
};

export const heldSecrets: readonly Case[] = [
  {
    name: "a secret that Go's js filter escaped in a template",
    seen: "https://github.com/rwlove/home-ops/pull/11103",
    from: withSecret("c2VjcmV0LWtleS13aXRoLWVxdWFscw=="),
    cause: ["secret_escaped"],
    secret: (secret) => secret.replace(/[=<>&'"\\]/g, (one) => GO_JS[one] ?? one),
  },
  {
    name: "WooCommerce, which signed with the secret as its page's source has it",
    seen: "https://github.com/woocommerce/woocommerce/issues/22500",
    from: from.wooEscaped,
    cause: ["secret_escaped"],
  },
  {
    name: "WooCommerce's consumer secret in place of the webhook's",
    seen: "https://github.com/woocommerce/woocommerce/issues/16106",
    from: from.woo,
    cause: ["secret_is_api_key"],
    secret: () => `cs_${"0f".repeat(20)}`,
  },
  {
    name: "a sender who hashes the secret first and takes the hex",
    seen: "https://github.com/textbee/textbee/pull/316",
    from: from.own(
      (body, key) => from.mac("sha256", from.hash("sha256", key).digest("hex"), body).digest("hex"),
      "its key is a hash",
    ),
    cause: ["secret_hashed"],
  },
  {
    name: "a sender who hashes the secret first and takes the bytes, as Telegram does",
    seen: "https://core.telegram.org/widgets/login#checking-authorization",
    from: from.own(
      (body, key) => from.mac("sha256", from.hash("sha256", key).digest(), body).digest("hex"),
      "its key is a hash",
    ),
    cause: ["secret_hashed"],
  },
  {
    name: "a sender in .NET who takes the key as UTF-16",
    seen: "https://learn.microsoft.com/en-us/dotnet/api/system.text.encoding.unicode",
    from: from.own(
      (body, key) => from.mac("sha256", Buffer.from(key, "utf16le"), body).digest("hex"),
      "its key is UTF-16",
    ),
    cause: ["secret_charset"],
  },
  {
    name: "a sender whose secret is base32",
    seen: "https://www.rfc-editor.org/rfc/rfc4648#section-6",
    from: from.own(
      (body) => from.mac("sha256", "twenty bytes of a key", body).digest("hex"),
      "its key is decoded from base32",
      { secret: KEY32 },
    ),
    cause: ["secret_base32"],
  },
  ...(
    [
      [
        "a value that sops has not decrypted",
        "ENC[AES256_GCM,data:p673w==,iv:YY=,aad:UQ=,tag:A=]",
        "https://getsops.io/docs/",
      ],
      [
        "a reference of a mutating webhook",
        "vault:secret/data/hooks#GITHUB_SECRET",
        "https://github.com/bank-vaults/bank-vaults/issues/764",
      ],
      [
        "a value that dotenvx has not decrypted",
        "encrypted:BA6s8KUxwHluQQQF9vjfv2M2DrR6lgejFIekC9qp1Lc",
        "https://github.com/dotenvx/dotenvx/issues/553",
      ],
      [
        "the three stars of a masked log",
        "***",
        "https://docs.github.com/en/actions/security-guides/using-secrets-in-github-actions",
      ],
      [
        "what Terraform shows of it",
        "(sensitive value)",
        "https://developer.hashicorp.com/terraform/language/values/outputs",
      ],
      [
        "what a filter left in a dump",
        "[FILTERED]",
        "https://guides.rubyonrails.org/configuring.html#config-filter-parameters",
      ],
      ["an example's three dots", "whsec_...", "https://docs.stripe.com/webhooks"],
      [
        "a helper of a chart that nothing called",
        "<path:secret/data/hooks#token>",
        "https://argocd-vault-plugin.readthedocs.io/en/stable/howitworks/",
      ],
    ] as const
  ).map(
    ([name, given, seen]): Case => ({
      name,
      seen,
      from: from.gitea,
      cause: ["secret_placeholder"],
      secret: () => given,
    }),
  ),
  {
    name: "the secret of the test endpoint for the live one",
    seen: "https://docs.stripe.com/webhooks/signature#common-issues",
    from: stripe,
    cause: ["no_explanation"],
    secret: () => "whsec_0a1b2c3d4e5f60718293a4b5c6d7e8f9",
  },
  {
    name: "a secret that an env file's comment cut",
    seen: "https://github.com/motdotla/dotenv/issues/633",
    from: withSecret("a-secret#with-a-hash-in-it"),
    cause: ["no_explanation"],
    secret: (secret) => secret.split("#")[0] as string,
  },
  {
    name: "Shopify's client id for its secret",
    seen: "https://dev.to/prateek32177/why-shopify-webhook-hmac-verification-keeps-failing-4i80",
    from: shopify,
    cause: ["no_explanation"],
    secret: () => "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
  },
];

export const heldUrls: readonly Case[] = [
  {
    name: "Twilio's media stream, which signs wss",
    seen: "https://github.com/twilio/twilio-python/issues/885",
    from: { ...twilio, send: () => twilio.send({ url: "wss://example.com/call", body: "" }) },
    cause: ["url_scheme"],
    way: url((one) => one.replace("wss:", "https:")),
  },
  {
    name: "Twilio with a password in the URL, which the server sees as a header",
    seen: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
    from: { ...twilio, send: () => twilio.send({ url: "https://hook:p4ss@example.com/hooks/sms" }) },
    cause: ["url_credentials"],
    way: url((one) => one.replace("hook:p4ss@", ""), {
      authorization: `Basic ${Buffer.from("hook:p4ss").toString("base64")}`,
    }),
  },
  {
    name: "Appwrite, which signed the URL without its escapes",
    seen: "https://github.com/appwrite/appwrite/pull/13196",
    from: from.appwrite,
    cause: ["url_query", "url_escapes"],
  },
  {
    name: "escapes in small letters that a proxy writes in large ones",
    seen: "https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2.1",
    from: from.escapedUrl,
    cause: ["url_query", "url_escapes"],
    way: url((one) => one.replace(/%[0-9a-f]{2}/g, (one) => one.toUpperCase())),
  },
  {
    name: "HubSpot behind two proxies that both tell the scheme",
    seen: "https://developers.hubspot.com/docs/api/webhooks/validating-requests",
    from: hubspot,
    cause: ["url_scheme"],
    way: url((one) => one.replace("https:", "http:"), { "x-forwarded-proto": "https, http" }),
  },
];

export const heldSignatures: readonly Case[] = [
  {
    name: ".NET's hex with dashes",
    seen: "https://docs.v2.localpayment.com/after-a-payment/callback-events",
    from: from.own(
      (body, key) => (from.mac("sha256", key, body).digest("hex").toUpperCase().match(/../g) ?? []).join("-"),
      "it writes dashes",
    ),
    cause: ["signature_separators"],
  },
  {
    name: "a signature as a large number, without its leading zero",
    seen: "https://ja.stackoverflow.org.cn/questions/17317506",
    from: from.own(
      (body, key) => BigInt(`0x${from.mac("sha256", key, body).digest("hex")}`).toString(16),
      "its numbers have no leading zeros",
    ),
    message: { body: zeroFirst("a-secret-of-one-s-own") },
    cause: ["signature_zeros_lost"],
  },
  {
    name: "a list of one in the header, as a gateway's several values are written",
    seen: "https://github.com/svix/svix-webhooks/issues/880",
    from: from.bitbucket,
    cause: ["signature_whitespace", "layout"],
    way: value("x-hub-signature", (one) => JSON.stringify([one])),
  },
  {
    name: "the bytes of Python in the header",
    seen: "https://docs.python.org/3/library/stdtypes.html#bytes",
    from: from.xero,
    cause: ["signature_whitespace", "layout"],
    way: value("x-xero-signature", (one) => `b'${one}'`),
  },
  {
    name: "a word in place of the signature",
    seen: "https://github.com/adnanh/webhook/issues/85",
    from: from.whatsapp,
    cause: ["signature_placeholder"],
    way: value("x-hub-signature-256", () => "sha256=dummy"),
  },
  {
    name: "an empty signature, of a sender without a secret",
    seen: "https://github.com/l3montree-dev/devguard/pull/2888",
    from: from.gitea,
    cause: ["signature_empty", "no_signature_header"],
    way: value("x-gitea-signature", () => ""),
  },
  {
    name: "Go's Sum(body), which puts the body in front of the hash of nothing",
    seen: "https://github.com/smallstep/certificates/pull/1546",
    from: from.own((body, key) => body.toString("hex") + from.mac("sha256", key).digest("hex"), "it signs nothing"),
    cause: ["signature_holds_body"],
  },
  {
    name: "Svix's header, split at its comma into a list of two",
    seen: "https://github.com/svix/svix-webhooks/issues/880",
    from: svix,
    cause: ["layout", "header_twice"],
    way: (sent) => ({
      ...asSent(sent),
      headers: { ...sent.headers, "svix-signature": (sent.headers["svix-signature"] as string).split(",") },
    }),
  },
  {
    name: "SendGrid's ECDSA at a row for HMAC",
    seen: "https://github.com/sendgrid/sendgrid-nodejs/issues/1411",
    from: from.docusign,
    cause: ["signature_other_algorithm"],
    way: value(
      "x-docusign-signature-1",
      () => "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
    ),
  },
  {
    name: "PayPal's RSA at a row for HMAC",
    seen: "https://developer.paypal.com/api/rest/webhooks/rest/",
    from: from.docusign,
    cause: ["signature_other_algorithm"],
    way: value("x-docusign-signature-1", () => Buffer.alloc(256, 0xa7).toString("base64")),
  },
  {
    name: "six characters of a signature, as a log shows them",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: from.bitbucket,
    cause: ["signature_truncated"],
    way: value("x-hub-signature", (one) => one.slice(0, "sha256=".length + 6)),
  },
  {
    name: "SHA-384 for what is SHA-512",
    seen: "https://www.onlinetoolnest.top/articles/hmac-signature-verification-debugging/",
    from: from.own((body, key) => from.mac("sha384", key, body).digest("hex"), "its hash is another", {
      digest: "sha512",
    }),
    cause: ["digest"],
  },
  {
    name: "MD5, as old senders use it",
    seen: "https://www.onlinetoolnest.top/articles/hmac-signature-verification-debugging/",
    from: from.own((body, key) => from.mac("md5", key, body).digest("hex"), "its hash is another"),
    cause: ["digest"],
  },
  {
    name: "a hash of secret and body in place of an HMAC",
    seen: "https://community.rapyd.net/t/running-into-error-while-demoing-rapyd-on-java/58265",
    from: from.own((body, key) => from.hash("sha256", key, body).digest("hex"), "it is no HMAC"),
    cause: ["signature_no_hmac"],
  },
  {
    name: "a hash of body and secret in place of an HMAC",
    seen: "https://community.rapyd.net/t/running-into-error-while-demoing-rapyd-on-java/58265",
    from: from.own((body, key) => from.hash("sha256", body, key).digest("hex"), "it is no HMAC"),
    cause: ["signature_no_hmac"],
  },
  {
    name: "BookingSync, which signs the base64 of the body in lines",
    seen: "https://github.com/BookingSync/bookingsync-api-docs/issues/403",
    from: from.own(
      (body, key) => from.mac("sha1", key, `${body.toString("base64").replace(/.{60}/g, "$&\n")}\n`).digest("hex"),
      "it signs base64",
      { digest: "sha1" },
    ),
    cause: ["content_encoded"],
  },
  {
    name: "a sender who signs the hash of the body",
    seen: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html",
    from: from.own(
      (body, key) => from.mac("sha256", key, from.hash("sha256", body).digest("hex")).digest("hex"),
      "it signs a hash",
    ),
    cause: ["content_digest"],
  },
  {
    name: "a date of HTTP in Slack's time header",
    seen: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
    from: slack,
    cause: ["timestamp_malformed", "timestamp_rewritten"],
    way: value("x-slack-request-timestamp", (one) => new Date(Number(one) * 1000).toUTCString()),
  },
  {
    name: "Svix's signature without its version",
    seen: "https://github.com/svix/svix-webhooks/issues/880",
    from: svix,
    cause: ["layout"],
    way: value("svix-signature", (one) => one.replace("v1,", "")),
  },
  {
    name: "Tailscale's time in another spelling, written by a script",
    seen: "https://tailscale.com/kb/1213/webhooks",
    from: from.tailscale,
    cause: ["signature_whitespace", "layout"],
    way: value("tailscale-webhook-signature", (one) => one.replace(",v1=", " , v1 = ")),
  },
  {
    name: "Paystack's hex as base64, by a relay that decodes and encodes",
    seen: "https://paystack.com/docs/payments/webhooks/",
    from: from.paystack,
    cause: ["encoding"],
    way: value("x-paystack-signature", (one) => Buffer.from(one, "hex").toString("base64")),
  },
];
