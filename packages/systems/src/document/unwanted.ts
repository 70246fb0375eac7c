import type { Unwanted } from "@countersign/sender";
import { suggestion } from "./nearest.ts";

/** A type that the system does not have, with the nearest that it has. */
export function unknownType(type: string, system: string, known: Iterable<string>): Unwanted {
  const reason = `${JSON.stringify(type)} is no event of ${system}'s.${suggestion(type, known)}`;
  return { cause: "unknown type", reason };
}

/** Switched off in the system's own configuration, where events are not kept either. */
export function switchedOff(key: string): () => Unwanted {
  return () => ({ cause: "disabled", reason: `${key} is false: nothing is sent, and nothing kept for later.` });
}

/** Names for a sentence: each once, and not hundreds of them. */
export function nameList(names: Iterable<string>): string {
  const all = [...new Set(names)];
  return all.length > 20 ? `${all.slice(0, 20).join(", ")} and ${all.length - 20} more` : all.join(", ");
}
