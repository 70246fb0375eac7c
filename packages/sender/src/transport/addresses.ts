import { ConfigurationError } from "@countersign/core";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A block of addresses, parsed once. */
export interface AddressBlock {
  readonly cidr: string;
  readonly network: Address;
  readonly bits: number;
}

/** One row of the table: addresses that no public web server has. */
export interface SpecialRange {
  readonly cidr: string;
  readonly name: string;
  /** Where the range is set apart. */
  readonly source: string;
}

/**
 * Addresses that a webhook never needs, from the IANA special-purpose registries and the documents behind them.
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export const specialRanges: readonly SpecialRange[] = Object.freeze([
  { cidr: "0.0.0.0/8", name: "this network", source: "RFC 791, section 3.2" },
  { cidr: "10.0.0.0/8", name: "private use", source: "RFC 1918" },
  { cidr: "100.64.0.0/10", name: "carrier-grade NAT", source: "RFC 6598" },
  { cidr: "127.0.0.0/8", name: "loopback", source: "RFC 1122, section 3.2.1.3" },
  { cidr: "169.254.0.0/16", name: "link-local", source: "RFC 3927" },
  { cidr: "172.16.0.0/12", name: "private use", source: "RFC 1918" },
  { cidr: "192.0.0.0/24", name: "IETF protocol assignments", source: "RFC 6890, section 2.1" },
  { cidr: "192.0.2.0/24", name: "documentation", source: "RFC 5737" },
  { cidr: "192.88.99.0/24", name: "6to4 relay anycast", source: "RFC 7526" },
  { cidr: "192.168.0.0/16", name: "private use", source: "RFC 1918" },
  { cidr: "198.18.0.0/15", name: "benchmarking", source: "RFC 2544" },
  { cidr: "198.51.100.0/24", name: "documentation", source: "RFC 5737" },
  { cidr: "203.0.113.0/24", name: "documentation", source: "RFC 5737" },
  { cidr: "224.0.0.0/4", name: "multicast", source: "RFC 5771" },
  { cidr: "240.0.0.0/4", name: "reserved", source: "RFC 1112, section 4" },
  { cidr: "255.255.255.255/32", name: "limited broadcast", source: "RFC 919" },
  // ::, ::1, IPv4-compatible and IPv4-mapped addresses lie in this block, and nothing public does.
  { cidr: "::/8", name: "unspecified, loopback and embedded IPv4", source: "RFC 4291, section 2.5" },
  { cidr: "64:ff9b:1::/48", name: "local-use NAT64", source: "RFC 8215" },
  { cidr: "100::/64", name: "discard-only", source: "RFC 6666" },
  { cidr: "2001::/23", name: "IETF protocol assignments (Teredo, ORCHID, benchmarking)", source: "RFC 2928" },
  { cidr: "2001:db8::/32", name: "documentation", source: "RFC 3849" },
  { cidr: "2002::/16", name: "6to4", source: "RFC 3056" },
  { cidr: "3fff::/20", name: "documentation", source: "RFC 9637" },
  { cidr: "5f00::/16", name: "segment routing identifiers", source: "RFC 9602" },
  { cidr: "fc00::/7", name: "unique local", source: "RFC 4193" },
  { cidr: "fe80::/10", name: "link-local", source: "RFC 4291, section 2.5.6" },
  { cidr: "fec0::/10", name: "site-local", source: "RFC 3879" },
  { cidr: "ff00::/8", name: "multicast", source: "RFC 4291, section 2.7" },
]);

/**
 * Addresses at which clouds hand out credentials. A wider allowed block does not open them: only the exact address,
 * as a /32 or /128, does.
 */
export const metadataAddresses: readonly SpecialRange[] = Object.freeze([
  { cidr: "169.254.169.254/32", name: "cloud metadata", source: "AWS, Google Cloud, Azure, Oracle, DigitalOcean" },
  { cidr: "169.254.170.2/32", name: "container credentials", source: "AWS ECS" },
  { cidr: "169.254.170.23/32", name: "container credentials", source: "AWS EKS Pod Identity" },
  { cidr: "100.100.100.200/32", name: "cloud metadata", source: "Alibaba Cloud" },
  { cidr: "168.63.129.16/32", name: "platform endpoint", source: "Azure" },
  { cidr: "192.0.0.192/32", name: "cloud metadata", source: "Oracle Cloud Classic" },
  { cidr: "fd00:ec2::254/128", name: "cloud metadata", source: "AWS" },
  { cidr: "fd00:ec2::23/128", name: "container credentials", source: "AWS EKS Pod Identity" },
  { cidr: "fd20:ce::254/128", name: "cloud metadata", source: "Google Cloud" },
]);

const SPECIAL = specialRanges.map((range) => ({ ...range, ...block(range.cidr) }));
const METADATA = metadataAddresses.map((range) => ({ ...range, ...block(range.cidr) }));
const NAT64 = block("64:ff9b::/96");

/**
 * Judges one address, as a resolver or a URL gives it (no brackets). `undefined` is a pass; otherwise it says
 * what the address is, from its row in the table.
 */
export function judgeAddress(text: string, allow: readonly AddressBlock[]): string | undefined {
  const address = parseAddress(text);
  return address === undefined ? "not an IP address" : judge(address, allow);
}

function judge(address: Address, allow: readonly AddressBlock[]): string | undefined {
  const metadata = METADATA.find((range) => contains(range, address));
  if (metadata !== undefined) {
    const exact = allow.some((entry) => entry.bits === width(address) && contains(entry, address));
    return exact ? undefined : describe(metadata);
  }
  if (allow.some((entry) => contains(entry, address))) return undefined;
  // RFC 6052: the last four bytes are the IPv4 address that a translator will connect to.
  if (contains(NAT64, address)) return judge(new ipaddr.IPv4(address.toByteArray().slice(12)), allow);
  const special = SPECIAL.find((range) => contains(range, address));
  return special === undefined ? undefined : describe(special);
}

function describe({ name, cidr, source }: SpecialRange): string {
  return `${name} (${cidr}, ${source})`;
}

/** Reads the list of allowed blocks. @throws ConfigurationError for anything but `address/bits`. */
export function parseBlocks(cidrs: readonly string[], option: string): readonly AddressBlock[] {
  if (!Array.isArray(cidrs)) {
    throw new ConfigurationError(option, `${option} must be a list of CIDR blocks such as ["10.1.0.0/16"].`);
  }
  return cidrs.map((cidr, index) => {
    const path = `${option}[${index}]`;
    if (typeof cidr !== "string" || !/^[0-9a-f.:]+\/\d{1,3}$/i.test(cidr) || !isCanonicalCidr(cidr)) {
      throw new ConfigurationError(path, `${path} must be a CIDR block such as "10.1.0.0/16" or "fd00::/8".`);
    }
    return block(cidr);
  });
}

function isCanonicalCidr(cidr: string): boolean {
  const [address = ""] = cidr.split("/");
  return ipaddr.isValidCIDR(cidr) && parseAddress(address) !== undefined;
}

/** Four decimal parts or IPv6; no octal, no hex, no short forms: `inet_aton` spellings mean different hosts to different readers. */
function parseAddress(text: string): Address | undefined {
  if (text.includes(":")) {
    const bare = text.split("%", 1)[0] as string;
    return ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : undefined;
  }
  return /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text) && ipaddr.IPv4.isValid(text)
    ? ipaddr.IPv4.parse(text)
    : undefined;
}

function block(cidr: string): AddressBlock {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return { cidr, network, bits };
}

function contains(range: AddressBlock, address: Address): boolean {
  return range.network.kind() === address.kind() && address.match(range.network as never, range.bits);
}

function width(address: Address): number {
  return address.kind() === "ipv4" ? 32 : 128;
}
