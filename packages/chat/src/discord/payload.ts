/** The part of Discord's message that the formatter writes. https://docs.discord.com/developers/resources/webhook#execute-webhook */
export interface DiscordPayload {
  content?: string;
  embeds: DiscordEmbed[];
  /** Nobody is pinged, whatever the text says. */
  allowed_mentions: { parse: [] };
  username?: string;
  avatar_url?: string;
  thread_name?: string;
}

/** https://docs.discord.com/developers/resources/message#embed-object */
export interface DiscordEmbed {
  title: string;
  url?: string;
  description?: string;
  color: number;
  fields?: DiscordField[];
  footer?: { text: string };
  timestamp?: string;
}

export interface DiscordField {
  name: string;
  value: string;
  inline: boolean;
}
