import type { ContentPart, Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";

/**
 * One row of each shape: rows that differ by their names and headers alone go the same way through a program, and each
 * costs two processes.
 */
export function oneOfEach(all: readonly Provider<any>[]): readonly Provider<any>[] {
  const found = new Map<string, Provider<any>>();
  for (const provider of all) {
    const shape = JSON.stringify(shapeOf(provider));
    if (!found.has(shape)) found.set(shape, provider);
  }
  return [...found.values()];
}

function shapeOf({ scheme, payload, handshake, occurredAt, notSecrets, normalize, methods }: Provider<any>): unknown {
  const rest = [payload, handshake !== undefined, handshake?.needs, occurredAt !== undefined, notSecrets, methods];
  const own = [...rest, normalize !== undefined];
  if (isProof(scheme))
    return [scheme.kind, scheme.description, scheme.covers, "prefix" in scheme && scheme.prefix, own];
  const { header, layout, list } = scheme.signature;
  return [
    scheme.kind,
    "digest" in scheme ? [scheme.digest, scheme.secret] : [scheme.algorithm, scheme.form, scheme.publicKey],
    [scheme.encoding, Array.isArray(header), layout?.replace(/^\w+-hex=|^\w+=/, "="), list],
    [scheme.timestamp?.unit, scheme.timestamp?.header !== undefined, scheme.id !== undefined],
    scheme.content.map((part: ContentPart) => (typeof part === "string" ? part : part.part)),
    own,
  ];
}
