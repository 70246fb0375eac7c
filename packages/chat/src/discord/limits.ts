import type { Limits } from "../format/limits.ts";
import { discordLine, discordPlain, discordText } from "../text/escape.ts";
import { codePoints } from "../text/measure.ts";

/** The places that the Discord formatter fills. */
export type DiscordSlot = "content" | "title" | "text" | "name" | "value" | "note" | "label";

/** https://docs.discord.com/developers/resources/message#embed-object-embed-limits, counted in code points. */
export const DISCORD: Limits<DiscordSlot> = {
  measure: codePoints,
  unit: "characters",
  slots: {
    content: { limit: 1500, escape: discordLine, lines: true, elastic: false },
    title: { limit: 256, escape: discordLine, elastic: false },
    text: { limit: 4096, escape: discordText, lines: true },
    name: { limit: 256, escape: discordLine },
    value: { limit: 1024, escape: discordText, lines: true },
    note: { limit: 200, escape: discordPlain, elastic: false },
    label: { limit: 80, escape: discordLine, elastic: false },
  },
  maxFields: 25,
  maxEvents: 10,
  maxSize: 6000,
};
