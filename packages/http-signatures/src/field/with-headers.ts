import type { FetchHeaders } from "@countersign/core";
import type { Message } from "./message.ts";

/** The message with further headers; those that it has stay what they are. */
export function withHeaders(message: Message, more: Readonly<Record<string, string>>): Message {
  if (Object.keys(more).length === 0) return message;
  const { headers } = message;
  if (typeof (headers as FetchHeaders).get !== "function")
    return { ...message, headers: { ...headers, ...more } } as Message;
  return { ...message, headers: { get: (name: string) => more[name] ?? (headers as FetchHeaders).get(name) } };
}
