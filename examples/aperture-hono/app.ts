import { allow, block, type GuardrailOptions, modify } from "@countersign/core";
import { aperture } from "@countersign/core/providers";
import { guardrail } from "@countersign/hono";
import { type Context, Hono } from "hono";

export interface Bindings {
  readonly APERTURE_KEY: string;
}

export type Options = Pick<GuardrailOptions, "clock" | "limit" | "onFailure" | "onReject">;

/** Decides about prompts before they reach a model: no card numbers, and never more than 2,000 tokens. */
export function build(options: Options = {}): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>();

  app.post(
    "/hooks/aperture",
    guardrail(
      aperture({ event: "pre_request" }),
      { ...options, secret: (_, c: Context<{ Bindings: Bindings }>) => c.env.APERTURE_KEY },
      ({ payload }) => {
        if (/\b(?:\d[ -]?){15}\d\b/.test(payload.user_message ?? ""))
          return block({ message: "That looks like a card number." });
        const request = payload.request_body as { max_tokens?: number } | undefined;
        return (request?.max_tokens ?? 0) > 2_000 ? modify({ ...request, max_tokens: 2_000 }) : allow();
      },
    ),
  );
  return app;
}
