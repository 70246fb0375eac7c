import { ConfigurationError } from "@countersign/core";
import { type ChatFormat, type ChatOptions, defineChatFormat } from "../format/chat-format.ts";
import { checkHost, checkOptions } from "../format/destination.ts";
import { summary } from "../format/headline.ts";
import type { Prepared } from "../format/prepare.ts";
import type { PlatformRow, Writer } from "../format/writer.ts";
import type { Message } from "../message/message.ts";
import { clean, head, isBlank, oneLine } from "../text/clean.ts";
import { googleFallback, googleHtml, googlePlain, googleText } from "../text/escape.ts";
import { jsonBytes } from "../text/measure.ts";
import { type GoogleSlot, googleCard } from "./card.ts";
import { judgeGoogleChat } from "./judge.ts";
import type { GoogleChatPayload } from "./payload.ts";

export interface GoogleChatOptions extends ChatOptions {
  /** Answer in the thread of this name, or open it: a key of your own, up to 200 characters, or a function that finds it. */
  readonly thread?: string | ((message: Message) => string | undefined);
}

/** Counted in bytes of the JSON. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages */
const ROW: PlatformRow<GoogleSlot> = {
  measure: jsonBytes,
  unit: "bytes",
  slots: {
    fallback: { limit: 1000, escape: googleFallback, lines: true, elastic: false },
    title: { limit: 400, escape: googlePlain, elastic: false },
    subtitle: { limit: 300, escape: googlePlain, elastic: false },
    sectionTitle: { limit: 600, escape: googleHtml, elastic: false },
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

/**
 * Google Chat webhooks: a card with a header, labelled facts and buttons; several events are sections of one card.
 *
 * Untrusted text stands in cards alone, never in `text`, whose mentions cannot be escaped. Host names and addresses are
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
  checkOptions("googleChat", options, ["thread"]);
  const { thread, origin } = options;
  if (typeof thread === "string" && (isBlank(clean(thread)) || thread.length > 200)) {
    throw new ConfigurationError("thread", "`thread` is a key of 1 to 200 characters.");
  }
  const keyOf = (messages: readonly Message[]): string | undefined => {
    const value = typeof thread === "function" ? messages[0] && thread(messages[0]) : thread;
    const key = typeof value === "string" ? head(oneLine(clean(value)), 200) : "";
    return isBlank(key) ? undefined : key;
  };
  return defineChatFormat<GoogleSlot, GoogleChatPayload>(
    {
      platform: "googlechat",
      row: ROW,
      text: "text",
      rate: { requests: 1, per: 1000 },
      size: (payload) => new TextEncoder().encode(JSON.stringify(payload)).length,
      build: (messages: readonly Prepared[], writer: Writer<GoogleSlot>, more: string) => ({
        cardsV2: [{ cardId: "countersign", card: googleCard(messages, writer, more) }],
        fallbackText: writer.write("fallback", "", summary(messages, more)),
      }),
      finish(payload, messages) {
        const threadKey = keyOf(messages);
        return threadKey === undefined ? payload : { ...payload, thread: { threadKey } };
      },
      query: (messages, requestId) => ({
        ...(requestId === undefined ? {} : { requestId: requestId() }),
        ...(keyOf(messages) === undefined ? {} : { messageReplyOption: "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" }),
      }),
      destination: (url) => destination(url, origin),
      judge: judgeGoogleChat,
    },
    options,
  );
}

function destination(url: URL, origin: string | undefined): URL {
  checkHost(url, "googlechat", origin);
  if (!/^\/v1\/spaces\/[\w-]+\/messages$/.test(url.pathname)) {
    throw new ConfigurationError(
      "url",
      "A Google Chat webhook URL reads /v1/spaces/…/messages: copy it whole from the space's “Apps & integrations”.",
    );
  }
  for (const name of ["key", "token"]) {
    if ((url.searchParams.get(name) ?? "") === "") {
      throw new ConfigurationError(
        "url",
        `The Google Chat webhook URL has no \`${name}\` in its query. A shell cuts an unquoted URL at its “&”.`,
      );
    }
  }
  const normal = new URL(url);
  normal.hash = "";
  return normal;
}
