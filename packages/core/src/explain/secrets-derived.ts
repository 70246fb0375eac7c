import { platform } from "#crypto";
import { fromHex, utf8 } from "../lib/bytes.ts";
import { LONGEST, rewritten, textOf } from "./as-secret.ts";
import type { Change, Hypothesis } from "./attempt.ts";
import { trimmed, trimmedEnd } from "./trim.ts";

/** The text as .NET's Encoding.Unicode has it. */
function utf16(text: string): Uint8Array {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return Uint8Array.from(units.flatMap((unit) => [unit & 255, unit >> 8]));
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648, section 6; what is left of the last byte is dropped. */
function fromBase32(text: string): Uint8Array | undefined {
  const bare = trimmedEnd(trimmed(text).toUpperCase(), "=");
  if (!/^[A-Z2-7]{16,}$/.test(bare)) return undefined;
  const bits = [...bare].map((one) => BASE32.indexOf(one).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** Keys that senders derive from the secret before they sign with them. */
export const DERIVED_SECRETS: readonly Hypothesis[] = [
  {
    code: "secret_hashed",
    sentence: "The sender hashes the secret with SHA-256 first, and signs with the hash.",
    mend: "Give the hash as the secret, as bytes or hex, whichever the sender takes.",
    async *changes({ secrets }): AsyncGenerator<Change> {
      const texts = secrets.flatMap((secret) => (secret.length > LONGEST ? [] : (textOf(secret) ?? [])));
      const hashes = await Promise.all(texts.map((text) => platform.digest("sha256", utf8(text), "hex")));
      if (hashes.length === 0) return;
      yield { secrets: hashes };
      yield { secrets: hashes.map((hash) => hash.toUpperCase()) };
      yield { secrets: hashes.map((hash) => fromHex(hash) as Uint8Array) };
    },
  },
  {
    code: "secret_charset",
    sentence: "The sender takes the key as UTF-16, two bytes for each character: .NET's Encoding.Unicode.",
    mend: "Let the sender use Encoding.UTF8, or give the secret as those bytes.",
    changes: rewritten(utf16),
  },
  {
    code: "secret_base32",
    sentence: "The sender decodes the secret as base32 first, and this scheme does not.",
    mend: "Give the decoded bytes.",
    changes: rewritten(fromBase32),
  },
];
