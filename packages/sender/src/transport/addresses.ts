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
 * Addresses at which clouds hand out credentials, and what else they serve beside them. A wider allowed block does not open them: only the exact address,
 * as a /32 or /128, does.
 */
export const metadataAddresses: readonly SpecialRange[] = Object.freeze([
  {
    cidr: "169.254.169.254/32",
    name: "cloud metadata",
    source:
      "AWS, Google Cloud, Azure, Oracle, DigitalOcean and others: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
  },
  {
    cidr: "169.254.169.253/32",
    name: "cloud resolver",
    source: "AWS: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
  },
  {
    cidr: "169.254.169.123/32",
    name: "cloud time service",
    source: "AWS: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html",
  },
  {
    cidr: "169.254.169.252/32",
    name: "cloud metadata of a node",
    source:
      "Google Kubernetes Engine, ports 987 and 988: https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
  },
  {
    cidr: "169.254.170.2/32",
    name: "container credentials",
    source: "AWS ECS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
  },
  {
    cidr: "169.254.170.23/32",
    name: "container credentials",
    source: "AWS EKS Pod Identity: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html",
  },
  {
    cidr: "169.254.0.23/32",
    name: "cloud metadata",
    source:
      "Tencent Cloud, by the name metadata.tencentyun.com: https://www.tencentcloud.com/document/product/213/4934; by its address: https://github.com/DataDog/datadog-agent/blob/main/pkg/util/cloudproviders/tencent/tencent.go",
  },
  {
    cidr: "169.254.42.42/32",
    name: "cloud metadata",
    source: "Scaleway: https://docs.cloud-init.io/en/latest/reference/datasources/scaleway.html",
  },
  {
    cidr: "100.100.100.200/32",
    name: "cloud metadata",
    source: "Alibaba Cloud: https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata",
  },
  {
    cidr: "168.63.129.16/32",
    name: "platform endpoint",
    source: "Azure: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16",
  },
  {
    cidr: "192.0.0.192/32",
    name: "cloud metadata",
    source:
      "Oracle Cloud Classic: https://docs.oracle.com/en/cloud/iaas/compute-iaas-cloud/stcsg/retrieving-instance-metadata.html",
  },
  {
    cidr: "fd00:ec2::254/128",
    name: "cloud metadata",
    source: "AWS: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
  },
  {
    cidr: "fd00:ec2::253/128",
    name: "cloud resolver",
    source: "AWS: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
  },
  {
    cidr: "fd00:ec2::123/128",
    name: "cloud time service",
    source: "AWS: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html",
  },
  {
    cidr: "fd00:ec2::23/128",
    name: "container credentials",
    source: "AWS EKS Pod Identity: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html",
  },
  {
    cidr: "fd20:ce::254/128",
    name: "cloud metadata",
    source: "Google Cloud: https://cloud.google.com/compute/docs/metadata/overview",
  },
  {
    cidr: "fd00:c1::a9fe:a9fe/128",
    name: "cloud metadata",
    source: "Oracle Cloud: https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm",
  },
  {
    cidr: "fd00:42::42/128",
    name: "cloud metadata",
    source: "Scaleway: https://docs.cloud-init.io/en/latest/reference/datasources/scaleway.html",
  },
  {
    cidr: "fd00:a9fe:a9fe::1/128",
    name: "cloud metadata",
    source: "Akamai (Linode): https://docs.cloud-init.io/en/latest/reference/datasources/akamai.html",
  },
  {
    cidr: "fe80::a9fe:a9fe/128",
    name: "cloud metadata",
    source: "OpenStack: https://docs.openstack.org/nova/latest/user/metadata.html",
  },
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
  for (const one of [address, ...embedded(address)]) {
    const metadata = METADATA.find((range) => contains(range, one));
    if (metadata === undefined) continue;
    if (!isNamed(one, allow) && !isNamed(address, allow)) return describe(metadata);
    if (one === address) return undefined;
  }
  if (allow.some((entry) => contains(entry, address))) return undefined;
  // RFC 6052: the last four bytes are the IPv4 address that a translator will connect to.
  if (contains(NAT64, address)) return judge(new ipaddr.IPv4(address.toByteArray().slice(12)), allow);
  const special = SPECIAL.find((range) => contains(range, address));
  return special === undefined ? undefined : describe(special);
}

/** Whether a block that is allowed is this very address. */
function isNamed(address: Address, allow: readonly AddressBlock[]): boolean {
  return allow.some((entry) => entry.bits === width(address) && contains(entry, address));
}

/** Where an IPv6 address can carry an IPv4 address, and how. A packet to the first may end up at the second. */
const EMBEDDINGS: readonly { readonly within: AddressBlock; readonly read: (bytes: readonly number[]) => number[] }[] =
  [
    // IPv4-compatible and IPv4-mapped (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052).
    ...["::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"].map((cidr) => ({
      within: block(cidr),
      read: (bytes: readonly number[]) => bytes.slice(12),
    })),
    // RFC 6052, section 2.2: a local NAT64 prefix may be shorter; byte 8 is left out.
    ...[
      [6, 7, 9, 10],
      [7, 9, 10, 11],
      [9, 10, 11, 12],
    ].map((places) => ({
      within: block("64:ff9b:1::/48"),
      read: (bytes: readonly number[]) => places.map((place) => bytes[place] as number),
    })),
    // 6to4 (RFC 3056), Teredo (RFC 4380, the client's, each bit turned round), ISATAP (RFC 5214).
    { within: block("2002::/16"), read: (bytes) => bytes.slice(2, 6) },
    { within: block("2001::/32"), read: (bytes) => bytes.slice(12).map((byte) => byte ^ 0xff) },
    { within: block("::/0"), read: (bytes) => (isIsatap(bytes) ? bytes.slice(12) : []) },
  ];

function isIsatap(bytes: readonly number[]): boolean {
  return (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
}

function embedded(address: Address): Address[] {
  if (address.kind() === "ipv4") return [];
  const bytes = address.toByteArray();
  return EMBEDDINGS.filter(({ within }) => contains(within, address))
    .map(({ read }) => read(bytes))
    .filter((found) => found.length === 4)
    .map((found) => new ipaddr.IPv4(found));
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
    const { network, bits } = block(cidr);
    const meant = networkOf(network, bits);
    if (!contains({ cidr, network: meant, bits: width(network) }, network)) {
      throw new ConfigurationError(
        path,
        `${path} is ${cidr}, an address inside a block. Is the block ${meant}/${bits} meant, or ${network}/${width(network)}?`,
      );
    }
    return { cidr, network, bits };
  });
}

/** The first address of a block: its host bits are 0. */
function networkOf(address: Address, bits: number): Address {
  const bytes = address
    .toByteArray()
    .map((byte, index) => byte & (0xff << (8 - Math.min(8, Math.max(0, bits - 8 * index)))));
  return ipaddr.fromByteArray(bytes.map((byte) => byte & 0xff));
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
