import type { Provider } from "../scheme/provider.ts";
import { adyenPlatform } from "./adyen-platform.ts";
import { anthropic } from "./anthropic.ts";
import { asana } from "./asana.ts";
import { bitbucket } from "./bitbucket.ts";
import { box } from "./box.ts";
import { calendly } from "./calendly.ts";
import { circleci } from "./circleci.ts";
import { clerk } from "./clerk.ts";
import { coinbaseCommerce } from "./coinbase-commerce.ts";
import { contentful } from "./contentful.ts";
import { deepgram } from "./deepgram.ts";
import { discord } from "./discord.ts";
import { dodoPayments } from "./dodo-payments.ts";
import { dropbox } from "./dropbox.ts";
import { easypost } from "./easypost.ts";
import { elevenlabs } from "./elevenlabs.ts";
import { fal } from "./fal.ts";
import { finch } from "./finch.ts";
import { flutterwave } from "./flutterwave.ts";
import { forgejo } from "./forgejo.ts";
import { getstream } from "./getstream.ts";
import { gitea } from "./gitea.ts";
import { github } from "./github.ts";
import { githubSecretScanning } from "./github-secret-scanning.ts";
import { gitlab, gitlabSigned } from "./gitlab.ts";
import { gocardless } from "./gocardless.ts";
import { hookdeck } from "./hookdeck.ts";
import { hubspot } from "./hubspot.ts";
import { intercom } from "./intercom.ts";
import { kontentAi } from "./kontent-ai.ts";
import { line } from "./line.ts";
import { linear } from "./linear.ts";
import { lithic } from "./lithic.ts";
import { liveblocks } from "./liveblocks.ts";
import { meta } from "./meta.ts";
import { modernTreasury } from "./modern-treasury.ts";
import { mux } from "./mux.ts";
import { notion } from "./notion.ts";
import { onfido } from "./onfido.ts";
import { openai } from "./openai.ts";
import { paddle } from "./paddle.ts";
import { pagerduty } from "./pagerduty.ts";
import { polar } from "./polar.ts";
import { pusher } from "./pusher.ts";
import { razorpay } from "./razorpay.ts";
import { replicate } from "./replicate.ts";
import { resend } from "./resend.ts";
import { sanity } from "./sanity.ts";
import { sendgrid } from "./sendgrid.ts";
import { sentry } from "./sentry.ts";
import { shopify, shopifyEvents } from "./shopify.ts";
import { slack } from "./slack.ts";
import { square } from "./square.ts";
import { stalwart } from "./stalwart.ts";
import { standardWebhooks, standardWebhooksAsymmetric } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";
import { supabase } from "./supabase.ts";
import { svix } from "./svix.ts";
import { tailscale } from "./tailscale.ts";
import { telegram } from "./telegram.ts";
import { telnyx } from "./telnyx.ts";
import { twilio } from "./twilio.ts";
import { typeform } from "./typeform.ts";
import { vercel } from "./vercel.ts";
import { webflow } from "./webflow.ts";
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
  adyenPlatform,
  anthropic,
  asana,
  bitbucket,
  box,
  calendly,
  circleci,
  clerk,
  coinbaseCommerce,
  contentful,
  deepgram,
  discord,
  dodoPayments,
  dropbox,
  easypost,
  elevenlabs,
  fal,
  finch,
  flutterwave,
  forgejo,
  getstream,
  gitea,
  github,
  githubSecretScanning,
  gitlab,
  gitlabSigned,
  gocardless,
  hookdeck,
  hubspot,
  intercom,
  kontentAi,
  line,
  linear,
  lithic,
  liveblocks,
  meta,
  modernTreasury,
  mux,
  notion,
  onfido,
  openai,
  paddle,
  pagerduty,
  polar,
  pusher,
  razorpay,
  replicate,
  resend,
  sanity,
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
  supabase,
  svix,
  tailscale,
  telegram,
  telnyx,
  twilio,
  typeform,
  vercel,
  webflow,
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
