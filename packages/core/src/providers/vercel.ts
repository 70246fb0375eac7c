import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { type Open, textAt } from "./fields.ts";

/** An event. */
export interface VercelEvent {
  readonly id: string;
  readonly type: Open<"deployment.created" | "deployment.succeeded" | "deployment.error" | "project.created">;
  /** Milliseconds since the epoch. */
  readonly createdAt?: number;
  readonly region?: string | null;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Vercel: HMAC-SHA1 over the body, under the webhook's secret or the integration's client secret.
 *
 * @see https://vercel.com/docs/webhooks/webhooks-api
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { vercel } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(vercel, { secret: "the webhook's secret" });
 * ```
 */
export const vercel = defineProvider<VercelEvent>({
  name: "vercel",
  docs: "https://vercel.com/docs/webhooks/webhooks-api",
  scheme: hmac({
    digest: "sha1",
    encoding: "hex",
    signature: { header: "x-vercel-signature" },
    content: [body],
  }),
  key: (event) => textAt(event, "id"),
  retries: "24h",
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
