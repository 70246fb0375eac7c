import { asymmetric } from "../kind/asymmetric.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { textAt } from "./fields.ts";

/** An event of calls, messages, faxes, numbers and all else. */
export interface TelnyxEvent {
  /** What happened, with the id by which it is handled once. */
  readonly data: {
    /** Unique for each event: the idempotency key. */
    readonly id: string;
    /** Such as `"call.initiated"` or `"message.received"`. */
    readonly event_type: string;
    /** When it happened, ISO 8601. */
    readonly occurred_at?: string;
    /** `"event"` for webhooks; tells an event from the other records of the API. */
    readonly record_type: string;
    /** The call, message or order that it is about; what it holds depends on `event_type`. */
    readonly payload: Readonly<Record<string, unknown>>;
  };
  /** How it was delivered; absent for some products. */
  readonly meta?: {
    /** Counts deliveries of this event, beginning with 1. */
    readonly attempt?: number;
    /** Your URL, or the failover one once that was tried. */
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
