import { isBlank, type Layout, MAX_SIGNATURES } from "./layout.ts";
import type { SignatureReader } from "./signature.ts";

/** How a layout with a time in it reads. */
export const PAIRS = /^([A-Za-z0-9_]+)=\{(timestamp|signature)\}([,;])( ?)([A-Za-z0-9_]+)=\{(timestamp|signature)\}$/;

/**
 * Named pairs with the time among them, in one header: `t=…,v1=…`, `ts=…;h1=…`. What is neither the time nor a signature
 * of ours is passed over, as vendors' own libraries do: it proves nothing, and a vendor may add it any day.
 */
export function pairsLayout(layout: string, reader: SignatureReader): Layout {
  const [, first, firstIs, separator, blank, second] = PAIRS.exec(layout) as unknown as readonly [
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
      let broken = false;
      let start = from;
      while (start <= text.length) {
        let end = text.indexOf(separator, start);
        if (end === -1) end = text.length;
        while (start < end && isBlank(text.charCodeAt(start))) start++;
        let last = end;
        while (last > start && isBlank(text.charCodeAt(last - 1))) last--;
        if (text.startsWith(signatureKey, start)) {
          const signature = reader(text, start + signatureKey.length, last);
          if (signature === undefined) broken = true;
          else if (fields.signatures.push(signature) > MAX_SIGNATURES)
            return `it holds more than ${MAX_SIGNATURES} signatures`;
        } else if (text.startsWith(timeKey, start)) {
          if (fields.timestamp !== undefined) return "it holds two timestamps";
          fields.timestamp = text.slice(start + timeKey.length, last);
        }
        start = end + 1;
      }
      if (fields.timestamp === undefined) return `it holds no "${timeKey}"`;
      if (fields.signatures.length > 0) return undefined;
      return broken ? "its signature is not of the right form and length" : `it holds no "${signatureKey}"`;
    },
    write(timestamp, signatures) {
      const time = timeKey + timestamp;
      const proofs = signatures.map((signature) => signatureKey + signature);
      return (firstIs === "timestamp" ? [time, ...proofs] : [...proofs, time]).join(separator + blank);
    },
  };
}
