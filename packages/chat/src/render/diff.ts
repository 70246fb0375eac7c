/** Lines of context on either side of a change. */
const AROUND = 2;

/**
 * What changed between two texts, line by line, as one block: what both begin and end with is left out but for a line
 * or two. Linear, so a policy file of a megabyte is no trouble; two changes far apart are one long block.
 */
export function changed(before: string, after: string): string {
  const old = before.split("\n");
  const now = after.split("\n");
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const context = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [
    ...context(now.slice(Math.max(0, start - AROUND), start)),
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...now.slice(start, now.length - end).map((line) => `+ ${line}`),
    ...context(now.slice(now.length - end, now.length - end + AROUND)),
  ].join("\n");
}
