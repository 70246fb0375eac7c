import type { AttemptResponse, Cut, Format, FormattedMessage, Ruling, WebhookEvent } from "@countersign/core/event";
import type { Message } from "../message/message.ts";
import { render as renderAny } from "../render/render.ts";
import { trust } from "../text/trust.ts";
import { arrange, type Overview, type Placed, worstFirst } from "./arrange.ts";
import type { ChatPlatform } from "./hosts.ts";
import type { Limits, Slot } from "./limits.ts";
import type { ChatOptions } from "./options.ts";
import { type PreparedMessage, prepare } from "./prepare.ts";
import { dropRaw, rawParts, within } from "./raw.ts";
import { split } from "./split.ts";
import { createWriter, fitPayload, type Writer } from "./writer.ts";

/** One request's worth, before it becomes JSON. */
export interface FormattedPayload<Payload> {
  /** What the request's body says, as a value: `JSON.stringify` makes the body. */
  readonly payload: Payload;
  /** Query parameters to add to the webhook's URL: Discord's `thread_id`, Google's `messageReplyOption`. Often none. */
  readonly query: Readonly<Record<string, string>>;
  /** What did not fit and is missing from it, in the platform's unit; empty when all of it is there. */
  readonly cuts: readonly Cut[];
}

/**
 * A formatter: a pure function from a message, or from several that become one, to a platform's payload. It is also a
 * `Format`, so the same value is the `format:` of an endpoint.
 */
export interface ChatFormat<Payload> extends Format {
  /** One payload, always within the platform's limits; what does not fit is cut. */
  (messages: Message | readonly Message[]): Payload;
  /** The payloads with what was cut from each; several with `overflow: "split"`, and where messages go to several threads. */
  payloads(messages: Message | readonly Message[]): readonly FormattedPayload<Payload>[];
}

/** What a platform's file says about it. */
export interface ChatDefinition<Name extends string, Payload> {
  readonly platform: ChatPlatform;
  readonly limits: Limits<Name>;
  /** The slot whose limit a part of a split text keeps to. */
  readonly part: NoInfer<Name>;
  readonly rate: { readonly requests: number; readonly per: number };
  size(payload: Payload): number;
  /** Several messages of one batch share one payload; the overview tells of those for which there was no room. */
  build(messages: readonly PreparedMessage[], writer: Writer<Name>, overview: Overview): Payload;
  /** How many raw parts there is room for beside what was built. */
  room(payload: Payload): number;
  /** Puts raw parts behind what was built. */
  append(payload: Payload, parts: readonly object[]): Payload;
  /** Adds what does not come from the message itself: a thread, a sender's name. */
  finish?(payload: Payload, messages: readonly Message[]): Payload;
  /** Which thread a message goes to: those of different threads never share a request. Left out where all go to one. */
  thread?: ((message: Message) => string) | undefined;
  destination(url: URL): URL;
  judge(response: AttemptResponse): Ruling | undefined;
  query?(messages: readonly Message[], requestId: (() => string) | undefined): Readonly<Record<string, string>>;
}

/** Puts together a formatter. `name` is what it is called in a stack trace. */
export function defineChatFormat<Name extends string, Payload>(
  definition: ChatDefinition<Name, Payload>,
  options: ChatOptions,
): ChatFormat<Payload> {
  const limits = trusting(definition.limits, options.trustedHosts ?? []);
  const { consoles = {}, overflow = "cut", render = (event) => renderAny(event, { consoles }) } = options;

  const one = (messages: readonly Message[], requestId?: () => string): FormattedPayload<Payload> => {
    const { shown, hidden, overview } = arrange(messages, limits.maxEvents);
    const prepared = shown.map(({ message, index }) =>
      prepare(message, messages.length === 1 ? "" : `messages[${index}].`),
    );
    const raw = rawParts(
      shown.map(({ message }, index) => ({ message, path: prepared[index]?.path ?? "" })),
      definition.platform,
    );
    // Half of a payload at most: what the message says itself must stay readable.
    const { kept, taken, left } = within(raw, limits.maxSize / 2, limits.measure);
    const reduced = { ...limits, maxSize: limits.maxSize - taken };
    const { payload: built, cuts } = fitPayload<Name, Payload>(reduced, definition.size, (writer) => {
      for (const { path, raws } of prepared.flatMap(({ dropped }) => dropped)) writer.drop(path, raws);
      dropHidden(hidden, messages.length, writer);
      const payload = definition.build(prepared, writer, overview);
      dropRaw([...left, ...kept.slice(definition.room(payload))], writer);
      return payload;
    });
    const parts = kept.slice(0, definition.room(built)).map(({ value }) => value);
    const payload = parts.length === 0 ? built : definition.append(built, parts);
    const finished = definition.finish?.(payload, messages) ?? payload;
    return { payload: finished, cuts, query: definition.query?.(messages, requestId) ?? {} };
  };

  /** Whether one payload holds all of a group, with nothing shortened. */
  const fits = (group: readonly Message[]): boolean => {
    const prepared = group.map((message) => prepare(message));
    if (group.length > limits.maxEvents || prepared.some(({ dropped }) => dropped.length > 0)) return false;
    const writer = createWriter(limits, 1);
    const payload = definition.build(prepared, writer, arrange(group, limits.maxEvents).overview);
    const raw = rawParts(
      group.map((message) => ({ message, path: "" })),
      definition.platform,
    );
    const { taken, left } = within(raw, limits.maxSize / 2, limits.measure);
    if (left.length > 0 || raw.length > definition.room(payload)) return false;
    return writer.cuts.length === 0 && definition.size(payload) + taken <= limits.maxSize;
  };

  const { thread } = definition;
  const byThread = (messages: readonly Message[]): readonly (readonly Message[])[] => {
    if (thread === undefined) return [messages];
    const threads = new Map<string, Message[]>();
    for (const message of messages) {
      const key = thread(message);
      const known = threads.get(key);
      if (known === undefined) threads.set(key, [message]);
      else known.push(message);
    }
    return [...threads.values()];
  };

  const payloads = (input: Message | readonly Message[], requestId?: () => string): FormattedPayload<Payload>[] => {
    return byThread(listOf(input)).flatMap((messages) => {
      if (overflow === "cut") return [one(messages, requestId)];
      const slot = limits.slots[definition.part];
      const sorted = worstFirst(messages).map(({ message }) => message);
      return split(sorted, limits, slot, (group) => fits(group)).map((group) => one(group, requestId));
    });
  };

  const format = (messages: Message | readonly Message[]): Payload => one(listOf(messages)).payload;
  Object.defineProperty(format, "name", { value: `${definition.platform}Format` });
  return Object.assign(format, {
    platform: definition.platform,
    contentType: "application/json; charset=utf-8",
    rate: definition.rate,
    destination: (url: URL) => definition.destination(url),
    judge: (response: AttemptResponse) => definition.judge(response),
    // An event of several messages for several threads goes with those of the same threads.
    ...(thread === undefined
      ? {}
      : { group: (event: WebhookEvent) => JSON.stringify([...new Set([render(event)].flat().map(thread))]) }),
    payloads: (messages: Message | readonly Message[]) => payloads(messages),
    messages(
      events: readonly WebhookEvent[],
      context: { readonly requestId: () => string },
    ): readonly FormattedMessage[] {
      const messages = events.flatMap((event) => render(event));
      if (messages.length === 0) return [];
      return payloads(messages, context.requestId).map(({ payload, query, cuts }) => ({
        body: JSON.stringify(payload),
        query,
        cuts,
      }));
    },
  });
}

/** At least one message, whatever an untyped caller hands in. */
function listOf(input: Message | readonly Message[]): readonly Message[] {
  const list = (Array.isArray(input) ? input : [input]).filter(
    (message) => message !== null && typeof message === "object",
  );
  return list.length === 0 ? [{ title: "Event" }] : list;
}

/** The same limits, in dialects that leave these hosts whole. */
function trusting<Name extends string>(limits: Limits<Name>, hosts: readonly string[]): Limits<Name> {
  if (hosts.length === 0) return limits;
  const slots = Object.entries<Slot>(limits.slots).map(([name, slot]) => [
    name,
    { ...slot, escape: trust(slot.escape, hosts) },
  ]);
  return { ...limits, slots: Object.fromEntries(slots) as Record<Name, Slot> };
}

const wordsOf = ({ title, text }: Message) => [title, text].filter((part) => typeof part === "string");

/** Ranges that are reported one by one; what is left of them is one more. */
const RANGES = 20;

/** Reports the events for which there was no room, as ranges of what was given. */
function dropHidden(hidden: readonly Placed[], total: number, writer: Writer<string>): void {
  const ranges: { from: number; to: number; raws: string[] }[] = [];
  for (const { message, index } of [...hidden].sort((a, b) => a.index - b.index)) {
    const last = ranges.at(-1);
    if (last !== undefined && (last.to === index || ranges.length > RANGES)) {
      last.to = index + 1;
      last.raws.push(...wordsOf(message));
    } else ranges.push({ from: index, to: index + 1, raws: wordsOf(message) });
  }
  for (const { from, to, raws } of ranges) writer.drop(`messages[${from}:${to === total ? "" : to}]`, raws);
}
