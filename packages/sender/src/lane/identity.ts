import { createHash } from "node:crypto";
import type { ClaimedItem } from "../outbox/parts.ts";

/** What schemes allow in a signed id: no dot and no colon, which separate what is signed. */
const SIGNABLE = new Set(Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"));
const IS_SIGNABLE = Array.from({ length: 128 }, (_, code) => SIGNABLE.has(code));
const LONGEST = 200;

/**
 * The id under which a batch is signed: the same for every attempt, so that a receiver can tell a retry from something
 * new. An event alone goes under its own id, several under one made from their items.
 */
export function batchId(items: readonly ClaimedItem[]): string {
  const id = items.length === 1 ? (items[0] as ClaimedItem).event.id : undefined;
  if (id !== undefined && isSignable(id)) return id;
  return `msg_${digest(items).slice(0, 32)}`;
}

/** Each id is looked at, and an expression costs more to call than to run. */
function isSignable(id: string): boolean {
  if (id.length === 0 || id.length > LONGEST) return false;
  for (let index = 0; index < id.length; index += 1) if (!IS_SIGNABLE[id.charCodeAt(index)]) return false;
  return true;
}

/** Makes UUIDs that are the same, in the same order, whenever the same batch is made again. */
export function steadyUuids(items: readonly ClaimedItem[]): () => string {
  let count = 0;
  return () => {
    const hex = digest(items, String(count++));
    // RFC 9562, version 8: made by our own rule.
    const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}

function digest(items: readonly ClaimedItem[], salt = ""): string {
  const hash = createHash("sha256").update(salt);
  for (const { endpoint, event } of items) hash.update(`\0${endpoint}\0${event.id}`);
  return hash.digest("hex");
}
