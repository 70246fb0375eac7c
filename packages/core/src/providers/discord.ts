import { ed25519 } from "../kind/ed25519.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { jsonReply, type Open, record, textAt } from "./fields.ts";

/** An interaction: a command, a component, an autocompletion or a modal. */
export interface DiscordInteraction {
  /** Snowflake of this interaction (64 bits as decimal text): the idempotency key. */
  readonly id: string;
  /** Snowflake of the application that is meant (64 bits as decimal text). */
  readonly application_id: string;
  /** 2 command, 3 component, 4 autocompletion, 5 modal. A kind that Discord adds later is another number. */
  readonly type: 2 | 3 | 4 | 5;
  /** Answers this interaction for 15 minutes: keep it out of logs. */
  readonly token: string;
  readonly event?: never;
  /** What was chosen or typed: the command and its options, the component, or the modal's inputs. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Something that happened around an application, such as an installation. It has no delivery id. */
export interface DiscordWebhookEvent {
  /** Version of the form of webhook events; `1` is the only one that Discord documents. */
  readonly version: number;
  /** Snowflake of the application that the event is for (64 bits as decimal text). */
  readonly application_id: string;
  readonly type: 1;
  /** What happened. Its presence is what tells this from an interaction. */
  readonly event: {
    /** What happened, in capitals and underscores; Discord's documentation lists more. */
    readonly type: Open<"APPLICATION_AUTHORIZED" | "ENTITLEMENT_CREATE">;
    /** When it happened, ISO 8601. */
    readonly timestamp: string;
    /** Details whose shape depends on `type`; absent where there are none. */
    readonly data?: unknown;
  };
}

/** What one endpoint of Discord's receives: narrow it by `type`, which is 1 for webhook events. */
export type DiscordPayload = DiscordInteraction | DiscordWebhookEvent;

/**
 * Discord interactions and webhook events: Ed25519 over time and body. The secret is the application's public key, 64 hex
 * digits. Both kinds of ping are answered once they are proven; Discord also sends badly signed ones, which get the 401
 * that it asks for.
 *
 * Discord documents no tolerance; five minutes are our choice.
 *
 * @see https://docs.discord.com/developers/interactions/overview
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { discord } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(discord, { secret: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" });
 * ```
 */
export const discord = row<DiscordPayload>({
  name: "discord",
  docs: "https://docs.discord.com/developers/interactions/overview",
  scheme: ed25519({
    encoding: "hex",
    publicKey: "hex",
    signature: { header: "x-signature-ed25519" },
    timestamp: { header: "x-signature-timestamp", unit: "s", tolerance: "5m" },
    content: [timestamp, body],
  }),
  key: (payload) => (record(payload)?.event === undefined ? textAt(payload, "id") : undefined),
  handshake: {
    proven(payload) {
      const ping = record(payload);
      if (ping === undefined || ping.event !== undefined) return undefined;
      if (ping.type === 1) return jsonReply({ type: 1 });
      return ping.type === 0 ? { status: 204, headers: { "content-type": "application/json" } } : undefined;
    },
  },
  sortedKeys: true,
  unprotected: "Webhook events have no id: only the signature tells a repetition, and only within the window.",
});
