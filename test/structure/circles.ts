import { type PackageTree, roomOf, within } from "./tree.ts";

/**
 * Every circle between the files of a package, shortest way round, as `a.ts → b.ts → a.ts`. What goes from room to
 * room by an exception to the floors is left out.
 */
export function circles(tree: PackageTree, exceptions: Readonly<Record<string, string>> = {}): string[] {
  const imports = new Map(
    [...tree.files].map(([file, specifiers]) => {
      const targets = specifiers.flatMap((specifier) => within(tree, file, specifier));
      return [file, targets.filter((target) => !Object.hasOwn(exceptions, `${roomOf(file)} → ${roomOf(target)}`))];
    }),
  );
  const told = new Set<string>();
  const found: string[] = [];
  for (const file of imports.keys()) {
    const way = told.has(file) ? undefined : wayBack(file, imports);
    if (way === undefined) continue;
    for (const step of way) told.add(step);
    found.push(`${tree.name}: ${way.join(" → ")}`);
  }
  return found;
}

/** The shortest way from a file to itself, breadth first. */
function wayBack(start: string, imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of imports.get(way.at(-1) as string) ?? []) {
      if (next === start) return [...way, start];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
