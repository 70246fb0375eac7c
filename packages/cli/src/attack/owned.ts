import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { exchange } from "../network/exchange.ts";
import { Failure } from "../terminal/failure.ts";
import { HERE, type Target } from "./target.ts";

/** Where a host elsewhere shows whose it is. */
export const WELL_KNOWN = "/.well-known/countersign-attack";

/** What decides whether a host elsewhere may be attacked. */
export interface Owning {
  /** The file with this user's own key; it is made where it is missing. */
  readonly keyFile: string;
  /** Whether `--elsewhere` was given. */
  readonly asked: boolean;
  readonly patience: number;
  readonly signal: AbortSignal;
}

/**
 * Refuses every host that is not on this machine, but one that serves the token which this command has printed for it:
 * who can put a file there answers for it. Nothing else is sent before that, and nothing at all unless it was asked for.
 *
 * @throws Failure
 */
export async function checkOwned(target: Target, { keyFile, asked, patience, signal }: Owning): Promise<void> {
  if (target.here) return;
  const { origin } = target.url;
  const token = tokenOf(origin, keyFile);
  const place = `${origin}${WELL_KNOWN}`;
  if (!asked) {
    throw new Failure(
      "usage",
      "not_this_machine",
      "attack sends forgeries to this machine alone, and that is not one of its loopback addresses.",
      `${HERE} If the host is yours: let ${place} answer 200 with ${token} and nothing else, then add --elsewhere.`,
    );
  }
  const came = await exchange(
    { method: "GET", url: new URL(place), headers: [], body: new Uint8Array() },
    { timeout: patience, limit: 1_024, signal, lookup: target.lookup },
  );
  const said = came.kind === "answer" ? Buffer.from(came.body).toString("utf8").trim() : undefined;
  if (came.kind === "answer" && came.status === 200 && said === token) return;
  const instead =
    came.kind === "failed"
      ? came.message
      : `It answered ${came.status}${came.status === 200 ? " with something else" : ""}.`;
  throw new Failure(
    "usage",
    "not_proven_yours",
    `${origin} does not show that it is yours. ${instead}`,
    `${place} has to answer 200 with ${token} and nothing else; redirects are not followed. Take it away afterwards.`,
  );
}

/** The same for a host each time, and told by nobody who has not this user's key. */
function tokenOf(origin: string, keyFile: string): string {
  return `countersign-attack-${createHmac("sha256", keyOf(keyFile)).update(origin).digest("hex").slice(0, 40)}`;
}

function keyOf(path: string): Buffer {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(path, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const key = Buffer.from(readFileSync(path, "utf8"), "hex");
    if (key.length === 32) return key;
  } catch (error) {
    const { code = "ERR" } = error as NodeJS.ErrnoException;
    throw new Failure("outside", "unwritable_file", `The key for tokens cannot be kept in ${path} (${code}).`);
  }
  throw new Failure("input", "unreadable_file", `${path} holds no key.`, "Remove it: another is made.");
}
