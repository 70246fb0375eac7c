/** Plain `node:http`. */
import { createServer } from "node:http";
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";

const verifier = createVerifier(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET! });

export const server = createServer((req, res) => {
  if (req.url !== "/hooks/stripe") {
    res.writeHead(404).end();
    return;
  }
  verifier
    .handleIncoming(req, res, ({ payload }) => console.log(payload.type))
    .catch((error) => {
      console.error(error); // What the handler threw; the delivery is released, and Stripe sends it again.
      res.statusCode = 500;
      res.end();
    });
});
