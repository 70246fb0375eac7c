/** Koa. In front of any body parser; where one must come first, let it keep the bytes in `ctx.req.rawBody`. */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import Koa from "koa";

const verifier = createVerifier(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET! });

export const app = new Koa();
app.use(async (ctx, next) => {
  if (ctx.path !== "/hooks/stripe") return next();
  ctx.respond = false; // The verifier writes the response.
  await verifier.handleIncoming(ctx.req, ctx.res, ({ payload }) => console.log(payload.type));
});
