import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** What an integration is sent. The resource is only in an unsigned header; `action` is in the body. */
export interface SentryEvent {
  /** What happened to the resource; which actions there are depends on the kind of resource. */
  readonly action: Open<
    "created" | "resolved" | "assigned" | "archived" | "unresolved" | "triggered" | "critical" | "warning" | "deleted"
  >;
  /** Which organization's installation of the integration this is for. */
  readonly installation: {
    /** Identifies the installation; keep it with the tokens that you got for it. */
    readonly uuid: string;
    readonly [field: string]: unknown;
  };
  /** The issue, error, comment or alert, under its own name: `{ issue: { … } }`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Who caused it: `{ type, id, name }`, where `type` is `user` or `application`. */
  readonly actor: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Sentry's integration platform: HMAC-SHA256 over the body, under the integration's client secret. Requests of UI
 * components carry another header and are not covered.
 *
 * @see https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { sentry } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(sentry, { secret: "the integration's client secret" });
 * ```
 */
export const sentry = row<SentryEvent>({
  name: "sentry",
  docs: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "sentry-hook-signature" },
    content: [body],
  }),
  unprotected:
    "No time is signed, nor the headers Sentry-Hook-Resource, Sentry-Hook-Timestamp and Request-ID: a body can be repeated, or handed in as another resource.",
});
