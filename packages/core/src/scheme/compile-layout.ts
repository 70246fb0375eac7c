import type { Layout } from "./layout.ts";
import { pairsLayout } from "./layout-pairs.ts";
import { prefixedLayout } from "./layout-prefixed.ts";
import type { SignatureReader } from "./signature.ts";

/** Compiles a layout such as `"t={timestamp},v1={signature}"` or `"sha256={signature}"`. */
export function compileLayout(layout: string, list: "," | " " | undefined, reader: SignatureReader): Layout {
  return layout.includes("{timestamp}") ? pairsLayout(layout, reader) : prefixedLayout(layout, list, reader);
}
