import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** The JSON body of a webhook from ElevenLabs, as its documentation shows one. */
export interface ElevenLabsEvent {
  /** Which change was made; the list grows, so expect others. */
  readonly type: Open<
    "post_call_transcription" | "post_call_audio" | "call_initiation_failure" | "voice_removal_notice"
  >;
  /** Seconds since the epoch. */
  readonly event_timestamp: number;
  /** The conversation, call or voice, with its transcript where there is one. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * ElevenLabs: HMAC-SHA256 over time and body. Its own library takes what is up to thirty minutes old.
 *
 * @see https://elevenlabs.io/docs/overview/administration/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { elevenlabs } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(elevenlabs, { secret: "the signing secret" });
 * ```
 */
export const elevenlabs = row<ElevenLabsEvent>({
  name: "elevenlabs",
  docs: "https://elevenlabs.io/docs/overview/administration/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "elevenlabs-signature", layout: "t={timestamp},v0={signature}" },
    timestamp: { unit: "s", tolerance: "30m" },
    content: [timestamp, ".", body],
  }),
  unprotected: "No delivery id is signed: only the digest of what is signed tells a repetition.",
});
