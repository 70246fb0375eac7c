import type { Message } from "../message/message.ts";
import type { ChatPlatform } from "./hosts.ts";
import type { Writer } from "./writer.ts";

/** A part in a platform's own words, and how long it is as JSON. */
export interface RawPart {
  readonly path: string;
  readonly value: object;
  readonly json: string;
}

/** The raw parts of these messages for one platform; what is no JSON object is none. */
export function rawParts(messages: readonly { message: Message; path: string }[], platform: ChatPlatform): RawPart[] {
  return messages.flatMap(({ message, path }) => {
    const parts: unknown = message.raw?.[platform];
    if (!Array.isArray(parts)) return [];
    return parts.flatMap((value: unknown, index): RawPart[] => {
      const json = jsonOf(value);
      return json === undefined ? [] : [{ path: `${path}raw.${platform}[${index}]`, value: value as object, json }];
    });
  });
}

function jsonOf(value: unknown): string | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The parts that fit into `room`, in the platform's unit, and what they take. The others are dropped. */
export function within(
  parts: readonly RawPart[],
  room: number,
  measure: (text: string) => number,
): { kept: readonly RawPart[]; taken: number; left: readonly RawPart[] } {
  let taken = 0;
  const kept: RawPart[] = [];
  const left: RawPart[] = [];
  for (const part of parts) {
    const size = measure(part.json);
    if (taken + size > room) left.push(part);
    else {
      taken += size;
      kept.push(part);
    }
  }
  return { kept, taken, left };
}

/** Reports parts as left out. */
export function dropRaw(parts: readonly RawPart[], writer: Pick<Writer<string>, "drop">): void {
  for (const { path, json } of parts) writer.drop(path, [json]);
}
