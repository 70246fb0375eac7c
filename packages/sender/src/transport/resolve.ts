import { isIP, type LookupFunction } from "node:net";
import { judgeAddress } from "./addresses.ts";
import { type Guard, hintFor } from "./guard.ts";

/** One answer of a name look-up. */
export interface ResolvedAddress {
  /** As text, without brackets: `"192.0.2.1"`, `"2001:db8::1"`. */
  readonly address: string;
  /** 4 for IPv4, 6 for IPv6. */
  readonly family: 4 | 6;
}

/** Turns a host name into all of its addresses. Rejects when there is none. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** A name that resolves to an address that the guard does not open. Final: no retry helps. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";
  readonly code = "ADDRESS_REFUSED";
}

/** A name that could not be resolved, or for which the resolver gave no addresses. */
export class LookupFailed extends Error {
  override readonly name = "LookupFailed";
  readonly code = "DNS_FAILED";

  constructor(cause: unknown) {
    super("the host name could not be resolved", { cause });
  }
}

/** Every address tried for one connection; the rest of a long answer is left alone. */
const MOST_ADDRESSES = 16;

/**
 * A `lookup` for `net.connect`: resolves once, judges **every** answer and passes on exactly the judged addresses, so
 * that the socket goes where it was judged (a second look-up could answer otherwise).
 */
export function guardedLookup(guard: Guard, resolve: Resolve): LookupFunction {
  return function lookup(hostname, options, callback) {
    resolveJudged(hostname, guard, resolve).then(
      (answers) => {
        if (options.all) return callback(null, answers as { address: string; family: number }[]);
        const first = answers[0] as ResolvedAddress;
        return callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

async function resolveJudged(hostname: string, guard: Guard, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  const answers = await resolveCopied(hostname, resolve);
  for (const { address } of answers) {
    const special = judgeAddress(address, guard.allow);
    if (special === undefined) continue;
    throw new AddressRefused(`the host name resolves to an address that is ${special}${hintFor(address)}`);
  }
  return answers.slice(0, MOST_ADDRESSES);
}

/** The answers as plain values, each read once: what is judged is then what is used. */
async function resolveCopied(hostname: string, resolve: Resolve): Promise<readonly ResolvedAddress[]> {
  try {
    const answers: unknown = await resolve(hostname);
    if (!Array.isArray(answers)) throw new TypeError("no list of addresses");
    const copies = Array.from(answers, copyOf);
    if (copies.length === 0) throw new TypeError("no address");
    return copies;
  } catch (error) {
    throw new LookupFailed(error);
  }
}

function copyOf(answer: unknown): ResolvedAddress {
  const { address } = answer as { readonly address?: unknown };
  const family = typeof address === "string" ? isIP(address) : 0;
  if (family !== 4 && family !== 6) throw new TypeError("not an address");
  return { address: address as string, family };
}
