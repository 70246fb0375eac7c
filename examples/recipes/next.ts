/** Next: `app/hooks/stripe/route.ts`. */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";

// Looked up for each request: the build loads this file too, and has no secrets.
const verifier = createVerifier(stripe, { secret: () => process.env.STRIPE_WEBHOOK_SECRET });

export function POST(request: Request): Promise<Response> {
  return verifier.handle(request, ({ payload }) => console.log(payload.type));
}
