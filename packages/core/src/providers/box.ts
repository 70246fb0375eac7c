import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** Something that happened to a file or folder which a webhook watches. */
export interface BoxEvent {
  /** Always `webhook_event`; tells this body apart from other objects of Box's API. */
  readonly type: Open<"webhook_event">;
  /** Stays the same when the event is sent again. */
  readonly id: string;
  /** What happened, in capitals: the kind of item, a full stop, and what was done. */
  readonly trigger: Open<"FILE.UPLOADED" | "FILE.DELETED" | "FOLDER.CREATED" | "COMMENT.CREATED">;
  /** RFC 3339. */
  readonly created_at: string;
  /** Which of the application's webhooks fired. */
  readonly webhook: {
    /** As Box's API knows the webhook: decimal digits as text. */
    readonly id: string;
    readonly [field: string]: unknown;
  };
  /** The file, folder, comment or other item that it happened to, in Box's own form. */
  readonly source?: Readonly<Record<string, unknown>> | null;
  /** The Box user whose action fired the webhook. */
  readonly created_by: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Box webhooks v2: HMAC-SHA256 over body and time, base64, once under the primary and once under the secondary key. Give
 * one of them or both: any match passes. Version and algorithm are pinned, whatever the unsigned headers say.
 *
 * @see https://developer.box.com/guides/webhooks/v2/signatures-v2/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { box } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(box, { secret: "the primary key" });
 * ```
 */
export const box = row<BoxEvent>({
  name: "box",
  docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: ["box-signature-primary", "box-signature-secondary"] },
    timestamp: { header: "box-delivery-timestamp", unit: "rfc3339", tolerance: "10m" },
    content: [body, timestamp],
  }),
  key: (event) => textAt(event, "id"),
  retries: "24h",
  unprotected:
    "Body and time are signed without a separator; only JSON keeps them apart, so do not read the payload raw.",
});
