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
}

/**
 * Refuses every address that is not this machine's own loopback.
 *
 * @throws Failure
 */
export async function loopbackTarget(url: URL): Promise<Target> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = await lookupAll(host, { all: true }).catch(() => []);
  const outside =
    found.length === 0 || found.some(({ address, family }) => !LOOPBACK.check(address, family === 6 ? "ipv6" : "ipv4"));
  if (outside) {
    throw new Failure(
      "usage",
      "not_this_machine",
      "attack sends forgeries to this machine alone, and that is not one of its loopback addresses.",
      "Run the receiver here, and give localhost or 127.0.0.1.",
    );
  }
  const [first] = found as [{ address: string; family: number }];
  const lookup: LookupFunction = (_, options, done) => {
    if (options.all)
      done(
        null,
        found.map(({ address, family }) => ({ address, family })),
      );
    else done(null, first.address, first.family);
  };
  return { url, lookup };
}
