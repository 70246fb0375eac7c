/** Elysia. `parse: "none"` leaves the body to the verifier. */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import { Elysia } from "elysia";

const verifier = createVerifier(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET! });

export const app = new Elysia().post(
  "/hooks/stripe",
  ({ request }) => verifier.handle(request, ({ payload }) => console.log(payload.type)),
  { parse: "none" },
);
