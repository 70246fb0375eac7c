import { ConfigurationError } from "../errors/errors.ts";
import type { SignatureReader } from "./signature.ts";

/** More than any rotation needs, and few enough that trying them all costs nothing. */
export const MAX_SIGNATURES = 32;
/** Longer headers are refused before they are looked into. */
export const MAX_HEADER_LENGTH = 8192;

/** What a signature header holds. */
export interface SignatureFields {
  timestamp: string | undefined;
  /** In the order of the header. */
  readonly signatures: string[];
}

/** The grammar of one signature header, in both directions. */
export interface Layout {
  /** True when the header carries the timestamp too. */
  readonly hasTimestamp: boolean;
  /** True when the header can carry several signatures. */
  readonly many: boolean;
  /**
   * Takes the timestamp where the text begins with it, so that a stale request is refused before the rest is looked
   * at; answers where the rest begins.
   */
  readTimestamp(text: string, fields: SignatureFields): number;
  /** Adds what the text holds to `fields`, from `start` on; answers what is wrong with it, or nothing. */
  read(text: string, fields: SignatureFields, start?: number): string | undefined;
  write(timestamp: string, signatures: readonly string[]): string;
}

/** Compiles a layout such as `"t={timestamp},v1={signature}"` or `"sha256={signature}"`. */
export function compileLayout(layout: string, list: "," | " " | undefined, reader: SignatureReader): Layout {
  if (layout.split("{signature}").length !== 2) {
    throw new ConfigurationError("signature.layout", `signature.layout must hold {signature} once; it is "${layout}".`);
  }
  return layout.includes("{timestamp}") ? pairs(layout, reader) : prefixed(layout, list, reader);
}

function prefixed(layout: string, list: "," | " " | undefined, reader: SignatureReader): Layout {
  const [prefix, rest] = layout.split("{signature}") as [string, string];
  if (rest !== "") throw new ConfigurationError("signature.layout", "signature.layout must end with {signature}.");
  const separator = list?.charCodeAt(0);
  return {
    hasTimestamp: false,
    many: list !== undefined,
    readTimestamp: () => 0,
    read(text, fields) {
      if (separator === undefined) {
        const signature = text.startsWith(prefix) ? reader(text, prefix.length, text.length) : undefined;
        if (signature === undefined) return "it is not one signature of the right form and length";
        fields.signatures.push(signature);
        return undefined;
      }
      let known = 0;
      let start = 0;
      for (let entries = 0; start <= text.length; entries++) {
        if (entries === MAX_SIGNATURES) return `it holds more than ${MAX_SIGNATURES} entries`;
        let end = text.indexOf(list as string, start);
        if (end === -1) end = text.length;
        while (separator === 44 && isBlank(text.charCodeAt(start))) start++;
        if (text.startsWith(prefix, start)) {
          const signature = reader(text, start + prefix.length, end);
          if (signature === undefined) return "an entry is not a signature of the right form and length";
          fields.signatures.push(signature);
          known++;
        } else if (end === start) return "an entry is empty";
        start = end + 1;
      }
      return known > 0 ? undefined : `no entry begins with "${prefix}"`;
    },
    write: (_, signatures) => signatures.map((signature) => prefix + signature).join(list ?? ""),
  };
}

const PAIRS = /^([A-Za-z0-9_]+)=\{(timestamp|signature)\}([,;])( ?)([A-Za-z0-9_]+)=\{(timestamp|signature)\}$/;

function pairs(layout: string, reader: SignatureReader): Layout {
  const match = PAIRS.exec(layout);
  if (match === null || match[2] === match[6]) {
    throw new ConfigurationError(
      "signature.layout",
      `signature.layout with a timestamp must read like "t={timestamp},v1={signature}"; it is "${layout}".`,
    );
  }
  const [, first, firstIs, separator, blank, second] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const timeKey = `${firstIs === "timestamp" ? first : second}=`;
  const signatureKey = `${firstIs === "timestamp" ? second : first}=`;
  return {
    hasTimestamp: true,
    many: true,
    readTimestamp(text, fields) {
      if (!text.startsWith(timeKey)) return 0;
      const end = text.indexOf(separator, timeKey.length);
      if (end === -1) return 0;
      fields.timestamp = text.slice(timeKey.length, end);
      return end + 1;
    },
    read(text, fields, from = 0) {
      let start = from;
      while (start <= text.length) {
        let end = text.indexOf(separator, start);
        if (end === -1) end = text.length;
        while (start < end && isBlank(text.charCodeAt(start))) start++;
        let last = end;
        while (last > start && isBlank(text.charCodeAt(last - 1))) last--;
        if (text.startsWith(signatureKey, start)) {
          const signature = reader(text, start + signatureKey.length, last);
          if (signature === undefined) return "a signature is not of the right form and length";
          if (fields.signatures.push(signature) > MAX_SIGNATURES)
            return `it holds more than ${MAX_SIGNATURES} signatures`;
        } else if (text.startsWith(timeKey, start)) {
          if (fields.timestamp !== undefined) return "it holds two timestamps";
          fields.timestamp = text.slice(start + timeKey.length, last);
        } else {
          const equals = text.indexOf("=", start);
          if (equals <= start || equals >= last) return "a piece is not a name and a value";
        }
        start = end + 1;
      }
      if (fields.timestamp === undefined) return `it holds no "${timeKey}"`;
      return fields.signatures.length > 0 ? undefined : `it holds no "${signatureKey}"`;
    },
    write(timestamp, signatures) {
      const time = timeKey + timestamp;
      const proofs = signatures.map((signature) => signatureKey + signature);
      return (firstIs === "timestamp" ? [time, ...proofs] : [...proofs, time]).join(separator + blank);
    },
  };
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
