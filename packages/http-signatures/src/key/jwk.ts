import type { Secret } from "@countersign/core/scheme";

/** The members of a JWK that is given as JSON text; `undefined` for any other way of writing a key. */
export function jwkMembers(key: Secret): Readonly<Record<string, unknown>> | undefined {
  if (typeof key !== "string" || !key.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(key);
  } catch {
    return undefined; // Core says what is wrong with it.
  }
}

/** The name that a JWK gives itself. */
export function keyIdOf(key: Secret): string | undefined {
  const kid = jwkMembers(key)?.kid;
  return typeof kid === "string" ? kid : undefined;
}
