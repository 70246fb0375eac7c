import type { WebhookEvent } from "@countersign/core/event";
import type { Context } from "../command-line/command.ts";
import { readInput } from "../request/source.ts";
import { Failure } from "../terminal/failure.ts";
import type { System } from "./systems.ts";

/**
 * An event as it was typed: the name of its type, JSON, or a file of JSON; the system's own form or a sender's.
 *
 * @throws Failure
 */
export async function readEvents(
  typed: string,
  system: System,
  { world, output }: Context,
): Promise<readonly WebhookEvent[]> {
  if (/^[\w]+(?:[.-][\w]+)*$/.test(typed) && !/\.json$/i.test(typed)) return [{ type: typed, data: {} }];
  const text = /^\s*[{[]/.test(typed) ? typed : Buffer.from(await readInput(typed, world, output)).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(
      "input",
      "unreadable_event",
      "The event is no JSON.",
      'A type such as nodeCreated, a file, or {"type": "nodeCreated", "data": {}}.',
    );
  }
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > 100)
    throw new Failure("input", "unreadable_event", "Give one event, or a list of 100 at most.");
  return list.map((one) => eventOf(one, system));
}

function eventOf(value: unknown, system: System): WebhookEvent {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const fields = value as Readonly<Record<string, unknown>>;
    const own = system.event(fields);
    if (own !== undefined) return own;
    if (typeof fields.type === "string") return { data: {}, ...fields } as unknown as WebhookEvent;
  }
  throw new Failure("input", "unreadable_event", "The event has no type.", '{"type": "auth.success", "data": {}}');
}
