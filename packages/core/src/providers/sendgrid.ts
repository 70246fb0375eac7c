import { asymmetric } from "../kind/asymmetric.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { batchKey, type Open, textAt } from "./fields.ts";

/** What happened to one message; several come in one request. */
export interface SendGridEvent {
  /** The recipient's address. */
  readonly email: string;
  /** When it happened, seconds since 1970. */
  readonly timestamp: number;
  /** What happened; SendGrid lengthens the list. */
  readonly event: Open<
    | "processed"
    | "dropped"
    | "delivered"
    | "deferred"
    | "bounce"
    | "open"
    | "click"
    | "spamreport"
    | "unsubscribe"
    | "group_unsubscribe"
    | "group_resubscribe"
  >;
  /** Unique for each event: handle each one once by it, because batches may be put together anew. */
  readonly sg_event_id?: string;
  /** The message's own id in SendGrid. */
  readonly sg_message_id?: string;
  readonly [field: string]: unknown;
}

/**
 * Twilio SendGrid's Event Webhook, signed: ECDSA P-256 over time and body. The secret is the verification key that
 * SendGrid shows (base64 of its DER, without the lines of PEM).
 *
 * SendGrid documents no tolerance; five minutes are our choice.
 *
 * @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { sendgrid } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(sendgrid, {
 *   secret: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
 * });
 * ```
 */
export const sendgrid = row<readonly SendGridEvent[]>({
  name: "sendgrid",
  docs: "https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features",
  scheme: asymmetric({
    algorithm: "ecdsa-p256-sha256",
    form: "der",
    encoding: "base64",
    publicKey: "der",
    signature: { header: "x-twilio-email-event-webhook-signature" },
    timestamp: { header: "x-twilio-email-event-webhook-timestamp", unit: "s", tolerance: "5m" },
    content: [timestamp, body],
  }),
  key: (events) => batchKey(events, (event) => textAt(event, "sg_event_id")),
  retries: "24h",
  unprotected:
    "A request holds many events and has no id of its own: what is sent again may be batched otherwise, so handle each event once by its sg_event_id.",
});
