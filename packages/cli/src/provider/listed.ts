import type { Provider } from "@countersign/core";

/** The header that names the signed headers, and those that it must name, for providers that sign a list (Contentful). */
export function listOfSigned({ scheme }: Provider<any>): readonly (readonly [name: string, value: string])[] {
  if (scheme.kind === "token") return [];
  return scheme.content.flatMap((part) =>
    typeof part === "string" || part.part !== "headers" || part.name === undefined
      ? []
      : [[part.name, (part.required ?? []).join(",")] as const],
  );
}
