import express from "express";
import { asSent, type Case } from "../case.ts";
import { throughNginx } from "../programs.ts";
import { apiGateway, expressJson, inExpress } from "../roads.ts";
import {
  acme,
  clerk,
  discord,
  github,
  hubspot,
  linear,
  meta,
  paddle,
  shopify,
  slack,
  square,
  stripe,
  twilio,
} from "../senders.ts";

const form = inExpress(
  (app) => void app.use(express.urlencoded({ extended: true })),
  (req) => ({ body: req.body.payload ?? JSON.stringify(req.body) }),
);
const SEEN = "https://github.com/stripe/stripe-node/issues/356";

/** Two mistakes at once: either of them is the truth. */
export const two: readonly Case[] = [
  {
    name: "Stripe's secret without its prefix, behind express.json()",
    seen: SEEN,
    from: stripe,
    cause: ["secret_prefix_missing", "body_reserialised"],
    secret: (secret) => secret.slice(6),
    way: expressJson,
  },
  {
    name: "Discord's key with a line break, behind express.json()",
    seen: SEEN,
    from: discord,
    cause: ["secret_whitespace", "body_reserialised"],
    secret: (secret) => `${secret}\n`,
    way: expressJson,
  },
  {
    name: "Clerk's prefix twice, and the body as base64",
    seen: SEEN,
    from: clerk,
    cause: ["secret_prefix_doubled", "secret_prefix", "body_base64"],
    secret: (secret) => `whsec_${secret}`,
    way: (sent) => ({ ...asSent(sent), body: apiGateway(sent, true).body }),
  },
  {
    name: "Meta's secret in quotes, and unescaped text",
    seen: SEEN,
    from: meta,
    cause: ["secret_quotes", "body_reserialised"],
    secret: (secret) => `'${secret}'`,
    way: expressJson,
  },
  {
    name: "Slack's secret with a blank, and its command as JSON",
    seen: SEEN,
    from: slack,
    cause: ["secret_whitespace", "form_as_json"],
    secret: (secret) => `${secret} `,
    way: form,
  },
  {
    name: "Linear's secret as a manifest's base64, and an added line break",
    seen: SEEN,
    from: linear,
    cause: ["secret_base64", "body_line_break_added"],
    secret: (secret) => Buffer.from(secret).toString("base64"),
    way: (sent) => ({ ...asSent(sent), body: `${Buffer.from(sent.body)}\n` }),
  },
  {
    name: "SendGrid-like CRLF lost, and a secret with a line break",
    seen: SEEN,
    from: acme,
    cause: ["secret_whitespace", "body_line_endings"],
    secret: (secret) => `${secret}\r\n`,
    way: (sent) => ({ ...asSent(sent), body: Buffer.from(sent.body).toString().replaceAll("\r\n", "\n") }),
  },
  {
    name: "Square's key with a zero-width blank, behind TLS",
    seen: SEEN,
    from: square,
    cause: ["secret_invisible", "url_scheme"],
    secret: (secret) => `${secret}\u200b`,
    way: (sent) => ({ ...asSent(sent), url: sent.url.replace("https", "http") }),
  },
  {
    name: "Twilio's token as an env line, and the upstream's host",
    seen: SEEN,
    from: twilio,
    cause: ["secret_env_line", "url_host"],
    secret: (secret) => `TOKEN=${secret}`,
    way: throughNginx("location / { proxy_pass APP; proxy_set_header X-Forwarded-Host $host; }"),
    needs: ["nginx"],
  },
  {
    name: "HubSpot's body written again with blanks, behind TLS",
    seen: SEEN,
    from: hubspot,
    cause: ["url_scheme", "body_reserialised"],
    way: (sent) => ({
      ...asSent(sent),
      url: sent.url.replace("https", "http"),
      body: JSON.stringify(JSON.parse(Buffer.from(sent.body).toString()), null, 2),
    }),
  },
  {
    name: "Shopify's padding cut, and a secret with a line break",
    seen: SEEN,
    from: shopify,
    cause: ["secret_whitespace", "signature_truncated", "encoding"],
    secret: (secret) => `${secret}\n`,
    way: (sent) => ({
      ...asSent(sent),
      headers: {
        ...sent.headers,
        "x-shopify-hmac-sha256": (sent.headers["x-shopify-hmac-sha256"] as string).replace("=", ""),
      },
    }),
  },
  {
    name: "Paddle's late retry, and a secret in quotes",
    seen: SEEN,
    from: paddle,
    message: { at: -60 },
    cause: ["timestamp_too_old", "secret_quotes"],
    secret: (secret) => `"${secret}"`,
  },
  {
    name: "GitHub's token for its secret, and 0.0 lost",
    seen: SEEN,
    from: github,
    cause: ["secret_is_api_key", "body_reserialised", "body_looks_reserialised"],
    secret: () => ["ghp", "16C7e42F292c6912E7710c838347Ae178B4a"].join("_"),
    way: expressJson,
  },
  {
    name: "a prefix stripped and the query in order",
    seen: SEEN,
    from: twilio,
    message: { url: "https://example.com/api/sms?b=1&a=2" },
    cause: ["url_prefix", "url_query_order", "url_query"],
    way: (sent) => ({
      ...asSent(sent),
      headers: { ...sent.headers, "x-forwarded-prefix": "/api" },
      url: "https://example.com/sms?a=2&b=1",
    }),
  },
];
