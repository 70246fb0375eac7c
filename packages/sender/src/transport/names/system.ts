import { lookup } from "node:dns/promises";
import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import { machineClock, steady } from "../../time/steady.ts";
import type { Resolve, ResolvedAddress } from "../resolve.ts";
import { candidatesOf, readHosts, readServers, readSources, watchedFile } from "./files.ts";
import { createResolve } from "./find.ts";
import { queryServers } from "./query.ts";

const lookUp: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })) as ResolvedAddress[];

let shared: Resolve | undefined;

/** Every address of a name, as the system resolves it: one for the process, because the threads are. */
export const systemResolve: Resolve = (hostname) => {
  shared ??= create();
  return shared(hostname);
};

/**
 * Where the system's files say all of how it resolves names, and may be read without asking, the name servers are asked
 * first. Bun and Deno have resolvers of their own.
 */
function create(): Resolve {
  const clock = steady(machineClock);
  const { bun, deno } = process.versions as { readonly bun?: string; readonly deno?: string };
  const ours = bun === undefined && deno === undefined;
  const hosts = watchedFile("/etc/hosts", readHosts, clock.now);
  const servers = watchedFile("/etc/resolv.conf", readServers, clock.now);
  const plain = watchedFile("/etc/nsswitch.conf", readSources, clock.now);
  return createResolve({
    clock,
    lookUp,
    candidates: (hostname) =>
      ours && process.platform === "linux"
        ? candidatesOf(hostname, { hosts: hosts(), servers: servers(), plain: plain() })
        : [],
    query: (hostname) => queryServers(hostname, clock),
    exhausted: ours ? descriptorsGone : () => undefined,
  });
}

/** `getaddrinfo` says that a name is not there where no file could be opened: this tells the two apart. */
function descriptorsGone(): Error | undefined {
  try {
    closeSync(openSync(devNull, "r"));
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
