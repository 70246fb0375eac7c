import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";

/**
 * Whether two values of a header say the same: hex in capitals is the same signature, an authentication word in
 * capitals the same word, and in a signature header of several pieces the blanks around each are optional, of either
 * kind.
 */
export function sameHeader(provider: Provider<any>, name: string, one: string, other: string): boolean {
  const separator = separatorOf(provider, name);
  const canonical = (value: string) => {
    const pieces = separator === undefined ? [value] : value.split(separator).map(trimBlanks);
    return pieces.join(separator).toLowerCase();
  };
  return canonical(one) === canonical(other);
}

/** What parts the pieces of this header, where blanks may be around them. */
function separatorOf({ scheme }: Provider<any>, name: string): string | undefined {
  if (isProof(scheme) || scheme.signature.header !== name) return undefined;
  const { layout = "", list } = scheme.signature;
  if (layout.includes("{timestamp}")) return /[,;]/.exec(layout)?.[0];
  return list === "," ? list : undefined;
}

const trimBlanks = (text: string) => text.replace(/^[ \t]+|[ \t]+$/g, "");
