import { ConfigurationError } from "@countersign/core";
import { checkChoice } from "@countersign/core/checks";
import { ALGORITHMS, type Algorithm } from "./algorithms.ts";

const NAMES = Object.keys(ALGORITHMS) as readonly Algorithm[];

/** The algorithms that a scheme allows, checked: never those for shared secrets beside those for public keys. */
export function checkAlgorithms(algorithms: unknown, path: string): readonly Algorithm[] {
  if (!Array.isArray(algorithms) || algorithms.length === 0)
    throw new ConfigurationError(path, `${path} must list the algorithms that are allowed: ["RS256"].`);
  const names = algorithms.map((name, index) => checkChoice(name, `${path}[${index}]`, NAMES));
  const shared = names.filter((name) => ALGORITHMS[name].key === "secret").length;
  if (shared === 0 || shared === names.length) return Object.freeze(names);
  throw new ConfigurationError(
    path,
    `${path} allows shared secrets and public keys at once: then a public key, which everybody knows, could be taken for a secret. Keep to one kind.`,
  );
}

/** Whether both sides hold the same secret. */
export function isShared(algorithms: readonly Algorithm[]): boolean {
  return algorithms.every((name) => ALGORITHMS[name].key === "secret");
}
