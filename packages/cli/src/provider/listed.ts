import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";

/**
 * Headers that are signed beside the body, with a value to begin with where a request has none: the list of the signed
 * headers for providers that sign one (Contentful), a made-up value for those that sign one header (fal.ai).
 */
export function listOfSigned({ scheme }: Provider<any>): readonly (readonly [name: string, value: string])[] {
  if (isProof(scheme)) return [];
  return scheme.content.flatMap((part) => {
    if (typeof part === "string" || part.name === undefined) return [];
    if (part.part === "header") return [[part.name, "countersign"] as const];
    return part.part === "headers" ? [[part.name, (part.required ?? []).join(",")] as const] : [];
  });
}
