import type { Limits } from "../format/limits.ts";
import { mattermostLine, mattermostPlain, mattermostText } from "../text/escape.ts";
import { codePoints } from "../text/measure.ts";

/** The places that the Mattermost formatter fills. */
export type MattermostSlot =
  | "heading"
  | "fallback"
  | "title"
  | "linkedTitle"
  | "text"
  | "name"
  | "value"
  | "footer"
  | "label";

/** Counted in runes, which are code points. The text of a post may have 16,383, one attachment is kept well below. */
export const MATTERMOST: Limits<MattermostSlot> = {
  measure: codePoints,
  unit: "characters",
  slots: {
    heading: { limit: 1500, escape: mattermostLine, lines: true, elastic: false },
    fallback: { limit: 500, escape: mattermostPlain, elastic: false },
    title: { limit: 300, escape: mattermostLine, elastic: false },
    linkedTitle: { limit: 300, escape: mattermostPlain, elastic: false },
    text: { limit: 8000, escape: mattermostText, lines: true },
    name: { limit: 200, escape: mattermostPlain },
    value: { limit: 2000, escape: mattermostText, lines: true },
    // More is cut by the server, without a word.
    footer: { limit: 300, escape: mattermostPlain, elastic: false },
    label: { limit: 100, escape: mattermostLine, elastic: false },
  },
  maxFields: 25,
  maxEvents: 10,
  // Of the JSON: four bytes each stay below the 300,000 at which a request is refused.
  maxSize: 70_000,
};
