import { Resolver } from "node:dns/promises";
import type { Clock } from "@countersign/core";
import type { ResolvedAddress } from "../resolve.ts";
import type { Answer } from "./find.ts";

/** For both families together, in milliseconds; within it a name server is asked twice. */
const LONGEST_QUERY = 3_000;
const ONE_TRY = 1_000;
/** How long addresses of the other family are waited for (RFC 8305, section 3). */
const GRACE = 50;

/** What is used of c-ares. */
export type Server = Pick<Resolver, "resolve4" | "resolve6" | "cancel">;

/** Asks the name servers of /etc/resolv.conf, each time as it is then. */
export async function queryServers(
  hostname: string,
  clock: Clock,
  create: () => Server = () => new Resolver({ timeout: ONE_TRY, tries: 2 }),
): Promise<Answer> {
  const server = create();
  let late = false;
  const deadline = clock.setTimeout(() => {
    late = true;
    server.cancel();
  }, LONGEST_QUERY);
  const silent = (error: unknown) => late || /^(?:ETIMEOUT|ECANCELLED)$/.test(codeOf(error));
  const ask = (family: 4 | 6): Promise<Answer> =>
    server[`resolve${family}`](hostname, { ttl: true }).then(
      (records) => ({
        kind: "found",
        addresses: records.map(({ address }): ResolvedAddress => ({ address, family })),
        ttl: Math.min(...records.map(({ ttl }) => ttl)) * 1_000,
      }),
      (error: unknown) => ({
        kind: /^(?:ENOTFOUND|ENODATA)$/.test(codeOf(error)) ? "none" : silent(error) ? "silent" : "failed",
      }),
    );
  try {
    const sixth = ask(6);
    const fourth = await ask(4);
    if (fourth.kind === "none") return await sixth;
    if (fourth.kind !== "found") return fourth;
    const both = await Promise.race([sixth, pause(clock, GRACE)]);
    if (both?.kind !== "found") return fourth;
    return { ...fourth, addresses: [...fourth.addresses, ...both.addresses], ttl: Math.min(fourth.ttl, both.ttl) };
  } finally {
    clock.clearTimeout(deadline);
    server.cancel();
  }
}

function pause(clock: Clock, milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => clock.setTimeout(() => resolve(undefined), milliseconds));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}
