import { at, type KeysOf } from "@countersign/core/checks";
import type { Overview } from "../format/arrange.ts";
import { type ChatFormat, defineChatFormat } from "../format/chat-format.ts";
import { summary } from "../format/headline.ts";
import { CHAT_OPTIONS, type ChatOptions, checkChatOptions, checkTextOf, keyOf, textOf } from "../format/options.ts";
import type { PreparedMessage } from "../format/prepare.ts";
import type { Writer } from "../format/writer.ts";
import type { Message } from "../message/message.ts";
import { clean, head, isBlank, oneLine } from "../text/clean.ts";
import { googleCard } from "./card.ts";
import { googleChatDestination } from "./destination.ts";
import { judgeGoogleChat } from "./judge.ts";
import { GOOGLE_CHAT, type GoogleChatSlot } from "./limits.ts";
import type { GoogleChatPayload, GoogleSection, GoogleWidget } from "./payload.ts";

/** What {@link googleChat} takes besides the options of all four. */
export interface GoogleChatOptions extends ChatOptions {
  /**
   * Answer in the thread of this key, or open it: 1 to 200 characters of your own choice, or a function that finds them
   * in the message. @default no thread
   */
  readonly thread?: string | ((message: Message) => string | undefined);
}

const OPTIONS: KeysOf<GoogleChatOptions> = { ...CHAT_OPTIONS, thread: "optional" };

/**
 * Google Chat webhooks: a card with a header, labelled facts and buttons; several events are sections of one card.
 *
 * Untrusted text goes into cards alone, never in `text`, whose mentions cannot be escaped. Host names and addresses are
 * broken by zero-width spaces, because the linking of card text cannot be switched off. Google takes one message a
 * second for each space; the format keeps to that for one webhook.
 *
 * Throws a `ConfigurationError` for unknown options, and from `destination` for a URL without its key and token.
 *
 * @see https://developers.google.com/workspace/chat/quickstart/webhooks
 * @example
 * ```ts
 * import { googleChat } from "@countersign/chat";
 *
 * const format = googleChat({ thread: "deployments" });
 * const payload = format({ title: "Deployed", fields: [{ name: "Version", value: "1.4.0" }] });
 * payload.cardsV2[0]?.card.header.title; // "Deployed"
 * ```
 */
export function googleChat(options: GoogleChatOptions = {}): ChatFormat<GoogleChatPayload> {
  checkChatOptions(options, OPTIONS, "googleChat");
  const { thread, origin } = options;
  checkTextOf(thread, at("googleChat", "thread"), isThread, "a key of 1 to 200 characters");
  const threadKeyOf = (messages: readonly Message[]): string | undefined => {
    const key = head(oneLine(clean(textOf(thread, messages) ?? "")), THREAD_KEY);
    return isBlank(key) ? undefined : key;
  };
  return defineChatFormat<GoogleChatSlot, GoogleChatPayload>(
    {
      platform: "googlechat",
      limits: GOOGLE_CHAT,
      part: "text",
      rate: { requests: 1, per: 1000 },
      size: (payload) => new TextEncoder().encode(JSON.stringify(payload)).length,
      build: (messages: readonly PreparedMessage[], writer: Writer<GoogleChatSlot>, overview: Overview) => ({
        cardsV2: [{ cardId: "countersign", card: googleCard(messages, writer, overview) }],
        fallbackText: writer.write("fallback", "", summary(messages, overview)),
      }),
      finish(payload, messages) {
        const threadKey = threadKeyOf(messages);
        return threadKey === undefined ? payload : { ...payload, thread: { threadKey } };
      },
      query: (messages, requestId) => ({
        ...(requestId === undefined ? {} : { requestId: requestId() }),
        ...(threadKeyOf(messages) === undefined ? {} : { messageReplyOption: "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" }),
      }),
      thread: keyOf(thread),
      room: ({ cardsV2 }) => WIDGETS - widgetsOf(cardsV2.flatMap(({ card }) => card.sections ?? [])),
      append: (payload, parts) => ({
        ...payload,
        cardsV2: payload.cardsV2.map(({ cardId, card }) => ({
          cardId,
          card: { ...card, sections: [...(card.sections ?? []), { widgets: [...parts] as GoogleWidget[] }] },
        })),
      }),
      destination: (url) => googleChatDestination(url, origin),
      judge: judgeGoogleChat,
    },
    options,
  );
}

/** Of one card: the section that crosses it is dropped without a word. */
const WIDGETS = 100;

const widgetsOf = (sections: readonly GoogleSection[]) =>
  sections.reduce((sum, { widgets }) => sum + widgets.length, 0);

/** Characters; the API takes 4000, but the key counts towards the size of the message. */
const THREAD_KEY = 200;
const isThread = (key: string) => key.length <= THREAD_KEY && !isBlank(clean(key));
