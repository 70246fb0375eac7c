import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSender, never, type Resolve, specialRanges } from "@countersign/sender";
import { recordingReceiver } from "@countersign/sender/testing";
import { describe, expect, it } from "vitest";

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
]; // prettier-ignore

const host = (address: string) => (address.includes(":") ? `[${address}]` : address);
const family = (address: string) => (address.includes(":") ? 6 : 4);
const answers = (...list: string[]) => list.map((address) => ({ address, family: family(address) as 4 | 6 }));

/** How an event ends whose endpoint's name resolves so. */
async function endOf(resolve: Resolve, guard: object = {}) {
  const sender = createSender({
    guard,
    resolve,
    endpoints: [{ name: "e", url: "https://hooks.example.com:4433/", retry: never(), timeout: "2s" }],
  });
  const [outcome] = await (await sender.send({ type: "t", data: {} })).outcome();
  await sender.close({ timeout: 0 });
  return {
    status: outcome?.status,
    reason: outcome?.reason,
    error: outcome?.history[0]?.error,
    message: outcome?.history[0]?.message,
  };
}

describe("address guard", () => {
  it("has a row, with its source, for every range of the reference", () => {
    expect(specialRanges.map((range) => range.cidr)).toEqual(Object.keys(REFUSED));
    for (const range of specialRanges) expect(range.source).toMatch(/^RFC \d+/);
  });

  it.each(ALL)("refuses the literal %s when the endpoint is defined", (address) => {
    expect(() => createSender({ endpoints: [{ name: "e", url: `https://${host(address)}/` }] })).toThrow(
      expect.objectContaining({ code: "url_refused", option: "e.url" }),
    );
  });

  it.each(ALL)("refuses a name that resolves to %s, for good", async (address) => {
    expect(await endOf(async () => answers(address))).toMatchObject({
      status: "dead",
      reason: "permanent",
      error: "address_refused",
    });
  });

  it.each(ALL)("refuses %s as one bad answer among good ones", async (address) => {
    expect((await endOf(async () => answers("1.1.1.1", address, "2606:4700::1111"))).error).toBe("address_refused");
  });

  it.each(PUBLIC)("lets the public address %s pass", (address) => {
    expect(() => createSender({ endpoints: [{ name: "e", url: `https://${host(address)}/` }] })).not.toThrow();
  });

  it.each([
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://x.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://intranet/",
    "https://intranet./",
    "https://db.internal./",
  ])("refuses %s however it is spelt", (url) => {
    expect(() => createSender({ endpoints: [{ name: "e", url }] })).toThrow(
      expect.objectContaining({ code: "url_refused" }),
    );
  });

  it.each([
    ["http://example.com/", "url_refused"],
    ["ftp://example.com/", "url_refused"],
    ["file:///etc/passwd", "url_refused"],
    ["https://example.com:22/", "url_refused"],
    ["https://example.com:25/", "url_refused"],
    ["https://user:pass@example.com/", "credentials_in_url"],
    ["https://user@example.com/", "credentials_in_url"],
    ["https://example.com/#top", "invalid_url"],
    ["/hooks", "invalid_url"],
    ["https://", "invalid_url"],
  ])("refuses %s by scheme, port or form", (url, code) => {
    expect(() => createSender({ endpoints: [{ name: "e", url }] })).toThrow(expect.objectContaining({ code }));
  });

  it("resolves once for each connection and connects where it was judged: rebinding finds nothing to bind", async () => {
    const reached: string[] = [];
    const listen = async (address: string, port: number) => {
      const server = createServer((_request, response) => {
        reached.push(address);
        response.writeHead(204, { connection: "close" }).end();
      });
      await new Promise<void>((resolve) => server.listen(port, address, resolve));
      return server;
    };
    const outside = await listen("127.0.0.2", 0);
    const { port } = outside.address() as AddressInfo;
    const inside = await listen("127.0.0.1", port);
    // Good when first asked, bad from then on: a second question for the same connection would lead inside.
    let lookups = 0;
    const resolve: Resolve = async () => {
      lookups += 1;
      return answers(lookups === 1 ? "127.0.0.2" : "127.0.0.1");
    };
    const sender = createSender({
      guard: { allow: ["127.0.0.2/32"], schemes: ["http"] },
      resolve,
      endpoints: [{ name: "e", url: `http://rebind.example.com:${port}/`, retry: never() }],
    });
    const [first] = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(first?.status).toBe("delivered");
    expect(lookups).toBe(1);
    // The next connection asks anew, is judged anew, and is refused.
    const [second] = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(second?.history[0]?.error).toBe("address_refused");
    expect(reached).toEqual(["127.0.0.2"]);
    await sender.close({ timeout: 0 });
    for (const server of [outside, inside]) await new Promise((done) => server.close(done));
  });

  it("an allowed CIDR passes, as literal and as name", async () => {
    const inside = await recordingReceiver();
    const port = new URL(inside.url).port;
    const sender = createSender({
      guard: { allow: ["127.0.0.0/8"], schemes: ["http"] },
      resolve: async () => answers("127.0.0.1"),
      endpoints: [
        { name: "literal", url: inside.url },
        { name: "name", url: `http://receiver.example.com:${port}/` },
      ],
    });
    const outcomes = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["delivered", "delivered"]);
    await sender.close();
    await inside.close();
  });

  it("an allowed name does not exempt the addresses that it resolves to", async () => {
    const guard = { allowNames: ["localhost"], schemes: ["http", "https"] as const };
    const sender = createSender({
      guard,
      resolve: async () => answers("127.0.0.1"),
      endpoints: [{ name: "e", url: "https://localhost/", retry: never() }],
    });
    const [outcome] = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(outcome?.history[0]?.error).toBe("address_refused");
    await sender.close();
  });

  it("a wide allowed block does not open the metadata address; its own /32 does", () => {
    const url = "http://169.254.169.254/latest";
    const define = (allow: string[]) => () =>
      createSender({ guard: { allow, schemes: ["http"] }, endpoints: [{ name: "e", url }] });
    expect(define(["169.254.0.0/16"])).toThrow(expect.objectContaining({ code: "url_refused" }));
    expect(define(["0.0.0.0/0"])).toThrow(expect.objectContaining({ code: "url_refused" }));
    expect(define(["169.254.169.254/32"])).not.toThrow();
  });

  it("no answer at all, or a failing resolver, is a failed look-up", async () => {
    expect((await endOf(async () => [])).error).toBe("dns_failed");
    const failing = async () => {
      throw Object.assign(new Error("no"), { code: "EAI_AGAIN" });
    };
    expect((await endOf(failing)).error).toBe("dns_failed");
  });

  it("a look-up that never answers ends with the deadline", async () => {
    const sender = createSender({
      resolve: () => new Promise(() => {}),
      endpoints: [{ name: "e", url: "https://hooks.example.com/", retry: never(), timeout: "100ms" }],
    });
    const [outcome] = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(outcome?.history[0]?.error).toBe("timeout");
    await sender.close({ timeout: 0 });
  });

  it.each([["10.0.0.0"], ["10.0.0.0/33"], ["010.0.0.0/8"], ["10/8"], ["example.com/8"], [""]])(
    "an allow list with %s is refused",
    (cidr) => {
      expect(() => createSender({ guard: { allow: [cidr] }, endpoints: [] })).toThrow(
        expect.objectContaining({ option: "guard.allow[0]" }),
      );
    },
  );
});
