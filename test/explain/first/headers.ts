import { defineProvider, type MacScheme } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import express from "express";
import { asSent, type Case, NOW } from "../case.ts";
import { throughNginx } from "../programs.ts";
import { expressJson, inExpress } from "../roads.ts";
import { clerk, github, intercom, sanity, shopify, slack, stripe, svix, twilio } from "../senders.ts";

const without =
  (...names: readonly string[]) =>
  (headers: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
const own = (from: { provider: { scheme: unknown } }, scheme: Partial<MacScheme>) =>
  defineProvider({
    name: "own",
    docs: "https://example.com",
    scheme: { ...(from.provider.scheme as MacScheme), ...scheme },
  });

export const headers: readonly Case[] = [
  {
    name: "Shopify's signature expected in hex",
    seen: "https://github.com/Elkfox/shopify-node-app/issues/10",
    from: shopify,
    provider: own(shopify, { encoding: "hex" }),
    cause: ["encoding"],
  },
  {
    name: "Sanity's base64url, for which base64 was written",
    seen: "https://github.com/sanity-io/webhook-toolkit/issues/7",
    from: sanity,
    cause: ["encoding"],
  },
  {
    name: "SHA-256 for a vendor that signs with SHA-1",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: intercom,
    provider: own(intercom, { digest: "sha256", signature: { header: "x-hub-signature", layout: "sha1={signature}" } }),
    cause: ["digest"],
  },
  {
    name: "Slack's time header, which a proxy drops",
    seen: "https://github.com/slackapi/bolt-js/issues/112",
    from: slack,
    cause: ["header_missing"],
    way: throughNginx('location / { proxy_pass APP; proxy_set_header X-Slack-Request-Timestamp ""; }'),
    needs: ["nginx"],
  },
  {
    name: "two of Svix's three headers handed on",
    seen: "https://github.com/rakibtweets/dev_overflow_nextjs13/issues/2",
    from: clerk,
    cause: ["header_missing"],
    way: (sent) => ({ ...asSent(sent), headers: without("svix-id")(sent.headers) }),
  },
  {
    name: "a request by hand, without any signature",
    seen: "https://github.com/lobehub/lobehub/issues/4084",
    from: clerk,
    cause: ["no_signature_header"],
    way: (sent) => ({ ...asSent(sent), headers: { "content-type": "application/json" } }),
  },
  {
    name: "Svix's headers read as those of Standard Webhooks",
    seen: "https://github.com/standard-webhooks/standard-webhooks/issues/235",
    from: svix,
    provider: standardWebhooks,
    cause: ["another_signature_header"],
  },
  {
    name: "GitHub's old header alone",
    seen: "https://github.com/octokit/webhooks.js/issues/1079",
    from: github,
    cause: ["another_signature_header"],
    way: (sent) => ({ ...asSent(sent), headers: without("x-hub-signature-256")(sent.headers) }),
  },
  {
    name: "Shopify's padding cut off by a split at the equals sign",
    seen: "https://github.com/nozzlegear/Shopify-Prime/issues/2",
    from: shopify,
    cause: ["signature_truncated", "encoding"],
    way: (sent) => {
      const [first = ""] = (sent.headers["x-shopify-hmac-sha256"] as string).split("=");
      return { ...asSent(sent), headers: { ...sent.headers, "x-shopify-hmac-sha256": first } };
    },
  },
  {
    name: "a signature cut at 64 characters by a database column",
    seen: "https://github.com/matrix-org/matrix-hookshot/issues/842",
    from: github,
    cause: ["signature_truncated"],
    way: (sent) => ({
      ...asSent(sent),
      headers: { ...sent.headers, "x-hub-signature-256": (sent.headers["x-hub-signature-256"] as string).slice(0, 64) },
    }),
  },
  {
    name: "a proxy that hands the header on twice",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: github,
    cause: ["header_twice"],
    way: throughNginx(
      'location / { proxy_pass http://127.0.0.1:1/; } location /hooks { proxy_pass APP; proxy_set_header X-Hub-Signature-256 "$http_x_hub_signature_256, $http_x_hub_signature_256"; }',
    ),
    needs: ["nginx"],
  },
  {
    name: "an event that the command line sent again later",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: stripe,
    message: { at: -3600 },
    cause: ["timestamp_too_old"],
  },
  {
    name: "a clock that is behind",
    seen: "https://github.com/twilio/twilio-node/issues/321",
    from: svix,
    message: { at: 900 },
    cause: ["timestamp_in_future"],
  },
  {
    name: "a sender of one's own that signs milliseconds",
    seen: "https://github.com/stripe/stripe-node/issues/331",
    from: stripe,
    message: { at: NOW - NOW / 1000 },
    cause: ["timestamp_in_milliseconds"],
  },
];

export const twoAtOnce: readonly Case[] = [
  {
    name: "a secret with a line break, and a body written again",
    seen: "https://github.com/stripe/stripe-node/issues/1254",
    from: stripe,
    cause: ["secret_whitespace", "body_reserialised"],
    secret: (secret) => `${secret}\n`,
    way: expressJson,
  },
  {
    name: "a secret in quotes, and http in place of https",
    seen: "https://github.com/twilio/twilio-node/issues/321",
    from: twilio,
    cause: ["secret_quotes", "url_scheme"],
    secret: (secret) => `"${secret}"`,
    way: inExpress(
      (app) => void app.use(express.raw({ type: "*/*" })),
      (req) => ({ body: req.body, url: `${req.protocol}://${req.get("host")}${req.originalUrl}` }),
    ),
  },
  {
    name: "an old event, and a body written again",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: stripe,
    message: { at: -86_400 },
    cause: ["timestamp_too_old", "body_reserialised"],
    way: expressJson,
  },
];
