import { readFileSync, statSync } from "node:fs";

/** What the system's files say about how it resolves names. */
export interface NameFiles {
  /** The names in `/etc/hosts`, lower-case. */
  readonly hosts: ReadonlySet<string>;
  /** Of `/etc/resolv.conf`: suffixes, and from how many dots on a name is asked for as it is first. */
  readonly servers: { readonly search: readonly string[]; readonly dots: number };
  /** Of `/etc/nsswitch.conf`, where the system has it: whether names come from these files and from name servers alone. */
  readonly plain: boolean;
}

/** Sources of names that are asked name servers for what has a dot, or that know only names which are left to the system. */
const PLAIN_SOURCES = /^(?:files|dns|resolve|myhostname|mymachines|mdns[46]?(?:_minimal)?|\[[^\]]*\])$/;
/** Names that never come from name servers. */
const OWN_NAMES = /\.(?:local|localhost)$/;

/**
 * The names that name servers are to be asked for, in the order in which the system would; none for a name that the
 * system may know from elsewhere.
 */
export function candidatesOf(hostname: string, { hosts, servers, plain }: NameFiles): readonly string[] {
  const name = hostname.replace(/\.$/, "");
  if (!plain || !name.includes(".") || OWN_NAMES.test(name) || hosts.has(name)) return [];
  if (name !== hostname || name.split(".").length > servers.dots) return [name];
  return [...servers.search.map((suffix) => `${name}.${suffix}`), name];
}

/** Names of a hosts file. */
export function readHosts(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of text.split("\n")) {
    const [, ...given] = line.replace(/#.*/, "").trim().split(/\s+/);
    for (const name of given) names.add(name.toLowerCase().replace(/\.$/, ""));
  }
  return names;
}

/** Whether names come from files and name servers alone. */
export function readSources(text: string): boolean {
  const line = /^[ \t]*hosts:(.*)$/m.exec(text)?.[1];
  if (line === undefined) return true;
  const words = line.replace(/#.*/, "").match(/\[[^\]]*\]|\S+/g) ?? [];
  return words.some((word) => word === "dns" || word === "resolve") && words.every((word) => PLAIN_SOURCES.test(word));
}

/** The last of each line counts, as resolv.conf(5) says. */
export function readServers(text: string): NameFiles["servers"] {
  let search: readonly string[] = [];
  let dots = 1;
  for (const line of text.split("\n")) {
    const [word, ...rest] = line.trim().split(/[ \t]+/);
    if (word === "search" || word === "domain")
      search = rest.map((suffix) => suffix.replace(/\.$/, "")).filter(Boolean);
    if (word !== "options") continue;
    for (const option of rest) {
      const given = /^ndots:(\d{1,2})$/.exec(option)?.[1];
      if (given !== undefined) dots = Math.min(Number(given), 15);
    }
  }
  return { search, dots };
}

/** How long a file is taken for what it was. */
const FRESH = 1_000;

/** Reads a file again when it has changed; one that is not there is empty. */
export function watchedFile<Content>(path: string, read: (text: string) => Content, now: () => number): () => Content {
  let content = read("");
  let stamp = "";
  let looked = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - looked < FRESH) return content;
    looked = now();
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const current = `${mtimeMs} ${size} ${ino}`;
      if (current !== stamp) content = read(readFileSync(path, "utf8"));
      stamp = current;
    } catch {
      content = read("");
      stamp = "";
    }
    return content;
  };
}
