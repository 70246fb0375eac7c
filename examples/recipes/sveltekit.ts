/** SvelteKit: `src/routes/hooks/stripe/+server.ts`. */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import type { RequestHandler } from "@sveltejs/kit";

// Looked up for each request: the build loads this file too, and has no secrets.
const verifier = createVerifier(stripe, { secret: () => process.env.STRIPE_WEBHOOK_SECRET });

export const POST: RequestHandler = ({ request }) =>
  verifier.handle(request, ({ payload }) => console.log(payload.type));
