import type { Limits } from "../format/limits.ts";
import { slackMrkdwn, slackPlain, slackRich } from "../text/escape.ts";
import { withFences } from "../text/fence.ts";
import { utf16 } from "../text/measure.ts";

/** The places that the Slack formatter fills. */
export type SlackSlot = "fallback" | "title" | "text" | "code" | "part" | "name" | "value" | "note" | "more" | "button";

/** The colon belongs to the text when it is looked for pictures: a name of `:a` would become one. */
const label = (text: string) => slackRich(text.endsWith(":") ? text : `${text}:`);
const asItIs = (text: string) => text;

/** https://docs.slack.dev/reference/block-kit/blocks, counted in UTF-16 units after escaping. */
export const SLACK: Limits<SlackSlot> = {
  measure: utf16,
  unit: "characters",
  slots: {
    // 40,000 are allowed; a notification shows far less.
    fallback: { limit: 2000, escape: slackMrkdwn, lines: true },
    title: { limit: 150, escape: slackPlain, elastic: false },
    text: { limit: 3000, escape: slackRich, lines: true },
    code: { limit: 3000, escape: asItIs, lines: true },
    // Prose and code together, when a long text is split.
    part: { limit: 2800, escape: withFences(slackRich, asItIs), lines: true },
    name: { limit: 150, escape: label },
    value: { limit: 2000, escape: slackRich, lines: true },
    note: { limit: 300, escape: slackPlain },
    more: { limit: 1500, escape: slackRich, lines: true },
    button: { limit: 75, escape: slackPlain, elastic: false },
  },
  maxFields: 25,
  maxEvents: 8,
  maxSize: 12_000,
};
