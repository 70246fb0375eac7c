/** A payload as a platform's server parses it. */
export type Json = Readonly<Record<string, unknown>>;

/** The length in code points. */
export const points = (text: string) => [...text].length;

/** The keys that a platform does not know. */
export function unknownKeys(known: readonly string[], value: Json): string[] {
  return Object.keys(value).filter((key) => !known.includes(key));
}
