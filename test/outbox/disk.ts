import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";

/** What a process asked of its files, in order. */
export type Operation =
  | { readonly kind: "create" | "unlink" | "sync"; readonly path: string }
  | { readonly kind: "sync-folder"; readonly path: string }
  | { readonly kind: "truncate"; readonly path: string; readonly length: number }
  | { readonly kind: "write"; readonly path: string; readonly at: number; readonly bytes: Buffer };

/** The calls that change files, for strace. `lseek` and `write`, because a ledger is written so. */
export const CALLS = "openat,pwrite64,write,lseek,fsync,fdatasync,ftruncate,unlink,rename";
const SECTOR = 512;

/** Reads what strace wrote of one thread with `-y -xx`. @throws Error at a call that it does not know */
export function readTrace(file: string, folder: string): Operation[] {
  const operations: Operation[] = [];
  const existing = new Set<string>();
  for (const line of readFileSync(file, "latin1").split("\n")) {
    const [, call, given = "", result] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(line) ?? [];
    if (call === undefined || Number(result) < 0) continue;
    const named = text(/^\d+<([^>]*)>/.exec(given)?.[1] ?? "");
    const path = named === "" ? text(/"((?:\\x..)*)"/.exec(given)?.[1] ?? "") : named;
    if (call === "fsync" || call === "fdatasync") {
      if (path === folder) operations.push({ kind: "sync-folder", path });
      else if (dirname(path) === folder) operations.push({ kind: "sync", path });
    }
    if (dirname(path) !== folder) continue;
    if (call === "openat" && given.includes("O_CREAT") && !existing.has(path)) {
      existing.add(path);
      operations.push({ kind: "create", path });
    }
    if (call === "unlink") {
      existing.delete(path);
      operations.push({ kind: "unlink", path });
    }
    if (call === "ftruncate") operations.push({ kind: "truncate", path, length: Number(/, (\d+)$/.exec(given)?.[1]) });
    if (call === "rename") throw new Error("SQLite renames nothing: this trace is of something else.");
    if (call !== "pwrite64" && call !== "write") continue;
    const bytes = Buffer.from(text(/"((?:\\x..)*)"/.exec(given)?.[1] ?? ""), "latin1");
    if (bytes.length !== Number(result)) throw new Error(`strace cut a write of ${result} bytes to ${basename(path)}.`);
    const at = call === "pwrite64" ? Number(/, (\d+)$/.exec(given)?.[1]) : 0;
    operations.push({ kind: "write", path, at, bytes });
  }
  return operations;
}

function text(escaped: string): string {
  return escaped.replaceAll(/\\x(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** How a disk loses its power. */
export interface Cut {
  readonly random: () => number;
  /** A disk that says it has synced, and has not: what shows that the check finds a loss. */
  readonly lies?: boolean;
}

/**
 * What may be on the disk when the power fails after these operations. What a sync of its file covers is there; of what
 * came after, each write is there, is not, or is there in some of its sectors; names that no sync of the folder
 * covers may be those of before.
 */
export function afterPowerLoss(operations: readonly Operation[], cut: Cut): Map<string, Buffer> {
  const disk = new Map<string, Buffer>();
  const paths = new Set(operations.flatMap(({ kind, path }) => (kind === "sync-folder" ? [] : [path])));
  const synced = operations.findLastIndex(({ kind }) => kind === "sync-folder");
  for (const path of paths) {
    // SQLite makes its shared memory anew after a crash.
    if (path.endsWith("-shm")) continue;
    const named = operations.flatMap(({ kind, path: of }, index) =>
      of === path && (kind === "create" || kind === "unlink") ? [index] : [],
    );
    const certain = named.findLastIndex((index) => index < synced);
    const since = certain + Math.floor(cut.random() * (named.length - certain));
    const from = named[since];
    if (from === undefined || operations[from]?.kind === "unlink") continue;
    const until = named[since + 1] ?? operations.length;
    disk.set(
      path,
      contentsOf(
        operations.slice(from, until).filter(({ path: of }) => of === path),
        cut,
      ),
    );
  }
  return disk;
}

function contentsOf(operations: readonly Operation[], { random, lies = false }: Cut): Buffer {
  const synced = lies ? -1 : operations.findLastIndex(({ kind }) => kind === "sync");
  // Everything, nothing, or some of what is not certain: a disk that wrote nothing is as likely as one that wrote all.
  const share = [0, 1, 0.5, random()][Math.floor(random() * 4)] as number;
  const ends = operations.map((operation) => (operation.kind === "write" ? operation.at + operation.bytes.length : 0));
  const contents = Buffer.alloc(Math.max(0, ...ends));
  let length = 0;
  for (const [index, operation] of operations.entries()) {
    const certain = index <= synced;
    if (operation.kind === "truncate" && (certain || random() < share)) {
      length = Math.min(contents.length, operation.length);
      contents.fill(0, length);
    }
    if (operation.kind !== "write") continue;
    const { at, bytes } = operation;
    const whole = certain || random() < share;
    const torn = !whole && random() < 0.3;
    if (!whole && !torn) continue;
    length = Math.max(length, at + bytes.length);
    for (let from = 0; from < bytes.length; ) {
      const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR));
      if (whole || random() < 0.5) bytes.copy(contents, at + from, from, to);
      from = to;
    }
  }
  return contents.subarray(0, length);
}
