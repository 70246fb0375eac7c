import type { Provider } from "@countersign/core";
import { providers } from "@countersign/core/providers";
import { isProof } from "@countersign/core/scheme";

/**
 * The providers whose headers a request carries, the one that asks for most of them first. Several systems use the same
 * headers (`webhook-signature`, `x-hub-signature-256`), and only the secret tells them apart.
 */
export function detect(names: readonly string[]): readonly Provider<any>[] {
  const there = new Set(names.map((name) => name.toLowerCase()));
  const fitting = Object.values(providers)
    .map((provider) => ({ provider, needed: neededHeaders(provider) }))
    .filter(({ needed }) => needed.every((name) => there.has(name)));
  return fitting.sort((a, b) => b.needed.length - a.needed.length).map(({ provider }) => provider);
}

/** Every header without which a request of this provider is not looked at. */
export function neededHeaders({ scheme }: Provider<any>): readonly string[] {
  if (isProof(scheme)) return scheme.headers;
  const [first] = [scheme.signature.header].flat();
  const all = [first, scheme.timestamp?.header, scheme.id?.header];
  return all.filter((name) => name !== undefined).map((name) => name.toLowerCase());
}
