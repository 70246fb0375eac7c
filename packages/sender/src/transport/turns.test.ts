import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { defineLimits, type LimitOptions } from "./limits.ts";
import { type Asker, type Turn, Turns } from "./turns.ts";

function stage(options: LimitOptions) {
  const clock = fakeClock();
  const turns = new Turns(defineLimits(options), clock);
  const order: string[] = [];
  /** Asks for one after another, and keeps what it is given until it is told to end. */
  function tenant(name: string, origin = name) {
    const asker: Asker = turns.asker();
    const held: Turn[] = [];
    const got = (given: readonly Turn[]) => {
      held.push(...given);
      for (const _one of given) order.push(name);
    };
    return {
      asker,
      held,
      ask(most = 1) {
        const taken = turns.take(asker, origin, most);
        if (taken instanceof Promise) void taken.then(got);
        else got(taken);
      },
      end: () => held.shift()?.end(),
    };
  }
  return { turns, tenant, order, clock };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("turns", () => {
  test("5,000 endpoints at one origin have as many requests under way as it may have, and all come to their turn", async () => {
    const { tenant, order } = stage({ sockets: 512, socketsPerOrigin: 128 });
    const all = Array.from({ length: 5_000 }, (_, index) => tenant(`e${index}`, "https://example.com"));
    for (const one of all) one.ask(8);
    let most = 0;
    while (new Set(order).size < all.length) {
      await settled();
      const holding = all.filter(({ held }) => held.length > 0);
      most = Math.max(
        most,
        all.reduce((sum, { held }) => sum + held.length, 0),
      );
      expect(holding.length).toBeGreaterThan(0);
      for (const one of holding) while (one.held.length > 0) one.end();
    }
    expect(most).toBe(128);
  });

  test("an origin with a thousand that wait and one with a single one are served in turn", async () => {
    const { tenant, order } = stage({ sockets: 1, socketsPerOrigin: 1 });
    const crowd = Array.from({ length: 1_000 }, () => tenant("crowd"));
    for (const one of crowd) one.ask();
    const [lonely, other] = [tenant("lonely"), tenant("other")];
    lonely.ask();
    other.ask();
    for (let n = 0; n < 5; n += 1) {
      for (const one of [...crowd, lonely, other]) one.end();
      await settled();
    }
    expect(order).toEqual(["crowd", "crowd", "lonely", "other", "crowd", "crowd"]);
  });

  test("one origin that hangs with all that it is given leaves room, and so do eight", () => {
    const { tenant } = stage({ sockets: 512, socketsPerOrigin: 512 });
    const hang = Array.from({ length: 8 }, (_, index) => tenant(`hangs${index}`));
    for (const one of hang) one.ask(512);
    const well = tenant("well");
    well.ask(1);
    expect(well.held).toHaveLength(1);
  });

  test("however many hosts hang, once it has shown they have half of the sockets together", async () => {
    const { tenant, clock } = stage({ sockets: 512, socketsPerOrigin: 128 });
    const drips = Array.from({ length: 200 }, (_, index) => tenant(`drip${index}`));
    const inHand = () => drips.reduce((sum, { held }) => sum + held.length, 0);
    // In the first rounds there are some that have not shown it yet.
    for (let round = 0; round < 4; round += 1) {
      for (const one of drips) for (let n = 0; n < 8; n += 1) one.ask();
      await settled();
      clock.advance(30_000);
      for (const one of drips) while (one.held.length > 0) one.end();
      await settled();
    }
    expect(inHand()).toBe(256);
    const well = Array.from({ length: 100 }, (_, index) => tenant(`well${index}`));
    for (const one of well) one.ask();
    expect(well.every(({ held }) => held.length === 1)).toBe(true);
    // One that answers again is like all others.
    const [again] = drips.filter(({ held }) => held.length > 0);
    again?.end();
    again?.ask(1);
    expect(again?.asker.slow).toBe(false);
  });

  test("an endpoint that hangs leaves others of its origin half of the sockets", () => {
    const { tenant } = stage({ sockets: 512, socketsPerOrigin: 128 });
    const [hangs, well] = [tenant("hangs", "one"), tenant("well", "one")];
    hangs.ask(1_000);
    well.ask(8);
    expect(hangs.held).toHaveLength(64);
    expect(well.held).toHaveLength(8);
  });

  test("100,000 events of 4 MiB are not all in hand: bytes are counted beside requests", async () => {
    const MIB = 1_048_576;
    const { tenant } = stage({ bytes: 64 * MIB, bytesPerEndpoint: 16 * MIB });
    const all = Array.from({ length: 40 }, (_, index) => tenant(`e${index}`));
    for (let round = 0; round < 20; round += 1) {
      for (const one of all) {
        const before = one.held.length;
        one.ask();
        await settled();
        for (const turn of one.held.slice(before)) turn.weigh(4 * MIB);
      }
    }
    const counts = all.map(({ held }) => held.length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(5);
    expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(17);
    // Who ends makes room.
    for (const one of all) while (one.held.length > 0) one.end();
    await settled();
    expect(all.some(({ held }) => held.length > 0)).toBe(true);
  });

  test("an event larger than the budget goes by itself", () => {
    const { tenant } = stage({ bytes: 10, bytesPerEndpoint: 10 });
    const one = tenant("one");
    one.ask();
    one.held[0]?.weigh(4_000_000);
    one.end();
    one.ask();
    expect(one.held).toHaveLength(1);
  });

  test("a machine that gave out is asked for less, and for more again when it goes well", async () => {
    const { tenant, turns } = stage({ sockets: 100, socketsPerOrigin: 100 });
    const all = Array.from({ length: 100 }, (_, index) => tenant(`e${index}`));
    for (const one of all.slice(0, 21)) one.ask();
    turns.shrink();
    for (const one of all.slice(21)) one.ask();
    await settled();
    const held = () => all.reduce((sum, one) => sum + one.held.length, 0);
    all[0]?.end();
    await settled();
    expect(held()).toBe(20);
    for (let n = 0; n < 400; n += 1) {
      const one = all[n % 100];
      one?.end();
      one?.ask();
      await settled();
    }
    expect(held()).toBeGreaterThan(22);
    turns.shrink();
    turns.rush(all[99]?.asker as Asker);
  });

  test("whoever ends is given what it waits for at once", async () => {
    const { tenant, turns } = stage({ sockets: 1 });
    const [holds, ends] = [tenant("holds"), tenant("ends")];
    holds.ask();
    ends.ask();
    await settled();
    expect(ends.held).toHaveLength(0);
    turns.rush(ends.asker);
    await settled();
    expect(ends.held).toHaveLength(1);
  });

  test("an interrupted turn lets others go first, and comes back", async () => {
    const { tenant } = stage({ sockets: 1 });
    const [first, second] = [tenant("first"), tenant("second")];
    first.ask();
    second.ask();
    let go = () => {};
    const back = first.held[0]?.interrupt(() => new Promise((resolve) => (go = resolve)));
    await settled();
    expect(second.held).toHaveLength(1);
    go();
    await settled();
    second.end();
    await back;
    second.ask();
    await settled();
    expect(second.held).toHaveLength(0);
    first.end();
    await settled();
    expect(second.held).toHaveLength(1);
  });
});

test.each([
  ["sockets", 0],
  ["socketsPerOrigin", 1.5],
  ["bytes", -1],
  ["bytesPerEndpoint", "1"],
])("limits.%s: %j is refused", (name, value) => {
  expect(() => defineLimits({ [name]: value })).toThrow(expect.objectContaining({ option: `limits.${name}` }));
});
