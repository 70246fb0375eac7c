/** The known name that is written most like this one, unless none is like it. */
export function nearest(
  name: string,
  known: Iterable<string>,
  most = Math.max(2, Math.floor(name.length / 2)),
): string | undefined {
  let best: string | undefined;
  let least = most + 1;
  for (const one of known) {
    if (Math.abs(one.length - name.length) >= least) continue;
    const steps = distance(name.toLowerCase(), one.toLowerCase());
    if (steps < least) [best, least] = [one, steps];
  }
  return best;
}

/** Whether a name can only be another one, misspelt: two letters at most, and not as short as that. */
export function isSlip(name: string, known: Iterable<string>): boolean {
  return name.length > 3 && name.length <= 128 && nearest(name, known, 2) !== undefined;
}

/** ` Did you mean "throttle"?`, or nothing. */
export function suggestion(name: string, known: Iterable<string>): string {
  const best = name.length > 128 ? undefined : nearest(name, known);
  return best === undefined ? "" : ` Did you mean ${JSON.stringify(best)}?`;
}

/** How many letters must be put in, taken out, replaced or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let [older, old]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let steps = Math.min((old[j] as number) + 1, (row[j - 1] as number) + 1, (old[j - 1] as number) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) steps = Math.min(steps, (older[j - 2] as number) + 1);
      row.push(steps);
    }
    [older, old] = [old, row];
  }
  return old[b.length] as number;
}
