import type { Limits } from "../format/limits.ts";
import { googleFallback, googleHtml, googlePlain, googleText } from "../text/escape.ts";
import { jsonBytes } from "../text/measure.ts";

/** The places that the Google Chat formatter fills. */
export type GoogleChatSlot =
  | "fallback"
  | "title"
  | "subtitle"
  | "sectionTitle"
  | "more"
  | "text"
  | "name"
  | "value"
  | "button";

/** Counted in bytes of the JSON. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages */
export const GOOGLE_CHAT: Limits<GoogleChatSlot> = {
  measure: jsonBytes,
  unit: "bytes",
  slots: {
    fallback: { limit: 1000, escape: googleFallback, lines: true, elastic: false },
    title: { limit: 400, escape: googlePlain, elastic: false },
    subtitle: { limit: 300, escape: googlePlain, elastic: false },
    sectionTitle: { limit: 600, escape: googleHtml, elastic: false },
    more: { limit: 3000, escape: googleText, lines: true },
    text: { limit: 24_000, escape: googleText, lines: true },
    name: { limit: 300, escape: googlePlain },
    value: { limit: 4000, escape: googleText, lines: true },
    button: { limit: 200, escape: googlePlain, elastic: false },
  },
  maxFields: 40,
  maxEvents: 10,
  // 32,000 less what a thread's key may take.
  maxSize: 31_000,
};
