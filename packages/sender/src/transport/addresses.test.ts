import type { LookupAddress } from "node:dns";
import { describe, expect, test } from "vitest";
import { judgeAddress, metadataAddresses, parseBlocks, specialRanges } from "./addresses.ts";
import { defineGuard, judgeUrl } from "./guard.ts";
import { guardedLookup } from "./resolve.ts";

/** One address of every range of the reference, at an edge or in the middle, and its spelling as a URL's host. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  "0.0.0.0/8": ["0.0.0.0", "0.255.255.255"],
  "10.0.0.0/8": ["10.0.0.1", "10.255.255.255"],
  "100.64.0.0/10": ["100.64.0.1", "100.127.255.255"],
  "127.0.0.0/8": ["127.0.0.1", "127.255.255.255"],
  "169.254.0.0/16": ["169.254.0.1", "169.254.169.254"],
  "172.16.0.0/12": ["172.16.0.1", "172.31.255.255"],
  "192.0.0.0/24": ["192.0.0.1", "192.0.0.255"],
  "192.0.2.0/24": ["192.0.2.1"],
  "192.88.99.0/24": ["192.88.99.1"],
  "192.168.0.0/16": ["192.168.0.1", "192.168.255.255"],
  "198.18.0.0/15": ["198.18.0.1", "198.19.255.255"],
  "198.51.100.0/24": ["198.51.100.1"],
  "203.0.113.0/24": ["203.0.113.1"],
  "224.0.0.0/4": ["224.0.0.1", "239.255.255.255"],
  "240.0.0.0/4": ["240.0.0.1", "255.255.255.254"],
  "255.255.255.255/32": ["255.255.255.255"],
  "::/8": [
    "::",
    "::1",
    "::2",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "::8.8.8.8",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
  ],
  "64:ff9b:1::/48": ["64:ff9b:1::1"],
  "100::/64": ["100::1"],
  "2001::/23": ["2001::1", "2001:1ff::1"],
  "2001:db8::/32": ["2001:db8::1"],
  "2002::/16": ["2002:7f00:1::"],
  "3fff::/20": ["3fff::1", "3fff:fff::1"],
  "5f00::/16": ["5f00::1"],
  "fc00::/7": ["fc00::1", "fd00:ec2::254", "fdff::1"],
  "fe80::/10": ["fe80::1", "febf::1"],
  "fec0::/10": ["fec0::1"],
  "ff00::/8": ["ff02::1"],
};
const ALL = Object.values(REFUSED).flat();

/** Addresses next to the ranges: public ones must pass. */
const PUBLIC = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:200::1",
  "2606:4700::1111",
  "2a00:1450::1",
  "64:ff9b::8.8.8.8",
  "3ffe::1",
];

const judgeLiteral = (address: string) =>
  judgeUrl(new URL(`https://${address.includes(":") ? `[${address}]` : address}/`), defineGuard());

/** Where a socket would be let connect to when its host name resolves so. */
const lookUp = (...addresses: string[]) =>
  new Promise<LookupAddress[]>((resolve, reject) => {
    const answers = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }) as const);
    const lookup = guardedLookup(defineGuard(), async () => answers);
    lookup("hooks.example.com", { all: true }, (error, found) =>
      error === null ? resolve(found as LookupAddress[]) : reject(error),
    );
  });

const allowing = (...cidrs: string[]) => parseBlocks(cidrs, "guard.allow");

describe("addresses", () => {
  test("has a row, with its source, for every range of the reference", () => {
    expect(specialRanges.map((range) => range.cidr)).toEqual(Object.keys(REFUSED));
    for (const range of specialRanges) expect(range.source).toMatch(/^RFC \d+/);
  });

  test.each(ALL)("%s is special, by its row", (address) => {
    expect(judgeAddress(address, [])).toMatch(/\(.+, .+\)$/);
  });

  test.each(ALL)("%s is refused as a URL's host", (address) => {
    expect(judgeLiteral(address)).toMatch(/guard\.allow/);
  });

  test.each(ALL)("%s is refused as what a name resolves to, alone or among good ones", async (address) => {
    const refused = expect.objectContaining({ name: "AddressRefused" });
    await expect(lookUp(address)).rejects.toThrow(refused);
    await expect(lookUp("1.1.1.1", address, "2606:4700::1111")).rejects.toThrow(refused);
  });

  test.each(PUBLIC)("%s is public", async (address) => {
    expect(judgeAddress(address, [])).toBeUndefined();
    expect(judgeLiteral(address)).toBeUndefined();
    expect((await lookUp(address)).map((found) => found.address)).toEqual([address]);
  });

  test("an allowed block opens what is in it, and no more", () => {
    expect(judgeAddress("10.1.2.3", allowing("10.1.0.0/16"))).toBeUndefined();
    expect(judgeAddress("10.2.0.1", allowing("10.1.0.0/16"))).toMatch(/private use/);
    expect(judgeAddress("::ffff:10.1.2.3", allowing("10.1.0.0/16"))).toBeDefined();
    expect(judgeAddress("64:ff9b::10.1.2.3", allowing("10.1.0.0/16"))).toBeUndefined();
  });

  test.each(metadataAddresses.map(({ cidr }) => cidr))("metadata %s is opened by itself only", (cidr) => {
    const address = cidr.split("/")[0] as string;
    const all = cidr.includes(":") ? "::/0" : "0.0.0.0/0";
    expect(judgeAddress(address, allowing(all))).toMatch(/metadata|credentials|platform|resolver|time/);
    expect(judgeAddress(address, allowing(cidr))).toBeUndefined();
  });

  const EMBEDDED = {
    "IPv4-mapped": "::ffff:169.254.169.254",
    "IPv4-compatible": "::169.254.169.254",
    "IPv4-translated": "::ffff:0:169.254.169.254",
    NAT64: "64:ff9b::169.254.169.254",
    "local NAT64, /96": "64:ff9b:1::169.254.169.254",
    "local NAT64, /48": "64:ff9b:1:a9fe:a9:fe00::",
    "local NAT64, /56": "64:ff9b:1:a9:fe:a9fe::",
    "local NAT64, /64": "64:ff9b:1::a9:fea9:fe00:0",
    "6to4": "2002:a9fe:a9fe::1",
    Teredo: "2001:0:102:304::5601:5601",
    ISATAP: "fe80::5efe:169.254.169.254",
  };

  test.each(Object.entries(EMBEDDED))("metadata inside %s stays shut under a wide allow", (_name, address) => {
    const wide = allowing("0.0.0.0/0", "::/0");
    expect(judgeAddress(address, wide)).toMatch(/cloud metadata/);
    expect(judgeAddress(address, [...wide, ...allowing("169.254.169.254/32")])).toBeUndefined();
    expect(judgeAddress(address, allowing(`${address}/128`))).toBeUndefined();
  });

  test("an address of a wide allow in which no metadata is embedded stays open", () => {
    const wide = allowing("::/0");
    for (const address of ["::ffff:8.8.8.8", "2002:808:808::1", "fd00::1", "fe80::1", "2606:4700::1111"]) {
      expect(judgeAddress(address, wide)).toBeUndefined();
    }
  });

  test.each([
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "169.254.169.253",
    "169.254.169.123",
    "fd00:ec2::254",
    "fd00:ec2::253",
    "fd00:ec2::123",
    "fd00:ec2::23",
    "fd20:ce::254",
    "168.63.129.16",
    "100.100.100.200",
    "169.254.0.23",
    "169.254.42.42",
    "fd00:42::42",
    "192.0.0.192",
    "fd00:c1::a9fe:a9fe",
    "fd00:a9fe:a9fe::1",
    "fe80::a9fe:a9fe",
    "169.254.169.252",
  ])("%s of a cloud stays shut under a wide allow, and its row has a source", (address) => {
    expect(judgeAddress(address, allowing("0.0.0.0/0", "::/0"))).toBeDefined();
    const row = metadataAddresses.find(({ cidr }) => cidr.split("/")[0] === address);
    expect(row?.source).toMatch(/https:\/\//);
  });

  test.each(["0177.0.0.1", "0x7f.0.0.1", "127.1", "2130706433", "example.com", ""])("%j is no address", (text) => {
    expect(judgeAddress(text, [])).toBe("not an IP address");
  });

  test("a block with host bits set is refused, and told how it is meant", () => {
    for (const [cidr, meant] of [
      ["10.0.0.1/8", "10.0.0.0/8"],
      ["192.168.1.1/16", "192.168.0.0/16"],
      ["fd00::1/8", "fd00::/8"],
    ] as const) {
      expect(() => allowing(cidr)).toThrow(
        expect.objectContaining({ option: "guard.allow[0]", message: expect.stringContaining(meant) }),
      );
    }
    expect(() => allowing("10.0.0.1/32", "fd00::1/128", "0.0.0.0/0")).not.toThrow();
  });

  test.each(["10.0.0.0", "10.0.0.0/33", "010.0.0.0/8", "10/8", "example.com/8", ""])("%j is no block", (cidr) => {
    expect(() => allowing(cidr)).toThrow(expect.objectContaining({ option: "guard.allow[0]" }));
  });
});
