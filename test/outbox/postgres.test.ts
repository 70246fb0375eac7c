import { systemClock } from "@countersign/core";
import {
  migratePostgresInbox,
  migratePostgresOutbox,
  type PostgresClient,
  postgresInbox,
  postgresOutbox,
  postgresOutboxSql,
} from "@countersign/outbox/postgres";
import { createSender, type Sender } from "@countersign/sender";
import { stubTransport } from "@countersign/sender/testing";
import pg from "pg";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { available, DATABASE_URL } from "../replay/services.ts";
import { pause, until } from "../replay/until.ts";
import { freshSchema, run } from "./postgres.ts";

const placing = (id: string) => ({
  event: { id, generated: false, type: "t", severity: "info" as const, time: 0, data: "{}" },
  placements: [{ endpoint: "a", generation: 1 }],
});

if (await available("PostgreSQL", DATABASE_URL)) {
  let schema = "";
  let pool: pg.Pool;
  const schemas: string[] = [];
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: DATABASE_URL, max: 6 });
  });
  beforeEach(() => {
    schema = freshSchema();
    schemas.push(schema);
  });
  afterAll(async () => {
    for (const name of schemas) await pool.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
    await pool.end();
  });

  /** A sender that delivers to nobody, and what it would have sent. */
  function sending(
    client: PostgresClient,
    options: object = {},
  ): { sender: Sender<PostgresClient>; requests: string[] } {
    const requests: string[] = [];
    const transport = stubTransport(systemClock, (request) => {
      requests.push(JSON.parse(request.text).id);
      return 204;
    });
    const outbox = postgresOutbox(client, { schema, ...options });
    return {
      sender: createSender({ outbox, transport, endpoints: [{ name: "a", url: "https://example.com/" }] }),
      requests,
    };
  }

  describe("tables and functions", () => {
    test("several processes that start first at the same moment make them once", async () => {
      const pools = Array.from({ length: 5 }, () => new pg.Pool({ connectionString: DATABASE_URL }));
      const outboxes = pools.map((one) => postgresOutbox(one, { schema }));
      await Promise.all(outboxes.map((outbox, index) => outbox.enqueue([placing(`e${index}`)])));
      expect((await outboxes[0]?.stats(["a"]))?.[0]).toMatchObject({ pending: 5 });
      await Promise.all(pools.map((one) => one.end()));
    });

    test("are named as one likes, and by nothing that could be a statement", async () => {
      const names = { schema, prefix: "hooks_" };
      await postgresOutbox(pool, names).enqueue([placing("e")]);
      expect(await run(DATABASE_URL, `SELECT name FROM ${schema}.hooks_item`)).toEqual([{ name: "e" }]);
      for (const bad of [{ schema: "a; DROP TABLE b" }, { prefix: 'x"' }, { schema: "Upper" }, { prefix: "" }]) {
        expect(() => postgresOutbox(pool, bad)).toThrow(expect.objectContaining({ code: "invalid_option" }));
        expect(() => postgresOutboxSql(bad)).toThrow(expect.objectContaining({ code: "invalid_option" }));
      }
    });

    test("need no right to create once they are there", async () => {
      await migratePostgresOutbox(pool, { schema });
      await migratePostgresInbox(pool, { schema });
      const kept = { provider: "p", secretIndex: 0, headers: {}, body: new Uint8Array(3) };
      const role = `${schema}_worker`;
      await pool.query(`CREATE ROLE ${role} LOGIN`);
      try {
        await pool.query(`
          GRANT USAGE ON SCHEMA ${schema} TO ${role};
          GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
          GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role};`);
        const url = new URL(DATABASE_URL);
        url.username = role;
        const poor = new pg.Pool({ connectionString: url.href });
        await expect(poor.query(`CREATE TABLE ${schema}.mine ()`)).rejects.toThrow("permission denied");
        const { sender, requests } = sending(poor);
        const handle = await sender.send({ id: "e", type: "t", data: 1 });
        expect((await handle.outcome())[0]).toMatchObject({ status: "delivered" });
        await sender.endpoints.disable("a");
        await sender.endpoints.remove("a");
        await sender.deadLetters.redriveAll();
        await sender.close();
        expect(requests).toEqual(["e"]);
        const route = postgresInbox(poor, { schema, migrate: false });
        await route.route("r", { orderBy: () => 1 }).keep(kept);
        const handled: string[] = [];
        const worker = route.work("r", ({ provider }) => void handled.push(provider), { transaction: true });
        await until("it is handled", () => handled.length === 1);
        await worker.close();
        await route.close();
        await poor.end();
      } finally {
        await pool.query(`DROP OWNED BY ${role}`);
        await pool.query(`DROP ROLE ${role}`);
      }
    });

    test("that are missing are told to who may not make them", async () => {
      const outbox = postgresOutbox(pool, { schema, migrate: false });
      const failing = expect.objectContaining({ name: "OutboxError", code: "not_migrated" });
      await expect(outbox.enqueue([placing("e")])).rejects.toEqual(failing);
      await migratePostgresOutbox(pool, { schema });
      expect((await outbox.enqueue([placing("e")]))[0]?.[0]).toMatchObject({ created: true });
    });

    test("of version 1, without ordering keys, are brought to this version at the first use", async () => {
      await migratePostgresOutbox(pool, { schema });
      await pool.query(
        `ALTER TABLE ${schema}.outbox_item DROP COLUMN ordering;
         CREATE INDEX outbox_item_waiting ON ${schema}.outbox_item (place);
         CREATE INDEX outbox_item_owner ON ${schema}.outbox_item (owner); UPDATE ${schema}.outbox_meta SET version = 1`,
      );
      expect((await postgresOutbox(pool, { schema }).enqueue([placing("e")]))[0]?.[0]).toMatchObject({ created: true });
      const { from, to } = await migratePostgresOutbox(pool, { schema });
      expect([from, to]).toEqual([2, 2]);
    });

    test("of a newer version are left as they are", async () => {
      await migratePostgresOutbox(pool, { schema });
      await pool.query(`UPDATE ${schema}.outbox_meta SET version = 99`);
      const newer = expect.objectContaining({ name: "OutboxError", code: "newer_schema" });
      await expect(postgresOutbox(pool, { schema }).enqueue([placing("e")])).rejects.toEqual(newer);
      await expect(migratePostgresOutbox(pool, { schema })).rejects.toEqual(newer);
    });
  });

  describe("an event in the application's own transaction", () => {
    test("goes out after the commit, is told to nobody before, and leaves nothing after a rollback: pg", async () => {
      const { sender, requests } = sending(pool, { pollInterval: "20ms" });
      const client = await pool.connect();
      for (const [id, end] of [
        ["rolled-back", "ROLLBACK"],
        ["committed", "COMMIT"],
      ] as const) {
        await client.query("BEGIN");
        const handle = await sender.send({ id, type: "t", data: id }, { tx: client });
        await pause(60);
        expect(requests).toEqual([]);
        await client.query(end);
        if (end === "COMMIT") expect((await handle.outcome())[0]).toMatchObject({ status: "delivered" });
      }
      client.release();
      await sender.close();
      expect(requests).toEqual(["committed"]);
    });

    test("the same with Postgres.js", async () => {
      const sql = postgres(DATABASE_URL, { onnotice: () => {} });
      const { sender, requests } = sending(sql, { pollInterval: "20ms" });
      await expect(
        sql.begin(async (tx) => {
          await sender.send({ id: "rolled-back", type: "t", data: 1 }, { tx });
          throw new Error("no");
        }),
      ).rejects.toThrow("no");
      await sql.begin((tx) => sender.send({ id: "committed", type: "t", data: 1 }, { tx }));
      await until("the event goes out", () => requests.length > 0);
      await sender.close();
      await sql.end();
      expect(requests).toEqual(["committed"]);
    });

    test("a strict order is that of the commits, not that of the sends", async () => {
      await migratePostgresOutbox(pool, { schema });
      const outbox = postgresOutbox(pool, { schema });
      const strict = (id: string) => ({
        ...placing(id),
        placements: [{ endpoint: "a", generation: 1, order: "fifo" as const }],
      });
      const [one, two] = [await pool.connect(), await pool.connect()];
      await one.query("BEGIN");
      await two.query("BEGIN");
      await outbox.enqueue([strict("first")], { tx: one });
      let second = false;
      const waiting = Promise.resolve(outbox.enqueue([strict("second")], { tx: two })).then(async () => {
        second = true;
        await two.query("COMMIT");
      });
      await pause(60);
      expect(second).toBe(false);
      const room = [{ endpoint: "a", generation: 1, limit: 9, lease: 60_000, order: "fifo" as const }];
      expect(await outbox.claim({ owner: "me", total: 9, room })).toEqual([]);
      await one.query("COMMIT");
      await waiting;
      const items = await outbox.claim({ owner: "me", total: 9, room });
      expect(items.map(({ event }) => event.id)).toEqual(["first", "second"]);
      one.release();
      two.release();
    });
  });

  describe("what another process enqueued", () => {
    test.each(["pg", "Postgres.js"] as const)("is heard of at once where it listens: %s", async (driver) => {
      await migratePostgresOutbox(pool, { schema });
      const client = new pg.Client({ connectionString: DATABASE_URL });
      const sql = postgres(DATABASE_URL, { onnotice: () => {} });
      await client.connect();
      const { sender, requests } = sending(pool, { pollInterval: "1h", listen: driver === "pg" ? client : sql });
      await until("it listens", async () => {
        const channel = `${schema}.outbox_work`;
        if (driver === "Postgres.js") return true;
        return (await client.query("SELECT pg_listening_channels() AS channel")).rows[0]?.channel === channel;
      });
      let count = 0;
      await until("the event goes out", async () => {
        await postgresOutbox(pool, { schema }).enqueue([placing(`e${++count}`)]);
        await pause(50);
        return requests.length > 0;
      });
      await sender.close();
      await client.end();
      await sql.end();
    });
  });

  test("a claim that the server carries out after the sender has given it up holds back a strict order for one lease, not for long", async () => {
    await migratePostgresOutbox(pool, { schema });
    // As a server that stood still does with what it finds in its sockets: the release of the claim comes before it.
    let late: Promise<unknown> | undefined;
    const frozen: PostgresClient = {
      query(text, values) {
        if (late !== undefined || !text.includes("claim(")) return pool.query(text, values);
        late = pause(300).then(() => pool.query(text, values));
        return Promise.reject(Object.assign(new Error("Query read timeout"), { code: "ETIMEDOUT" }));
      },
    };
    const requests: string[] = [];
    const transport = stubTransport(systemClock, (request) => {
      requests.push(JSON.parse(request.text).id);
      return 204;
    });
    // Nothing to claim but the first, so that the second claim finds it taken.
    const outbox = postgresOutbox(frozen, { schema, lease: "1s", pollInterval: "20ms" });
    const endpoints = [{ name: "a", url: "https://example.com/", order: "fifo" as const, enabled: false }];
    const sender = createSender({ outbox, transport, endpoints });
    for (const id of ["1", "2", "3"]) await sender.send({ id, type: "t", data: id });
    const other = postgresOutbox(pool, { schema });
    const room = [{ endpoint: "a", generation: 1, limit: 1, lease: 62_000, order: "fifo" as const }];
    const first = await Promise.resolve(outbox.claim({ owner: "me", total: 1, room })).catch(() => "lost");
    expect([first, await outbox.release("me")]).toEqual(["lost", 0]);
    await late;
    expect(await other.claim({ owner: "you", total: 1, room })).toEqual([]);
    const began = performance.now();
    await sender.endpoints.enable("a");
    await until("all are delivered", () => requests.length === 3);
    expect(requests).toEqual(["1", "2", "3"]);
    expect(performance.now() - began).toBeLessThan(5_000);
    await sender.close();
  });

  test("behind a pooler that gives each statement another connection, as PgBouncer in transaction mode, all goes on", async () => {
    const clients = [1, 2, 3].map(() => new pg.Client({ connectionString: DATABASE_URL }));
    await Promise.all(clients.map((client) => client.connect()));
    let turn = 0;
    const pooler: PostgresClient = {
      async query(text, values) {
        const client = clients[turn++ % clients.length] as pg.Client;
        const answer = await client.query(text, values);
        // What a session knew, the next statement does not.
        await client.query("DISCARD ALL");
        return answer;
      },
    };
    const { sender, requests } = sending(pooler, { pollInterval: "20ms" });
    const handles = [];
    for (let n = 0; n < 20; n += 1) handles.push(await sender.send({ id: `e${n}`, type: "t", data: n }));
    for (const handle of handles) expect((await handle.outcome())[0]).toMatchObject({ status: "delivered" });
    await sender.close();
    await Promise.all(clients.map((client) => client.end()));
    expect(requests).toHaveLength(20);
  });

  test("deadlocks of enqueues in other orders are asked again, and nobody hears of them", async () => {
    await migratePostgresOutbox(pool, { schema });
    const outbox = postgresOutbox(pool, { schema });
    const names = ["a", "b", "c", "d", "e", "f"];
    const several = (id: string, order: readonly string[]) => ({
      ...placing(id),
      placements: order.map((endpoint) => ({ endpoint, generation: 1, order: "fifo" as const })),
    });
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => {
        const turned = [...names.slice(n % 6), ...names.slice(0, n % 6)];
        return outbox.enqueue([several(`e${n % 20}`, n % 2 === 0 ? turned : turned.reverse())]);
      }),
    );
    const stats = await outbox.stats(names);
    expect(stats.map(({ pending }) => pending)).toEqual([20, 20, 20, 20, 20, 20]);
  });
}
