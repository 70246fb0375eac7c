import { asymmetric } from "../kind/asymmetric.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { textAt } from "./fields.ts";

/** An event of calls, messages, faxes, numbers and all else. */
export interface TelnyxEvent {
  /** The event itself. */
  readonly data: {
    /** Unique for each event: the idempotency key. */
    readonly id: string;
    /** Such as `"call.initiated"` or `"message.received"`. */
    readonly event_type: string;
    /** When it happened, ISO 8601. */
    readonly occurred_at?: string;
    /** `"event"`. */
    readonly record_type: string;
    /** What the event is about; its fields depend on `event_type`. */
    readonly payload: Readonly<Record<string, unknown>>;
  };
  /** How it was delivered; absent for some products. */
  readonly meta?: {
    /** Which try this is, from 1. */
    readonly attempt?: number;
    /** The URL that it was sent to. */
    readonly delivered_to?: string;
  };
}

/**
 * Telnyx: Ed25519 over time and body. The secret is the account's public key, base64, from Mission Control.
 *
 * @see https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { telnyx } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(telnyx, { secret: "eu2zvPjhY6odxV34Z/EsRiERvTodkev4Fq0SlK90Izg=" });
 * ```
 */
export const telnyx = row<TelnyxEvent>({
  name: "telnyx",
  docs: "https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks",
  scheme: asymmetric({
    algorithm: "ed25519",
    encoding: "base64",
    publicKey: "base64",
    signature: { header: "telnyx-signature-ed25519" },
    timestamp: { header: "telnyx-timestamp", unit: "s", tolerance: "5m" },
    content: [timestamp, "|", body],
  }),
  key: (payload) => textAt(payload, "data", "id"),
  unprotected: "Events may come out of order; occurred_at in the body says when.",
});
