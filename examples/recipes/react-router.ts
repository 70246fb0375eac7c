/** React Router: a resource route, such as `app/routes/hooks.stripe.ts`. */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import type { ActionFunctionArgs } from "react-router";

// Looked up for each request: the build loads this file too, and has no secrets.
const verifier = createVerifier(stripe, { secret: () => process.env.STRIPE_WEBHOOK_SECRET });

export function action({ request }: ActionFunctionArgs): Promise<Response> {
  return verifier.handle(request, ({ payload }) => console.log(payload.type));
}
