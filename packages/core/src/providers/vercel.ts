import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** Something that happened to a deployment, project or domain. */
export interface VercelEvent {
  /** Identifies the delivery in Vercel's terms, and is the idempotency key. */
  readonly id: string;
  /** What happened: a resource and a verb in the past, such as `deployment.created`. */
  readonly type: Open<"deployment.created" | "deployment.succeeded" | "deployment.error" | "project.created">;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Where in Vercel's network it happened, such as `sfo1`; may be `null`. */
  readonly region: string | null;
  /** The deployment, project, team and user concerned; its shape depends on `type`. */
  readonly payload: Readonly<Record<string, unknown>>;
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
export const vercel = row<VercelEvent>({
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
