/** Who signs: official libraries where they can, else `node:crypto` as the vendor's page has it. */
import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { parse } from "node:querystring";
import { signRequest } from "@contentful/node-apps-toolkit";
import { defineProvider, hmac, type Provider, timestamp, body as wholeBody } from "@countersign/core";
import * as rows from "@countersign/core/providers";
import { signWebhookPayload } from "@notionhq/client";
import * as octokit from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import twilioSdk from "twilio";
import * as bodies from "./bodies.ts";
import { type Message, NOW, type Sender, type Sent } from "./case.ts";

const bytes = (body: string | Uint8Array) => (typeof body === "string" ? Buffer.from(body) : Buffer.from(body));
const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };
const HEX = "8f742231b10e8888abcd99yyyzzz85a5".replaceAll(/[yz]/g, "0");
const WHSEC = `whsec_${Buffer.from("countersign test key, 32 bytes..").toString("base64")}`;

type Signs = (message: {
  body: Buffer;
  url: string;
  /** Milliseconds since the epoch. */
  time: number;
  headers: Readonly<Record<string, string>>;
}) => Record<string, string> | Promise<Record<string, string>>;

function sender(
  provider: Provider<any>,
  secret: string,
  usual: { body: string; url?: string; headers?: Record<string, string> },
  signs: Signs,
): Sender {
  return {
    provider,
    secret,
    async send(message: Message = {}): Promise<Sent> {
      const body = bytes(message.body ?? usual.body);
      const url = message.url ?? usual.url ?? "https://example.com/hooks/in";
      const time = NOW + (message.at ?? 0) * 1000;
      const headers = { ...json, ...usual.headers, ...message.headers };
      return { method: "POST", url, headers: { ...headers, ...(await signs({ body, url, time, headers })) }, body };
    },
  };
}

const mac = (digest: string, secret: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]) => {
  const running = createHmac(digest, secret);
  for (const part of parts) running.update(part);
  return running;
};
const seconds = (time: number) => String(Math.floor(time / 1000));

const STRIPE = "whsec_5f0c9a8e7d6b4c3a2f1e0d9c8b7a6f5e";
export const stripe = sender(rows.stripe, STRIPE, { body: bodies.stripe }, ({ body, time }) => ({
  "stripe-signature": Stripe.webhooks.generateTestHeaderString({
    payload: body as never,
    secret: STRIPE,
    timestamp: Math.floor(time / 1000),
  }),
}));

const GITHUB = "It's a Secret to Everybody";
export const github = sender(rows.github, GITHUB, { body: bodies.github }, async ({ body }) => ({
  "x-github-event": "issues",
  "x-hub-signature": `sha1=${mac("sha1", GITHUB, body).digest("hex")}`,
  "x-hub-signature-256": await octokit.sign(GITHUB, body.toString()),
}));

/** As `github`, for bodies that are no UTF-8, which the library takes as text only. */
export const githubBytes = sender(rows.github, GITHUB, { body: bodies.github }, ({ body }) => ({
  "x-hub-signature-256": `sha256=${mac("sha256", GITHUB, body).digest("hex")}`,
}));

export const slack = sender(rows.slack, HEX, { body: bodies.slackCommand, headers: form }, ({ body, time }) => ({
  "x-slack-request-timestamp": seconds(time),
  "x-slack-signature": `v0=${mac("sha256", HEX, `v0:${seconds(time)}:`, body).digest("hex")}`,
}));

const SHOPIFY = "hush".padEnd(32, "0123456789abcdef");
export const shopify = sender(rows.shopify, SHOPIFY, { body: bodies.shopify }, ({ body }) => ({
  "x-shopify-topic": "orders/create",
  "x-shopify-hmac-sha256": mac("sha256", SHOPIFY, body).digest("base64"),
}));

const svixHeaders = ({ body, time }: { body: Buffer; time: number }, prefix: string) => ({
  [`${prefix}-id`]: "msg_p5jXN8AQM9LWM0D4loKWxJek",
  [`${prefix}-timestamp`]: seconds(time),
  [`${prefix}-signature`]:
    prefix === "svix"
      ? new SvixWebhook(WHSEC).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", new Date(time), body.toString())
      : new Webhook(WHSEC).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", new Date(time), body.toString()),
});
export const svix = sender(rows.svix, WHSEC, { body: bodies.clerk }, (sent) => svixHeaders(sent, "svix"));
export const clerk = sender(rows.clerk, WHSEC, { body: bodies.clerk }, (sent) => svixHeaders(sent, "svix"));
export const resend = sender(rows.resend, WHSEC, { body: bodies.resend }, (sent) => svixHeaders(sent, "svix"));
export const standard = sender(rows.standardWebhooks, WHSEC, { body: bodies.resend }, (sent) =>
  svixHeaders(sent, "webhook"),
);

export const twilio = sender(
  rows.twilio,
  HEX,
  { body: bodies.twilio, url: "https://example.com/hooks/sms?team=7&locale=de", headers: form },
  ({ body, url }) => ({
    "x-twilio-signature": twilioSdk.getExpectedTwilioSignature(HEX, url, { ...parse(body.toString()) }),
  }),
);

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const DISCORD = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url").toString("hex");
export const discord = sender(rows.discord, DISCORD, { body: bodies.discord }, ({ body, time }) => ({
  "x-signature-timestamp": seconds(time),
  "x-signature-ed25519": signBytes(null, Buffer.concat([Buffer.from(seconds(time)), body]), privateKey).toString("hex"),
}));

const CONTENTFUL = "c".repeat(64);
export const contentful = sender(
  rows.contentful,
  CONTENTFUL,
  { body: bodies.contentful, url: "https://example.com/contentful-service/contentful/contenttype" },
  ({ body, url, time, headers }) => {
    const path = url.slice("https://example.com".length);
    const own = { ...headers, "x-contentful-topic": "ContentManagement.Entry.publish" };
    const signed = signRequest(CONTENTFUL, { method: "POST", path, headers: own, body: body.toString() }, time);
    return Object.fromEntries(Object.entries({ ...own, ...signed }).map(([name, value]) => [name, String(value)]));
  },
);

const NOTION = ["secret", "tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"].join("_");
export const notion = sender(rows.notion, NOTION, { body: bodies.notion }, async ({ body }) => ({
  "x-notion-signature": await signWebhookPayload({ body: body.toString(), verificationToken: NOTION }),
}));

const plain = (
  provider: Provider<any>,
  secret: string,
  body: string,
  write: (signed: ReturnType<typeof mac>) => string,
) =>
  sender(provider, secret, { body }, (sent) => {
    const { signature } = provider.scheme as { signature: { header: string } };
    return { [signature.header]: write(mac("sha256", secret, sent.body)) };
  });
const hex = (signed: ReturnType<typeof mac>) => signed.digest("hex");
const base64 = (signed: ReturnType<typeof mac>) => signed.digest("base64");

export const linear = plain(rows.linear, ["lin", "wh", "cXdlcnR5dWlvcGFzZGZnaGpr"].join("_"), bodies.linear, hex);
export const line = plain(rows.line, "9a8b7c6d5e4f30211203f4e5d6c7b8a9", bodies.line, base64);
export const razorpay = plain(rows.razorpay, "a razorpay secret", bodies.razorpay, hex);
export const sentry = plain(rows.sentry, "5e".repeat(32), bodies.sentry, hex);
export const dropbox = plain(rows.dropbox, "dropboxappsecr3", bodies.dropbox, hex);
export const meta = plain(rows.meta, "7c".repeat(16), bodies.meta, (signed) => `sha256=${signed.digest("hex")}`);
export const typeform = plain(
  rows.typeform,
  "typeform secret 1",
  bodies.typeform,
  (s) => `sha256=${s.digest("base64")}`,
);
export const pagerduty = plain(rows.pagerduty, "pd".repeat(16), bodies.pagerduty, (s) => `v1=${s.digest("hex")}`);

const ZOOM = "zM2Q8x-zoomtoken-Rk";
export const zoom = sender(rows.zoom, ZOOM, { body: bodies.zoom }, ({ body, time }) => ({
  "x-zm-request-timestamp": seconds(time),
  "x-zm-signature": `v0=${mac("sha256", ZOOM, `v0:${seconds(time)}:`, body).digest("hex")}`,
}));

const PADDLE = ["pdl", "ntfset", "01hq2c7w5v9y3b8d4f6g8h0j2k"].join("_");
export const paddle = sender(rows.paddle, PADDLE, { body: bodies.paddle }, ({ body, time }) => ({
  "paddle-signature": `ts=${seconds(time)};h1=${mac("sha256", PADDLE, `${seconds(time)}:`, body).digest("hex")}`,
}));

const SQUARE = "asdf1234-square-signature-key";
export const square = sender(
  rows.square,
  SQUARE,
  { body: bodies.square, url: "https://example.com/hooks/square" },
  ({ body, url }) => ({ "x-square-hmacsha256-signature": mac("sha256", SQUARE, url, body).digest("base64") }),
);

const HUBSPOT = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy".replaceAll("y", "4");
export const hubspot = sender(
  rows.hubspot,
  HUBSPOT,
  { body: bodies.hubspot, url: "https://example.com/hooks/hubspot" },
  ({ body, url, time }) => ({
    "x-hubspot-request-timestamp": String(time),
    "x-hubspot-signature-v3": mac("sha256", HUBSPOT, `POST${url}`, body, String(time)).digest("base64"),
  }),
);

const ZENDESK = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
export const zendesk = sender(rows.zendesk, ZENDESK, { body: bodies.zendesk }, ({ body, time }) => {
  const text = new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    "x-zendesk-webhook-signature-timestamp": text,
    "x-zendesk-webhook-signature": mac("sha256", ZENDESK, text, body).digest("base64"),
  };
});

const INTERCOM = "1nt3rc0m-client-secret";
export const intercom = sender(rows.intercom, INTERCOM, { body: bodies.intercom }, ({ body }) => ({
  "x-hub-signature": `sha1=${mac("sha1", INTERCOM, body).digest("hex")}`,
}));

const VERCEL = "vercel-integration-secret";
export const vercel = sender(rows.vercel, VERCEL, { body: bodies.vercel }, ({ body }) => ({
  "x-vercel-signature": mac("sha1", VERCEL, body).digest("hex"),
}));

const SANITY = "a sanity webhook secret";
/** Sanity writes base64url, for which there is no row: this is the row that people write for it. */
const sanityRow = defineProvider({
  name: "sanity",
  docs: "https://www.sanity.io/docs/content-lake/webhook-best-practices",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "sanity-webhook-signature", layout: "t={timestamp},v1={signature}" },
    timestamp: { unit: "ms", tolerance: "5m" },
    content: [timestamp, ".", wholeBody],
  }),
});
export const sanity: Sender = {
  odd: "the row reads base64, and Sanity writes base64url",
  ...sender(sanityRow, SANITY, { body: bodies.sanity }, ({ body, time }) => ({
    "sanity-webhook-signature": `t=${time},v1=${mac("sha256", SANITY, `${time}.`, body).digest("base64url")}`,
  })),
};
/** The same, had Sanity chosen plain base64: for what befalls its bodies. */
export const sanityPlain = sender(sanityRow, SANITY, { body: bodies.sanity }, ({ body, time }) => ({
  "sanity-webhook-signature": `t=${time},v1=${mac("sha256", SANITY, `${time}.`, body).digest("base64")}`,
}));

const ACME = "acme-webhook-secret";
/** A sender with the signature header that everybody has; SendGrid's bodies, whose own ECDSA has no row here. */
export const acme = sender(rows.hmacSignature(), ACME, { body: bodies.sendgrid }, ({ body }) => ({
  "x-signature": mac("sha256", ACME, body).digest("hex"),
}));
export const acmeKey = ACME;
export const gitlab = sender(rows.gitlab, "glwh-0123456789", { body: bodies.github }, () => ({
  "x-gitlab-token": "glwh-0123456789",
}));

/** A sender whose users choose the secret themselves. */
export const withSecret = (secret: string): Sender =>
  sender(rows.github, secret, { body: bodies.githubIssue }, async ({ body }) => ({
    "x-hub-signature-256": await octokit.sign(secret, body.toString()),
  }));

/** Standard Webhooks with a key whose base64 has the two characters that base64url writes otherwise. */
const ODD = `whsec_${Buffer.from("fb".repeat(12) + "ff".repeat(12), "hex").toString("base64")}`;
export const standardOdd = sender(rows.standardWebhooks, ODD, { body: bodies.resend }, ({ body, time }) => ({
  "webhook-id": "msg_1",
  "webhook-timestamp": seconds(time),
  "webhook-signature": new Webhook(ODD).sign("msg_1", new Date(time), body.toString()),
}));

/** A sender whose key is other bytes than the text that its users see. */
export const signedBy = (secret: string, key: Uint8Array): Sender => ({
  odd: "its key is no UTF-8",
  ...sender(rows.github, secret, { body: bodies.githubIssue }, ({ body }) => ({
    "x-hub-signature-256": `sha256=${mac("sha256", key, body).digest("hex")}`,
  })),
});
