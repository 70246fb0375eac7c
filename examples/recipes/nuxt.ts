/** Nuxt and Nitro: `server/routes/hooks/stripe.post.ts`; plain h3 the same. */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import { defineEventHandler, toWebRequest } from "h3";

// Looked up for each request: the build loads this file too, and has no secrets.
const verifier = createVerifier(stripe, { secret: () => process.env.STRIPE_WEBHOOK_SECRET });

export default defineEventHandler((event) =>
  verifier.handle(toWebRequest(event), ({ payload }) => console.log(payload.type)),
);
