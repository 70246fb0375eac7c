import { token } from "../kind/token.ts";
import { row } from "../scheme/provider.ts";
import { record } from "./fields.ts";

/** One update for a bot: beside its number it holds exactly one of many kinds, such as `message` or `callback_query`. */
export interface TelegramUpdate {
  /** Counts up by one with each update of a bot; the replay key. */
  readonly update_id: number;
  /** What somebody wrote to the bot, with sender and chat; absent in other updates. */
  readonly message?: Readonly<Record<string, unknown>>;
  /** A press of a button under one of the bot's messages, where it is one. */
  readonly callback_query?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Telegram's bot updates: the `secret_token` that you give to `setWebhook` comes back in a header. It signs nothing.
 *
 * @see https://core.telegram.org/bots/api#setwebhook
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { telegram } from "@countersign/core/providers";
 *
 * const { payload } = await createVerifier(telegram, { secret: "a-long-random-token" }).verify({
 *   headers: { "x-telegram-bot-api-secret-token": "a-long-random-token" },
 *   body: '{"update_id":1}',
 * });
 * console.log(payload.update_id); // 1
 * ```
 */
export const telegram = row<TelegramUpdate>({
  name: "telegram",
  docs: "https://core.telegram.org/bots/api#setwebhook",
  scheme: token({ header: "x-telegram-bot-api-secret-token" }),
  key: (update) => {
    const id = record(update)?.update_id;
    return typeof id === "number" ? String(id) : undefined;
  },
  retries: "24h",
  notSecrets: [{ prefix: "bot", what: "the start of a bot's token" }],
  unprotected: "Nothing is signed: whoever learns the token can send any body, at any time, as often as they like.",
});
