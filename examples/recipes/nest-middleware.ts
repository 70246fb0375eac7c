/** NestJS, as a middleware: the controller behind it sees proven deliveries alone, in `req.webhook`. */
import { type StripeEvent, stripe } from "@countersign/core/providers";
import { webhook } from "@countersign/express";
import { Controller, HttpCode, type MiddlewareConsumer, Module, type NestModule, Post, Req } from "@nestjs/common";

@Controller("hooks")
export class HooksController {
  @Post("stripe")
  @HttpCode(204)
  stripe(@Req() req: { webhook: { payload: StripeEvent } }): void {
    console.log(req.webhook.payload.type);
  }
}

/** Make the app with `NestFactory.create(AppModule, { rawBody: true })`. */
@Module({ controllers: [HooksController] })
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(webhook(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET! })).forRoutes("hooks/stripe");
  }
}
