import { createHmac } from "node:crypto";
import { defineProvider, type MacScheme, type Provider } from "@countersign/core";
import * as rows from "@countersign/core/providers";
import { asSent, type Case, type Sent } from "../case.ts";
import { piped, throughNginx } from "../programs.ts";
import * as from from "../senders.ts";

const headers =
  (change: (headers: Record<string, string>) => Record<string, string | string[] | undefined>) => (sent: Sent) => ({
    ...asSent(sent),
    headers: change({ ...sent.headers }),
  });
const value = (name: string, change: (value: string) => string) =>
  headers((all) => ({ ...all, [name]: change(all[name] as string) }));
const own = (row: Provider<any>, scheme: Partial<MacScheme>) =>
  defineProvider({ name: "own", docs: "https://example.com", scheme: { ...(row.scheme as MacScheme), ...scheme } });
const without = (...names: readonly string[]) =>
  headers((all) => Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name))));
const LISTS = "https://www.hookbase.app/blog/debugging-invalid-signature-errors";
const ENCODINGS = "https://webhookwhisper.com/webhook-errors/signature-mismatch";
const DROPPED = "https://github.com/slackapi/bolt-js/issues/112";

export const headersLater: readonly Case[] = [
  {
    name: "Linear's hex expected as base64",
    seen: ENCODINGS,
    from: from.linear,
    provider: own(from.linear.provider, { encoding: "base64" }),
    cause: ["encoding"],
  },
  {
    name: "Typeform's base64 expected as hex",
    seen: ENCODINGS,
    from: from.typeform,
    provider: own(from.typeform.provider, { encoding: "hex" }),
    cause: ["encoding"],
  },
  {
    name: "SHA-512 for what is SHA-256",
    seen: ENCODINGS,
    from: from.razorpay,
    provider: own(from.razorpay.provider, { digest: "sha512" }),
    cause: ["digest"],
  },
  {
    name: "Vercel's SHA-1 expected as SHA-256",
    seen: ENCODINGS,
    from: from.vercel,
    provider: own(from.vercel.provider, { digest: "sha256" }),
    cause: ["digest"],
  },
  {
    name: "a prefix that Linear does not write",
    seen: LISTS,
    from: from.linear,
    provider: own(from.linear.provider, { signature: { header: "linear-signature", layout: "sha256={signature}" } }),
    cause: ["layout"],
  },
  {
    name: "GitHub's old signature under the new header's name",
    seen: "https://github.com/octokit/webhooks.js/issues/1079",
    from: from.github,
    cause: ["layout", "digest"],
    way: headers((all) => ({ ...all, "x-hub-signature-256": all["x-hub-signature"] })),
  },
  {
    name: "the prefix cut off before",
    seen: LISTS,
    from: from.github,
    cause: ["layout"],
    way: value("x-hub-signature-256", (text) => text.slice("sha256=".length)),
  },
  {
    name: "a colon in place of the equals sign",
    seen: LISTS,
    from: from.meta,
    cause: ["layout"],
    way: value("x-hub-signature-256", (text) => text.replace("=", ":")),
  },
  {
    name: "a separator of one's own for Paddle",
    seen: LISTS,
    from: from.paddle,
    cause: ["layout"],
    way: value("paddle-signature", (text) => text.replace(";", ",")),
  },
  {
    name: "Zoom's content with another separator",
    seen: LISTS,
    from: from.zoom,
    provider: own(from.zoom.provider, { content: [{ part: "timestamp" }, ".", { part: "body" }] }),
    cause: ["content_separator"],
  },
  {
    name: "Zendesk's time in front of a dot",
    seen: LISTS,
    from: from.zendesk,
    provider: own(from.zendesk.provider, { content: [{ part: "timestamp" }, ".", { part: "body" }] }),
    cause: ["content_separator"],
  },
  {
    name: "a sender of one's own who leaves the time out",
    seen: LISTS,
    from: from.stripe,
    cause: ["content_without_time"],
    way: (sent) => ({
      ...asSent(sent),
      headers: {
        "stripe-signature": `t=1784000000,v1=${createHmac("sha256", from.stripe.secret).update(sent.body).digest("hex")}`,
      },
    }),
  },
  {
    name: "a CGI gateway's names",
    seen: DROPPED,
    from: from.shopify,
    cause: ["header_renamed"],
    way: headers((all) =>
      Object.fromEntries(
        Object.entries(all).map(([name, one]) => [`HTTP_${name.toUpperCase().replaceAll("-", "_")}`, one]),
      ),
    ),
  },
  {
    name: "a name that API Gateway remaps",
    seen: DROPPED,
    from: from.dropbox,
    cause: ["header_renamed"],
    way: headers(({ "x-dropbox-signature": signature, ...all }) => ({
      ...all,
      "x-amzn-remapped-x-dropbox-signature": signature,
    })),
  },
  {
    name: "Zoom's time, not on a list of allowed headers",
    seen: DROPPED,
    from: from.zoom,
    cause: ["header_missing"],
    way: throughNginx('location / { proxy_pass APP; proxy_set_header X-Zm-Request-Timestamp ""; }'),
    needs: ["nginx"],
  },
  {
    name: "Zendesk's time dropped",
    seen: DROPPED,
    from: from.zendesk,
    cause: ["header_missing"],
    way: without("x-zendesk-webhook-signature-timestamp"),
  },
  {
    name: "Discord's time dropped",
    seen: DROPPED,
    from: from.discord,
    cause: ["header_missing"],
    way: without("x-signature-timestamp"),
  },
  {
    name: "Svix's signature dropped, its id there",
    seen: DROPPED,
    from: from.resend,
    cause: ["header_missing"],
    way: without("svix-signature"),
  },
  {
    name: "Contentful's list of headers dropped",
    seen: "https://github.com/contentful/node-apps-toolkit/issues/820",
    from: from.contentful,
    cause: ["header_missing"],
    way: without("x-contentful-signed-headers"),
  },
  {
    name: "a listed header that a proxy dropped",
    seen: "https://github.com/contentful/node-apps-toolkit/issues/820",
    from: from.contentful,
    cause: ["header_missing"],
    way: without("x-contentful-topic"),
  },
  {
    name: "a webhook of Shopify's without its signature",
    seen: DROPPED,
    from: from.shopify,
    cause: ["no_signature_header"],
    way: without("x-shopify-hmac-sha256"),
  },
  {
    name: "a health check with an authorization",
    seen: "https://github.com/lobehub/lobehub/issues/4084",
    from: from.stripe,
    cause: ["no_signature_header"],
    way: headers(() => ({ authorization: "Bearer abc", "user-agent": "curl/8" })),
  },
  {
    name: "Shopify's webhook at GitHub's route",
    seen: LISTS,
    from: from.shopify,
    provider: rows.github,
    cause: ["another_signature_header"],
  },
  {
    name: "Tailscale's row for Stripe's webhook",
    seen: LISTS,
    from: from.stripe,
    provider: rows.tailscale,
    cause: ["another_signature_header"],
  },
  {
    name: "Stripe's header cut at its comma",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.stripe,
    cause: ["signature_truncated", "signature_malformed"],
    way: value("stripe-signature", (text) => text.split(",")[0] as string),
  },
  {
    name: "Svix's signature cut by a column",
    seen: "https://github.com/matrix-org/matrix-hookshot/issues/842",
    from: from.svix,
    cause: ["signature_truncated"],
    way: value("svix-signature", (text) => text.slice(0, 32)),
  },
  {
    name: "padding that a cookie-like parser cuts off",
    seen: "https://github.com/nozzlegear/Shopify-Prime/issues/2",
    from: from.square,
    cause: ["signature_truncated", "encoding"],
    way: value("x-square-hmacsha256-signature", (text) => text.replace(/=+$/, "")),
  },
  {
    name: "LINE's signature escaped for a URL",
    seen: "https://github.com/mreinstein/alexa-verifier/issues/47",
    from: from.line,
    cause: ["signature_escaped"],
    way: value("x-line-signature", encodeURIComponent),
  },
  {
    name: "plus signs that became blanks",
    seen: "https://github.com/mreinstein/alexa-verifier/issues/47",
    from: from.shopify,
    message: { body: plus() },
    cause: ["signature_escaped"],
    way: value("x-shopify-hmac-sha256", (text) => text.replaceAll("+", " ")),
  },
  {
    name: "quotes that a template puts around it",
    seen: LISTS,
    from: from.linear,
    cause: ["signature_whitespace"],
    way: value("linear-signature", (text) => `"${text}"`),
  },
  {
    name: "a header value in small letters",
    seen: LISTS,
    from: from.shopify,
    cause: ["signature_case"],
    way: value("x-shopify-hmac-sha256", (text) => text.toLowerCase()),
  },
  {
    name: "the header twice, as an array",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.linear,
    cause: ["header_twice"],
    way: headers((all) => ({
      ...all,
      "linear-signature": [all["linear-signature"] as string, all["linear-signature"] as string],
    })),
  },
  {
    name: "Stripe's header twice, joined by a proxy",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.stripe,
    cause: ["header_twice"],
    way: throughNginx(
      'location / { proxy_pass APP; proxy_set_header Stripe-Signature "$http_stripe_signature, $http_stripe_signature"; }',
    ),
    needs: ["nginx"],
  },
  {
    name: "hex written once more as base64",
    seen: ENCODINGS,
    from: from.line,
    cause: ["encoding"],
    way: value("x-line-signature", (text) =>
      Buffer.from(Buffer.from(text, "base64").toString("hex")).toString("base64"),
    ),
  },
  {
    name: "GitLab's token behind Bearer",
    seen: LISTS,
    from: from.gitlab,
    cause: ["credential_prefix"],
    way: value("x-gitlab-token", (text) => `Bearer ${text}`),
  },
  {
    name: "GitLab's token missing",
    seen: LISTS,
    from: from.gitlab,
    cause: ["no_signature_header"],
    way: without("x-gitlab-token"),
  },
  {
    name: "Python's time.time() as Slack's time",
    seen: LISTS,
    from: from.slack,
    cause: ["timestamp_malformed", "timestamp_rewritten"],
    way: value("x-slack-request-timestamp", (text) =>
      piped("python3", ["-c", `print(float(${text}))`], "")
        .toString()
        .trim(),
    ),
    needs: ["python3"],
  },
  {
    name: "a date as Svix's time",
    seen: LISTS,
    from: from.svix,
    cause: ["timestamp_malformed", "timestamp_rewritten"],
    way: value("svix-timestamp", (text) => new Date(Number(text) * 1000).toISOString()),
  },
  {
    name: "Paddle's five seconds, of a retry half a minute old",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.paddle,
    message: { at: -30 },
    cause: ["timestamp_too_old"],
  },
  {
    name: "a time zone in Slack's time",
    seen: LISTS,
    from: from.slack,
    message: { at: 7200 },
    cause: ["timestamp_in_future"],
  },
  {
    name: "seconds where HubSpot has milliseconds",
    seen: LISTS,
    from: from.hubspot,
    message: { at: 1_784_000 - 1_784_000_000 },
    cause: ["timestamp_in_seconds", "timestamp_too_old"],
  },
];

/** A body whose signature has a plus sign. */
function plus(): string {
  for (let n = 0; ; n++) {
    const body = JSON.stringify({ id: n });
    if (createHmac("sha256", from.shopify.secret).update(body).digest("base64").includes("+")) return body;
  }
}
