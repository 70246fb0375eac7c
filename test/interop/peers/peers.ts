import { bolt } from "./bolt.ts";
import { contentful } from "./contentful.ts";
import { discordInteractions } from "./discord-interactions.ts";
import { hubspot } from "./hubspot.ts";
import { line } from "./line.ts";
import { octokit } from "./octokit.ts";
import { paddle } from "./paddle.ts";
import type { Peer } from "./peer.ts";
import { razorpay } from "./razorpay.ts";
import { shopify } from "./shopify.ts";
import { square } from "./square.ts";
import { standardWebhooks } from "./standard-webhooks.ts";
import { stripe } from "./stripe.ts";
import { svix } from "./svix.ts";
import { twilio } from "./twilio.ts";
import { workos } from "./workos.ts";

/** In the order of the project's list. */
export const peers: readonly Peer[] = [
  stripe,
  svix,
  standardWebhooks,
  octokit,
  twilio,
  bolt,
  discordInteractions,
  paddle,
  workos,
  shopify,
  line,
  razorpay,
  square,
  hubspot,
  contentful,
];
