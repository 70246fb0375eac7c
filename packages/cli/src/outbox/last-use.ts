import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import type { InboxLetter } from "@countersign/outbox";
import { shownProvider } from "../provider/find.ts";
import { judge } from "../verdict/judge.ts";
import { requestOf } from "./letters.ts";

/** When a delivery of an inbox was last proven by a secret, and how many could be asked. */
export interface InboxUse {
  /** RFC 3339; absent where none was. */
  readonly last?: string;
  /** Deliveries whose signature the inbox still holds: those with a credential, or a signed URL, tell nothing. */
  readonly genuine: number;
}

/** Tries a secret on every delivery that is still there, each as at its own time. */
export async function lastUseOf(letters: readonly InboxLetter[], secret: string): Promise<InboxUse> {
  let last: number | undefined;
  let genuine = 0;
  for (const letter of letters) {
    const provider = tellingProvider(letter.delivery.provider);
    if (provider === undefined) continue;
    genuine++;
    const request = requestOf(letter);
    const at = request.at ?? 0;
    if (last !== undefined && at <= last) continue;
    const { ok } = await judge(provider, [secret], request, at).catch(() => ({ ok: false }));
    if (ok) last = at;
  }
  return { genuine, ...(last === undefined ? {} : { last: new Date(last).toISOString() }) };
}

/** Parts of what is signed that an inbox has: the head without the request line, and the body. */
const KEPT = new Set(["body", "bodyHash", "crc32", "timestamp", "id", "header", "headers", "form"]);

/** A provider whose proof an inbox keeps whole. */
function tellingProvider(name: string): Provider<any> | undefined {
  try {
    const provider = shownProvider(name);
    const { scheme } = provider;
    if (isProof(scheme)) return undefined;
    const outside = scheme.content.some((part) => typeof part === "object" && !KEPT.has(part.part));
    return outside ? undefined : provider;
  } catch {
    return undefined;
  }
}
