import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryOutbox, type Outbox } from "@countersign/sender";
import { afterEach, expect, test } from "vitest";
import { sqliteOutbox } from "../sqlite/outbox.ts";
import { drainOutbox } from "./drain.ts";

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function sqlite(): Outbox<any> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-drain-"));
  const outbox = sqliteOutbox(join(folder, "outbox.db"));
  opened.push(
    () => rmSync(folder, { recursive: true }),
    () => outbox.close(),
  );
  return outbox;
}

const event = (id: string, data = "{}", generated = false) => ({
  id,
  generated,
  type: "test",
  severity: "info" as const,
  time: 1_700_000_000_000,
  data,
});

async function fill(outbox: Outbox<any>, count: number, generated = false): Promise<void> {
  for (let n = 0; n < count; n++) {
    const endpoint = n % 2 === 0 ? "a" : "b";
    await outbox.enqueue([{ event: event(`e${n}`, "{}", generated), placements: [{ endpoint, generation: 1 }] }]);
  }
}

async function waiting(outbox: Outbox<any>, endpoint?: string): Promise<string[]> {
  const { items } = await outbox.list({
    state: "waiting",
    limit: 1000,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  return items.map((item) => item.event.id);
}

test("all that waits is in the other outbox, in its order, and progress is told", async () => {
  const [from, to] = [memoryOutbox(), sqlite()];
  await fill(from, 25);
  const told: number[] = [];
  const drained = await drainOutbox(from, to, { batch: 10, onProgress: ({ left }) => told.push(left) });
  expect(drained).toEqual({ moved: 25, known: 0, conflicts: 0, claimed: 0, dead: 0 });
  expect(told).toEqual([15, 5, 0]);
  expect(await waiting(from)).toEqual([]);
  expect(await waiting(to, "a")).toEqual(Array.from({ length: 13 }, (_, n) => `e${2 * n}`));
});

test.each([false, true])(
  "interrupted between the two, it is repeated without a double (ids of the sender's own: %s)",
  async (generated) => {
    const [from, to] = [sqlite(), sqlite()];
    await fill(from, 30, generated);
    let cancels = 0;
    const dying: Outbox<any> = Object.assign(Object.create(from) as Outbox<any>, {
      list: from.list.bind(from),
      stats: from.stats.bind(from),
      cancel: (items: readonly string[]) =>
        ++cancels === 2 ? Promise.reject(new Error("killed")) : from.cancel(items),
    });
    await expect(drainOutbox(dying, to, { batch: 10 })).rejects.toThrow("killed");
    expect(await waiting(from)).toHaveLength(20);
    expect(await waiting(to)).toHaveLength(20);
    expect(await drainOutbox(from, to, { batch: 10 })).toMatchObject({ moved: 20, known: 10 });
    expect(await waiting(from)).toEqual([]);
    expect((await waiting(to)).sort()).toEqual(Array.from({ length: 30 }, (_, n) => `e${n}`).sort());
  },
);

test("an event whose id means something else there stays, and so do dead letters and what is in hand", async () => {
  const [from, to] = [memoryOutbox(), memoryOutbox()];
  await fill(from, 3);
  await to.enqueue([{ event: event("e0", '{"other":1}'), placements: [{ endpoint: "a", generation: 1 }] }]);
  const room = { endpoint: "b", generation: 1, limit: 1, lease: 60_000, order: "due" as const };
  expect(await from.claim({ owner: "me", total: 1, room: [room] } as never)).toHaveLength(1);
  expect(await drainOutbox(from, to)).toEqual({ moved: 1, known: 0, conflicts: 1, claimed: 1, dead: 0 });
  expect(await waiting(from)).toEqual(["e0"]);
});

test("a signal stops it between two batches", async () => {
  const [from, to] = [memoryOutbox(), memoryOutbox()];
  await fill(from, 30);
  const stop = new AbortController();
  await expect(
    drainOutbox(from, to, { batch: 10, signal: stop.signal, onProgress: () => stop.abort(new Error("enough")) }),
  ).rejects.toThrow("enough");
  expect([await waiting(from), await waiting(to)].map(({ length }) => length)).toEqual([20, 10]);
});

test("options are checked", async () => {
  const [from, to] = [memoryOutbox(), memoryOutbox()];
  await expect(drainOutbox(from, to, { batch: 0 })).rejects.toMatchObject({ option: "batch" });
  await expect(drainOutbox(from, to, { all: true } as never)).rejects.toMatchObject({ code: "unknown_option" });
});
