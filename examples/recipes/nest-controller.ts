/** NestJS, in a controller. Make the app with `NestFactory.create(AppModule, { rawBody: true })`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import { Controller, Module, Post, Req, Res } from "@nestjs/common";

const verifier = createVerifier(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET! });

@Controller("hooks")
export class HooksController {
  @Post("stripe")
  stripe(@Req() req: IncomingMessage, @Res() res: ServerResponse): Promise<void> {
    return verifier.handleIncoming(req, res, ({ payload }) => console.log(payload.type));
  }
}

@Module({ controllers: [HooksController] })
export class AppModule {}
