import type { Provider } from "../scheme/provider.ts";
import { asana } from "./asana.ts";
import { bitbucket } from "./bitbucket.ts";
import { box } from "./box.ts";
import { calendly } from "./calendly.ts";
import { clerk } from "./clerk.ts";
import { contentful } from "./contentful.ts";
import { discord } from "./discord.ts";
import { dropbox } from "./dropbox.ts";
import { fal } from "./fal.ts";
import { forgejo } from "./forgejo.ts";
import { gitea } from "./gitea.ts";
import { github } from "./github.ts";
import { githubSecretScanning } from "./github-secret-scanning.ts";
import { gitlab, gitlabSigned } from "./gitlab.ts";
import { hubspot } from "./hubspot.ts";
import { intercom } from "./intercom.ts";
import { line } from "./line.ts";
import { linear } from "./linear.ts";
import { meta } from "./meta.ts";
import { notion } from "./notion.ts";
import { paddle } from "./paddle.ts";
import { pagerduty } from "./pagerduty.ts";
import { razorpay } from "./razorpay.ts";
import { resend } from "./resend.ts";
import { sendgrid } from "./sendgrid.ts";
import { sentry } from "./sentry.ts";
import { shopify, shopifyEvents } from "./shopify.ts";
import { slack } from "./slack.ts";
import { square } from "./square.ts";
import { stalwart } from "./stalwart.ts";
import { standardWebhooks, standardWebhooksAsymmetric } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";
import { svix } from "./svix.ts";
import { tailscale } from "./tailscale.ts";
import { telnyx } from "./telnyx.ts";
import { twilio } from "./twilio.ts";
import { typeform } from "./typeform.ts";
import { vercel } from "./vercel.ts";
import { whatsapp } from "./whatsapp.ts";
import { wise } from "./wise.ts";
import { workos } from "./workos.ts";
import { zendesk } from "./zendesk.ts";
import { zoom } from "./zoom.ts";

type AnyProvider = Provider<any>;

/**
 * Every provider that is a constant, by its name: for tools that are told the name. The calls (`aperture`, `tappass`,
 * `apono`, `stalwartHttpAuth`) are not in it, because they need to be told more. No prototype, so that `__proto__` finds nothing.
 *
 * @example
 * ```ts
 * import { providers } from "@countersign/core/providers";
 *
 * console.log(providers["standard-webhooks"]?.docs); // https://www.standardwebhooks.com
 * ```
 */
export const providers: Readonly<Record<string, AnyProvider>> = byName([
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
]);

function byName(list: readonly AnyProvider[]): Readonly<Record<string, AnyProvider>> {
  const table: Record<string, AnyProvider> = Object.create(null);
  for (const provider of list) table[provider.name] = provider;
  return Object.freeze(table);
}
