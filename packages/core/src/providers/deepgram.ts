import { token } from "../kind/token.ts";
import { row } from "../scheme/provider.ts";
import { textAt } from "./fields.ts";

/** A finished transcription, as the API would have answered it without a callback. */
export interface DeepgramTranscript {
  /** About the request itself: its id, the model, the length of the recording. */
  readonly metadata: {
    /** Unique to the request that asked for the transcription; the replay key. */
    readonly request_id: string;
    readonly [field: string]: unknown;
  };
  /** What was said in each channel, with alternatives and confidence. */
  readonly results?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Deepgram callbacks, which sign nothing: the header `dg-token` holds the identifier of the API key that asked, which is
 * not the key itself. Deepgram recommends a user name and a password in the callback's URL where that is too little.
 *
 * @see https://developers.deepgram.com/docs/callback
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { deepgram } from "@countersign/core/providers";
 *
 * createVerifier(deepgram, { secret: "the identifier of the API key" });
 * ```
 */
export const deepgram = row<DeepgramTranscript>({
  name: "deepgram",
  docs: "https://developers.deepgram.com/docs/callback",
  scheme: token({ header: "dg-token" }),
  key: (transcript) => textAt(transcript, "metadata", "request_id"),
  unprotected:
    "Nothing is signed, and the identifier is no secret to anybody who may see your API keys: whoever learns it can send any body.",
});
