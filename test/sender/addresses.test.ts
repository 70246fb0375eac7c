import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSender, never, type Resolve } from "@countersign/sender";
import { recordingReceiver } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";

const family = (address: string) => (address.includes(":") ? 6 : 4);
const answers = (...list: string[]) => list.map((address) => ({ address, family: family(address) as 4 | 6 }));

/** How an event ends whose endpoint's name resolves so. */
async function endOf(resolve: Resolve) {
  const sender = createSender({
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
  test.each([
    "127.0.0.1",
    "169.254.169.254",
    "10.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "fd00:ec2::254",
  ])("a name that resolves to %s, alone or among good ones, is refused for good", async (address) => {
    const refused = { status: "dead", reason: "permanent", error: "address_refused" };
    expect(await endOf(async () => answers(address))).toMatchObject(refused);
    expect(await endOf(async () => answers("1.1.1.1", address, "2606:4700::1111"))).toMatchObject(refused);
  });

  test("resolves once for each connection and connects where it was judged: rebinding finds nothing to bind", async () => {
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

  test("an allowed CIDR passes, as literal and as name", async () => {
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

  test('guard: "development" reaches a receiver of this machine by name, and no other address behind one', async () => {
    const inside = await recordingReceiver();
    const { port } = new URL(inside.url);
    const sender = createSender({
      guard: "development",
      resolve: async (name) => answers(name === "localhost" ? "127.0.0.1" : "10.0.0.1"),
      endpoints: [
        { name: "here", url: `http://localhost:${port}/`, retry: never() },
        { name: "there", url: `http://hooks.example.com:${port}/`, retry: never() },
      ],
    });
    const outcomes = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(outcomes.map((outcome) => outcome.history[0]?.error)).toEqual([undefined, "address_refused"]);
    await sender.close();
    await inside.close();
  });

  test("a name that leads to the loopback interface is refused with the line that allows it in development", async () => {
    expect((await endOf(async () => answers("127.0.0.1"))).message).toContain('guard: "development"');
    expect((await endOf(async () => answers("10.0.0.1"))).message).not.toContain("development");
  });

  test("an allowed name does not exempt the addresses that it resolves to", async () => {
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

  test("a wide allowed block does not open the metadata address; its own /32 does", () => {
    const url = "http://169.254.169.254/latest";
    const define = (allow: string[]) => () =>
      createSender({ guard: { allow, schemes: ["http"] }, endpoints: [{ name: "e", url }] });
    expect(define(["169.254.0.0/16"])).toThrow(expect.objectContaining({ code: "url_refused" }));
    expect(define(["0.0.0.0/0"])).toThrow(expect.objectContaining({ code: "url_refused" }));
    expect(define(["169.254.169.254/32"])).not.toThrow();
  });

  test("no answer at all, or a failing resolver, is a failed look-up", async () => {
    expect((await endOf(async () => [])).error).toBe("dns_failed");
    const failing = async () => {
      throw Object.assign(new Error("no"), { code: "EAI_AGAIN" });
    };
    expect((await endOf(failing)).error).toBe("dns_failed");
  });

  test("a look-up that never answers ends with the deadline", async () => {
    const sender = createSender({
      resolve: () => new Promise(() => {}),
      endpoints: [{ name: "e", url: "https://hooks.example.com/", retry: never(), timeout: "100ms" }],
    });
    const [outcome] = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(outcome?.history[0]?.error).toBe("timeout");
    await sender.close({ timeout: 0 });
  });
});
