import { isBlank, type Layout, MAX_SIGNATURES } from "./layout.ts";
import type { SignatureReader } from "./signature.ts";

/** One signature behind a fixed prefix, `sha256=…`, or a list of them: `v1,… v1,…`, in which other entries are passed over. */
export function prefixedLayout(layout: string, list: "," | " " | undefined, reader: SignatureReader): Layout {
  const [prefix] = layout.split("{signature}") as [string];
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
      let broken = false;
      let start = 0;
      for (let entries = 0; start <= text.length; entries++) {
        if (entries === MAX_SIGNATURES) return `it holds more than ${MAX_SIGNATURES} entries`;
        let end = text.indexOf(list as string, start);
        if (end === -1) end = text.length;
        while (separator === 44 && isBlank(text.charCodeAt(start))) start++;
        if (text.startsWith(prefix, start)) {
          const signature = reader(text, start + prefix.length, end);
          if (signature === undefined) broken = true;
          else known = fields.signatures.push(signature);
        }
        start = end + 1;
      }
      if (known > 0) return undefined;
      return broken ? "no entry is a signature of the right form and length" : `no entry begins with "${prefix}"`;
    },
    write: (_, signatures) => signatures.map((signature) => prefix + signature).join(list ?? ""),
  };
}
