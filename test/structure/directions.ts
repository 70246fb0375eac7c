import type { House } from "./floors.ts";
import { type PackageTree, roomOf, within } from "./tree.ts";

const SCOPE = "@countersign/";

/** What a package imports against the direction, a sentence each. Circles are told apart from it. */
export function violations(tree: PackageTree, trees: readonly PackageTree[], houses: Houses): string[] {
  const house = houses[tree.name];
  if (house?.floors === undefined) return [`${tree.name} has no floors in test/structure/floors.ts`];
  const rules = { tree, trees, house, floors: house.floors };
  return [...manifest(rules), ...roots(rules), ...rooms(rules), ...outside(rules)];
}

type Houses = Readonly<Record<string, House>>;

interface Rules {
  readonly tree: PackageTree;
  readonly trees: readonly PackageTree[];
  readonly house: House;
  readonly floors: readonly (readonly string[])[];
}

function manifest({ tree, house }: Rules): string[] {
  const may = new Set([...house.uses.map((name) => SCOPE + name), ...(house.needs ?? [])]);
  const peers = new Set(house.peers);
  return [
    ...tree.dependencies.filter((name) => !may.has(name)).map((name) => `${tree.name} may not depend on ${name}`),
    ...tree.peerDependencies.filter((name) => !peers.has(name)).map((name) => `${tree.name} has no peer ${name}`),
  ];
}

function roots({ tree, house }: Rules): string[] {
  if (house.root === undefined) return [];
  const atRoot = [...tree.files.keys()].filter((file) => !file.includes("/") && !house.root?.includes(file));
  return atRoot.map((file) => `${tree.name}: ${file} belongs in a folder`);
}

function rooms({ tree, house, floors }: Rules): string[] {
  const floorOf = new Map(floors.flatMap((names, floor) => names.map((name) => [name, floor] as const)));
  const exceptions = house.exceptions ?? {};
  const homeless = new Set([...tree.files.keys()].map(roomOf).filter((room) => !floorOf.has(room)));
  const needed = new Set<string>();
  const found: string[] = [...homeless].map((room) => `${tree.name}: ${room} has no floor`);
  for (const [file, specifiers] of tree.files) {
    for (const specifier of specifiers) {
      for (const target of within(tree, file, specifier)) {
        const [from, to] = [roomOf(file), roomOf(target)];
        if (!tree.files.has(target)) found.push(`${tree.name}: ${file} imports ${target}, which is no source file`);
        if (from === to || homeless.has(from) || homeless.has(to)) continue;
        if ((floorOf.get(to) ?? 0) < (floorOf.get(from) ?? 0)) continue;
        const pair = `${from} → ${to}`;
        needed.add(pair);
        if (!Object.hasOwn(exceptions, pair))
          found.push(`${tree.name}: ${file} imports ${target}, which is not below it`);
      }
    }
  }
  // An exception that outlives its reason would let the next upward import through.
  const idle = Object.keys(exceptions).filter((pair) => !needed.has(pair));
  return [...found, ...idle.map((pair) => `${tree.name}: the exception "${pair}" is not needed any more; delete it`)];
}

function outside({ tree, trees, house }: Rules): string[] {
  const declared = [...tree.dependencies, ...tree.peerDependencies];
  const problem = (file: string, specifier: string): string | undefined => {
    if (specifier.startsWith("node:")) {
      return house.node === undefined || house.node.includes(file) ? undefined : "which only Node has";
    }
    const [, other, subpath = ""] = /^@countersign\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
    if (other !== undefined) {
      if (!house.uses.includes(other)) return `but ${tree.name} may not use ${other}`;
      const exported = trees.find(({ name }) => name === other)?.subpaths.includes(subpath);
      return exported ? undefined : `which ${other} does not export`;
    }
    const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
    return [...declared, ...(house.bundled ?? [])].includes(name) ? undefined : "which its package.json does not name";
  };
  return [...tree.files].flatMap(([file, specifiers]) =>
    specifiers
      .filter((specifier) => !/^[.#]/.test(specifier))
      .map((specifier) => [specifier, problem(file, specifier)])
      .filter(([, said]) => said !== undefined)
      .map(([specifier, said]) => `${tree.name}: ${file} imports ${specifier}, ${said}`),
  );
}
