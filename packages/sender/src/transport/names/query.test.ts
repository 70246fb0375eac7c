import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fakeClock } from "@countersign/core/testing";
import { afterEach, describe, expect, test } from "vitest";
import { machineClock } from "../../time/steady.ts";
import { queryServers, type Server } from "./query.ts";

const servers: Socket[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A name server (RFC 1035) that answers A with 192.0.2.7 and AAAA with nothing, or one that is silent. */
async function nameServer(code: number | "silent"): Promise<() => Server> {
  const socket = createSocket("udp4");
  servers.push(socket);
  socket.on("message", (question, from) => {
    if (code === "silent") return;
    const end = question.indexOf(0, 12) + 5;
    const type = question.readUInt16BE(end - 4);
    const found = code === 0 && type === 1;
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x8180 | code, 2);
    head.writeUInt16BE(found ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 192, 0, 2, 7]);
    socket.send(Buffer.concat([head, question.subarray(12, end), ...(found ? [answer] : [])]), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address() as AddressInfo;
  return () => {
    const resolver = new Resolver({ timeout: 50, tries: 1 });
    resolver.setServers([`127.0.0.1:${port}`]);
    return resolver;
  };
}

describe("what name servers say", () => {
  test("addresses, and how long they hold", async () => {
    expect(await queryServers("a.example.com", machineClock, await nameServer(0))).toEqual({
      kind: "found",
      addresses: [{ address: "192.0.2.7", family: 4 }],
      ttl: 30_000,
    });
  });

  // RFC 1035, section 4.1.1: 2 is a server failure, 3 a name that does not exist, 5 a refusal.
  test.each([
    [3, "none"],
    [2, "failed"],
    [5, "failed"],
    ["silent", "silent"],
  ] as const)("%s: %s", async (code, kind) => {
    expect(await queryServers("a.example.com", machineClock, await nameServer(code))).toEqual({ kind });
  });

  test("a server that never ends is cancelled after three seconds", async () => {
    const clock = fakeClock();
    let cancel = () => {};
    const hang = () =>
      new Promise<never>((_resolve, reject) => {
        const before = cancel;
        cancel = () => {
          before();
          reject(Object.assign(new Error(), { code: "ECANCELLED" }));
        };
      });
    const server = { resolve4: hang, resolve6: hang, cancel: () => cancel() } as unknown as Server;
    const asked = queryServers("a.example.com", clock, () => server);
    await clock.advanceAsync(3_000);
    expect(await asked).toEqual({ kind: "silent" });
  });

  test("a silent server of the other family holds back no address that is known", async () => {
    const clock = fakeClock();
    const server = {
      resolve4: async () => [{ address: "192.0.2.7", ttl: 5 }],
      resolve6: () => new Promise(() => {}),
      cancel() {},
    } as unknown as Server;
    const asked = queryServers("a.example.com", clock, () => server);
    await clock.advanceAsync(50);
    expect(await asked).toMatchObject({ kind: "found", ttl: 5_000 });
  });
});
