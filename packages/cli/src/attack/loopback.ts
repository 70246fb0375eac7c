import { lookup as lookupAll } from "node:dns/promises";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { Failure } from "../terminal/failure.ts";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Where an attack connects, and how: to the address that was judged, whatever the name says later. */
export interface Target {
  readonly url: URL;
  readonly address: string;
  readonly family: 4 | 6;
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
  // A name may have both families while the receiver listens on one of them: the first that answers is found by trying.
  const [first] = found as [{ address: string; family: number }];
  const family = first.family === 6 ? 6 : 4;
  const lookup: LookupFunction = (_, options, done) => {
    if (options.all)
      done(
        null,
        found.map(({ address, family }) => ({ address, family })),
      );
    else done(null, first.address, first.family);
  };
  return { url, address: isIP(host) === 0 ? first.address : host, family, lookup };
}
