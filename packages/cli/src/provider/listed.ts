import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";

/** The header that names the signed headers, and those that it must name, for providers that sign a list (Contentful). */
export function listOfSigned({ scheme }: Provider<any>): readonly (readonly [name: string, value: string])[] {
  if (isProof(scheme)) return [];
  return scheme.content.flatMap((part) =>
    typeof part === "string" || part.part !== "headers" || part.name === undefined
      ? []
      : [[part.name, (part.required ?? []).join(",")] as const],
  );
}
