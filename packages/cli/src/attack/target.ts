import { lookup as lookupAll } from "node:dns/promises";
import { BlockList, type LookupFunction } from "node:net";
import { Failure } from "../terminal/failure.ts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Where an attack connects: to the addresses that were judged, whatever the name says later. */
export interface Target {
  readonly url: URL;
  readonly lookup: LookupFunction;
  /** Every address of it is this machine's own loopback. */
  readonly here: boolean;
}

/**
 * Looks the host up, once for all that is sent to it.
 *
 * @throws Failure where it has no address
 */
export async function targetOf(url: URL): Promise<Target> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = await lookupAll(host, { all: true }).catch(() => []);
  const here = found.every(({ address, family }) => LOOPBACK.check(address, family === 6 ? "ipv6" : "ipv4"));
  const [first] = found;
  if (first === undefined) throw new Failure("usage", "not_this_machine", "There is no host of that name.", HERE);
  const lookup: LookupFunction = (_, options, done) => {
    if (options.all)
      done(
        null,
        found.map(({ address, family }) => ({ address, family })),
      );
    else done(null, first.address, first.family);
  };
  return { url, lookup, here };
}

/** What is always allowed. */
export const HERE = "Run the receiver here, and give localhost or 127.0.0.1.";
