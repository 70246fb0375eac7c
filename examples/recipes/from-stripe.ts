/** From `stripe.webhooks.constructEvent`: the same secret, the same event; the types may stay Stripe's. */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import Stripe from "stripe";

const secret = process.env.STRIPE_WEBHOOK_SECRET!;

export async function before(request: Request): Promise<Response> {
  const client = new Stripe("sk_test_unused");
  try {
    const signature = request.headers.get("stripe-signature") ?? "";
    const event = await client.webhooks.constructEventAsync(await request.text(), signature, secret);
    console.log(event.type);
    return new Response(null, { status: 204 });
  } catch (error) {
    return new Response(`Webhook Error: ${(error as Error).message}`, { status: 400 });
  }
}

const verifier = createVerifier(stripe, { secret });

export const after = (request: Request) => verifier.handle(request, ({ payload }) => console.log(payload.type));
