/** A line of two texts: in both, in the first alone, in the second alone. */
export interface DiffLine {
  readonly side: "both" | "first" | "second";
  readonly text: string;
}

/** More cells than this are not filled: what differs is then shown as replaced. */
const MOST = 4_000_000;

/** What has to be taken away from one text and put in to make the other, by the longest lines that they share. */
export function diffLines(first: readonly string[], second: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < first.length && start < second.length && first[start] === second[start]) start++;
  let [a, b] = [first.length, second.length];
  while (a > start && b > start && first[a - 1] === second[b - 1]) {
    a--;
    b--;
  }
  return [
    ...first.slice(0, start).map(both),
    ...between(first.slice(start, a), second.slice(start, b)),
    ...first.slice(a).map(both),
  ];
}

const both = (text: string): DiffLine => ({ side: "both", text });

function between(first: readonly string[], second: readonly string[]): DiffLine[] {
  if (first.length * second.length > MOST) {
    return [
      ...first.map((text): DiffLine => ({ side: "first", text })),
      ...second.map((text): DiffLine => ({ side: "second", text })),
    ];
  }
  const wide = second.length + 1;
  const lengths = new Uint16Array((first.length + 1) * wide);
  const at = (i: number, j: number) => lengths[i * wide + j] as number;
  for (let i = first.length - 1; i >= 0; i--) {
    for (let j = second.length - 1; j >= 0; j--) {
      lengths[i * wide + j] = first[i] === second[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < first.length || j < second.length) {
    if (i < first.length && j < second.length && first[i] === second[j]) {
      lines.push(both(first[i] as string));
      i++;
      j++;
    } else if (j >= second.length || (i < first.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ side: "first", text: first[i++] as string });
    } else lines.push({ side: "second", text: second[j++] as string });
  }
  return lines;
}

/** Where two runs of bytes first differ; -1 where they do not. */
export function firstDifference(first: Uint8Array, second: Uint8Array): number {
  const shorter = Math.min(first.length, second.length);
  for (let i = 0; i < shorter; i++) if (first[i] !== second[i]) return i;
  return first.length === second.length ? -1 : shorter;
}
