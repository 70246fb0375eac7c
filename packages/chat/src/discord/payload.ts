/** The part of Discord's message that the formatter writes. https://docs.discord.com/developers/resources/webhook#execute-webhook */
export interface DiscordPayload {
  /** One line above the embeds, in Markdown: at most 1500 of Discord's 2000 characters. For several events, or with `fallback`. */
  content?: string;
  /** One for each event, at most ten, with at most 6000 characters in all of them together. */
  embeds: DiscordEmbed[];
  /** Nobody is pinged, whatever the text says. */
  allowed_mentions: {
    /** Always empty: no user, no role and no `@everyone`. */
    parse: [];
  };
  /** The name to post under instead of the webhook's. */
  username?: string;
  /** The address of the image to post under instead of the webhook's. */
  avatar_url?: string;
  /** Opens a thread of this name, at most 100 characters. */
  thread_name?: string;
}

/** One event beside a bar in the colour of its severity. https://docs.discord.com/developers/resources/message#embed-object */
export interface DiscordEmbed {
  /** In Markdown, at most 256 characters. */
  title: string;
  /** Where the title leads. No two embeds of a message share it: Discord would merge them. */
  url?: string;
  /** Text and further links in Markdown, at most 4096 characters. */
  description?: string;
  /** The colour as a number, red in the highest of three bytes. */
  color: number;
  /** At most 25, or six among several events. */
  fields?: DiscordField[];
  /** Severity, source and what is not shown. */
  footer?: {
    /** At most 200 of Discord's 2048 characters, without Markdown. */
    text: string;
  };
  /** When it happened, in ISO 8601; shown in the reader's zone. */
  timestamp?: string;
}

/** A fact. https://docs.discord.com/developers/resources/message#embed-object-embed-field-structure */
export interface DiscordField {
  /** In Markdown, at most 256 characters. */
  name: string;
  /** In Markdown, at most 1024 characters; or a time, `<t:1663782000:f>`. */
  value: string;
  /** Whether it may share its row, with up to two others. */
  inline: boolean;
}
