import type { Socket } from "node:net";
import { createSender, never, type Outcome, type Schedule, waits } from "@countersign/sender";
import { afterEach, describe, expect, test } from "vitest";
import { answer, type HostileServer, hostileServer } from "./hostile.ts";
import { loopback } from "./loopback.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A server that hangs up on a connection's second request, as one does whose idle time ended just then. */
async function impatient(): Promise<HostileServer> {
  const used = new Set<Socket>();
  const server = await hostileServer((socket) => {
    if (used.has(socket)) return void socket.destroy();
    used.add(socket);
    socket.write(answer(200));
  });
  cleanups.push(() => server.close());
  return server;
}

async function send(url: string, retry: Schedule, events: number) {
  const sender = createSender({ guard: loopback, endpoints: [{ name: "e", url, retry, breaker: false }] });
  cleanups.push(() => sender.close({ timeout: 0 }));
  const outcomes: Outcome[] = [];
  for (let n = 0; n < events; n += 1) {
    const handle = await sender.send({ id: `evt_${n}`, type: "t", data: n });
    outcomes.push(...(await handle.outcome()));
  }
  return outcomes;
}

describe("a connection that the server closes just as it is used again", () => {
  test("costs no event under never(): it is sent once more, and recorded so", async () => {
    const server = await impatient();
    const outcomes = await send(server.url, never(), 8);
    expect(new Set(outcomes.map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(new Set(["delivered 1"]));
    const resent = outcomes.flatMap(({ history }, n) => (history[0]?.resent ? [n] : []));
    expect(resent.length).toBeGreaterThan(1);
    // The same bytes under the same headers, one right behind the other.
    const twice = server.bodies.flatMap((body, n) => (body === server.bodies[n + 1] ? [n] : []));
    expect(twice.map((n) => JSON.parse(server.bodies[n] as string).data)).toEqual(resent);
    for (const n of twice) expect(server.heads[n]).toBe(server.heads[n + 1]);
    expect(server.bodies).toHaveLength(outcomes.length + resent.length);
  });

  test("costs no wait under a schedule", async () => {
    const server = await impatient();
    const outcomes = await send(server.url, waits(["1h"]), 8);
    expect(outcomes.filter(({ status, attempts }) => status !== "delivered" || attempts !== 1)).toEqual([]);
  });

  test("is the end of the event under never({ atMostOnce: true })", async () => {
    const server = await impatient();
    const outcomes = await send(server.url, never({ atMostOnce: true }), 8);
    const dead = outcomes.filter(({ status }) => status === "dead");
    expect(dead.length).toBeGreaterThan(0);
    for (const { history } of dead) expect(history[0]).toMatchObject({ error: "connection_lost" });
    expect(outcomes.some(({ history }) => history[0]?.resent)).toBe(false);
    expect(server.heads).toHaveLength(8);
  });
});

test("a server that always hangs up is asked twice and not for ever", async () => {
  const server = await hostileServer((socket) => void socket.destroy());
  cleanups.push(() => server.close());
  const [outcome] = await send(server.url, never(), 1);
  expect(outcome).toMatchObject({ status: "dead", attempts: 1, history: [{ error: "connection_lost", resent: true }] });
  expect(server.heads).toHaveLength(2);
});

test("what was answered in part is not sent again", async () => {
  const server = await hostileServer((socket) => void socket.end("HTTP/1.1 200 O"));
  cleanups.push(() => server.close());
  const [outcome] = await send(server.url, never(), 1);
  expect(outcome).toMatchObject({ status: "dead", history: [{ error: "connection_lost" }] });
  expect(server.heads).toHaveLength(1);
});

describe("an idle connection", () => {
  /** Milliseconds for which the server's only connection stayed open. */
  async function lifetime(retry: Schedule, headers: Record<string, string>): Promise<number> {
    let began = 0;
    let ended = 0;
    const server = await hostileServer((socket) => {
      began = performance.now();
      socket.once("close", () => {
        ended = performance.now();
      });
      socket.write(answer(200, headers));
    });
    cleanups.push(() => server.close());
    await send(server.url, retry, 1);
    await expect.poll(() => ended, { timeout: 6_000, interval: 20 }).toBeGreaterThan(0);
    return ended - began;
  }

  test("is closed a second before the server's Keep-Alive says, and after a second under never()", async () => {
    const [hinted, single, singleHinted] = await Promise.all([
      lifetime(waits(["1h"]), { "keep-alive": "timeout=3" }),
      lifetime(never(), {}),
      lifetime(never(), { "keep-alive": "timeout=60" }),
    ]);
    expect(hinted).toBeGreaterThan(1_500);
    expect(hinted).toBeLessThan(2_800);
    expect(single).toBeLessThan(1_800);
    expect(singleHinted).toBeLessThan(1_800);
  });
});
