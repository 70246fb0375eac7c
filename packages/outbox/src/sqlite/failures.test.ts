import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSender, OutboxFull, type Placing } from "@countersign/sender";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { open } from "./driver.ts";
import { enqueue } from "./enqueue.ts";
import { File } from "./file.ts";
import { sqliteOutbox } from "./outbox.ts";
import { Session } from "./session.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-failures-"));
  path = join(folder, "outbox.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const placing = (id: string, data = "{}") => ({
  event: { id, generated: false, type: "t", severity: "info" as const, time: 0, data },
  placements: [{ endpoint: "a", generation: 1 }],
});
const failing = (code: string) => expect.objectContaining({ name: "OutboxError", code });

const room = [{ endpoint: "a", generation: 1, limit: 100, lease: 60_000, order: "due" as const }];

/** How many pages a file has that are not free. */
function pages(): number {
  const connection = open(path);
  const sql = "SELECT page_count - freelist_count AS used FROM pragma_page_count, pragma_freelist_count";
  const { used } = connection.prepare(sql).get() as { used: number };
  connection.close();
  return used;
}

/** The ids of the events that a file holds. */
function kept(): string[] {
  const connection = open(path);
  const rows = connection.prepare("SELECT name FROM countersign_item ORDER BY id").all() as { name: string }[];
  connection.close();
  return rows.map(({ name }) => name);
}

describe("a file that cannot be used is told when the outbox is made", () => {
  test("a file that is no database", () => {
    writeFileSync(path, "This is a diary, and somebody wants it back.".repeat(200));
    expect(() => sqliteOutbox(path)).toThrow(failing("corrupt"));
    expect(readFileSync(path, "utf8")).toContain("diary");
  });

  test("a folder, or one that does not exist", () => {
    expect(() => sqliteOutbox(folder)).toThrow(failing("read_only"));
    expect(() => sqliteOutbox(join(folder, "missing", "outbox.db"))).toThrow(failing("read_only"));
  });

  // Root may write whatever the file says.
  if (process.getuid?.() !== 0) {
    test("a file that may only be read", async () => {
      await sqliteOutbox(path).close();
      chmodSync(path, 0o400);
      chmodSync(folder, 0o500);
      expect(() => sqliteOutbox(path)).toThrow(failing("read_only"));
      chmodSync(folder, 0o700);
    });
  }

  test("tables of a newer version, which are left as they are", async () => {
    await sqliteOutbox(path).close();
    const connection = open(path);
    connection.exec("UPDATE countersign_outbox SET version = 99");
    connection.close();
    expect(() => sqliteOutbox(path)).toThrow(failing("newer_schema"));
    expect(() => sqliteOutbox(path)).toThrow("its tables are version 99");
  });

  test("a path that is no file", () => {
    expect(() => sqliteOutbox(":memory:")).toThrow(expect.objectContaining({ code: "invalid_option" }));
    expect(() => sqliteOutbox("")).toThrow(expect.objectContaining({ code: "invalid_option" }));
  });
});

describe("a file that fails while it is used", () => {
  test("a full disk refuses, and what was accepted before is there", async () => {
    const full = crowded();
    const accepted: string[] = [];
    const refused: unknown[] = [];
    for (let n = 0; n < 60; n += 1) {
      await full.put(placing(`e${n}`, JSON.stringify("x".repeat(20_000)))).then(
        () => accepted.push(`e${n}`),
        (error) => refused.push(error),
      );
    }
    expect(accepted.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toEqual(failing("disk_full"));
    await full.close();
    expect(kept()).toEqual(accepted);
  });

  test("of several at once only those are refused for which there is no room", async () => {
    const full = crowded();
    const large = JSON.stringify("x".repeat(4_000_000));
    const puts = [full.put(placing("small")), full.put(placing("large", large)), full.put(placing("small too"))];
    const results = await Promise.allSettled(puts);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    await full.close();
    expect(kept()).toEqual(["small", "small too"]);
  });

  test("beyond maxBytes nothing is taken, and what is there can still be written down", async () => {
    const outbox = sqliteOutbox(path, { maxBytes: 1_000_000 });
    const large = JSON.stringify("x".repeat(100_000));
    let taken = 0;
    const fill = async () => {
      for (; ; taken += 1) await outbox.enqueue([placing(`e${taken}`, large)]);
    };
    await expect(fill()).rejects.toThrow(OutboxFull);
    expect(taken).toBeGreaterThan(5);
    expect(taken).toBeLessThan(12);
    const items = await outbox.claim({ owner: "me", total: 100, room });
    expect(items).toHaveLength(taken);
    const answers = await outbox.finish(items.map(({ id, token }) => ({ id, token, kind: "done" })));
    expect(answers.every(({ held }) => held)).toBe(true);
    await outbox.enqueue([placing("again", large)]);
    await outbox.close();
  });

  test("a lock that another process never lets go is told", { timeout: 30_000 }, async () => {
    const outbox = sqliteOutbox(path);
    const other = open(path);
    other.exec("BEGIN IMMEDIATE");
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 10);
    await expect(outbox.enqueue([placing("late")])).rejects.toEqual(failing("busy"));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(100);
    other.exec("ROLLBACK");
    other.close();
    await outbox.enqueue([placing("now")]);
    await outbox.close();
    expect(kept()).toEqual(["now"]);
  });

  test("tables that somebody drops are told", async () => {
    const outbox = sqliteOutbox(path);
    const other = open(path);
    other.exec("DROP TABLE countersign_item");
    other.close();
    await expect(outbox.enqueue([placing("e")])).rejects.toEqual(failing("not_migrated"));
    await outbox.close();
  });
});

describe("a file and its processes", () => {
  test("two that start with a new file at once make its tables once", async () => {
    const outboxes = await Promise.all([1, 2, 3].map(async () => sqliteOutbox(path)));
    await Promise.all(outboxes.map((outbox, index) => outbox.enqueue([placing(`e${index}`)])));
    await Promise.all(outboxes.map((outbox) => outbox.close()));
    expect(kept()).toHaveLength(3);
  });

  test("a wall clock that is set back six hours moves nothing that waits", async () => {
    const clockAt = (now: number) => ({
      now: () => now,
      setTimeout: (callback: () => void, wait: number) => setTimeout(callback, wait),
      clearTimeout: (handle: unknown) => clearTimeout(handle as NodeJS.Timeout),
    });
    const before = sqliteOutbox(path, { clock: clockAt(1_800_000_000_000) });
    await before.enqueue([placing("e")]);
    await before.close();
    const after = sqliteOutbox(path, { clock: clockAt(1_800_000_000_000 - 6 * 3_600_000) });
    expect(await after.claim({ owner: "me", total: 1, room })).toHaveLength(1);
    await after.close();
  });

  test("what has ended is forgotten beyond its bound, with its attempts, and the file does not grow for ever", async () => {
    const outbox = sqliteOutbox(path, { remembered: 10 });
    const sizes: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const names = Array.from({ length: 100 }, (_, n) => `e${round}-${n}`);
      await outbox.enqueue(names.map((id) => placing(id, JSON.stringify("x".repeat(2_000)))));
      const items = await outbox.claim({ owner: "me", total: 100, room });
      const attempt = { number: 1, startedAt: 0, timings: { total: 1 }, status: 204, events: 1 };
      await outbox.finish(items.map(({ id, token }) => ({ id, token, kind: "done", attempt })));
      sizes.push(pages());
    }
    await outbox.close();
    expect(kept().length).toBeLessThan(130);
    const connection = open(path);
    const { attempts } = connection.prepare("SELECT count(*) AS attempts FROM countersign_attempt").get() as {
      attempts: number;
    };
    connection.close();
    expect(attempts).toBe(kept().length);
    expect(sizes[5] as number).toBeLessThan(1.2 * (sizes[1] as number));
  });

  test("nothing is announced by a send in a transaction, and what is committed goes out", async () => {
    const requests: string[] = [];
    const told: string[] = [];
    const transport = {
      async request({ body }: { readonly body: Uint8Array | undefined }) {
        requests.push(Buffer.from(body ?? "").toString());
        const timings = { total: 0 };
        return { kind: "response" as const, status: 204, headers: {}, body: "", truncated: false, timings };
      },
      close: async () => {},
    };
    const sender = createSender({
      outbox: sqliteOutbox(path, { pollInterval: "10ms" }),
      endpoints: [{ name: "a", url: "https://example.com/" }],
      hooks: { enqueued: ({ event }) => void told.push(event.id) },
      transport,
    });
    const connection = open(path);
    for (const [id, end] of [
      ["rolled-back", "ROLLBACK"],
      ["committed", "COMMIT"],
    ] as const) {
      connection.exec("BEGIN IMMEDIATE");
      const handle = await sender.send({ id, type: "t", data: id }, { tx: connection });
      expect(handle.placements).toEqual([{ endpoint: "a", status: "queued" }]);
      await new Promise((resolve) => setTimeout(resolve, 40));
      expect(requests).toHaveLength(0);
      connection.exec(end);
      if (end === "COMMIT") expect((await handle.outcome())[0]).toMatchObject({ status: "delivered", attempts: 1 });
    }
    expect(requests.map((text) => JSON.parse(text).id)).toEqual(["committed"]);
    expect(told).toEqual([]);
    connection.close();
    await sender.close();
    expect(existsSync(path)).toBe(true);
  });
});

/** A file that can have so many pages and no more: what SQLite then answers is what it answers when the disk is full. */
function crowded() {
  const file = new File(path);
  file.connection.exec("PRAGMA max_page_count = 100");
  const session = new Session(file.connection, Date.now);
  return { put: (...placings: Placing[]) => file.write(() => enqueue(session, placings)), close: () => file.close() };
}
