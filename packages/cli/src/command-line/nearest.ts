/** The known name that was most likely meant, if any is near: two letters away at most, and less than half of it. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const distances = known.map((one) => [one, distance(name.slice(0, 64), one)] as const);
  const [best] = distances.sort(([, a], [, b]) => a - b);
  return best !== undefined && best[1] <= Math.min(2, best[0].length / 2) ? best[0] : undefined;
}

/** Levenshtein's: how many letters have to be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
