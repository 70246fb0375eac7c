import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVerifier } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { sqliteInbox } from "@countersign/outbox";
import { postgresInbox } from "@countersign/outbox/postgres";
import { never, waits } from "@countersign/sender";
import pg from "pg";
import postgres from "postgres";
import { describe, expect, test } from "vitest";
import { DATABASE_URL } from "../replay/services.ts";
import { pause, until } from "../replay/until.ts";
import { bundle } from "./bundle.ts";
import type { EffectsOptions } from "./effects.ts";
import { atEnd, messageOf, STORES, secret, signed } from "./inboxes.ts";
import { freshSchema, run } from "./postgres.ts";
import { report, rounds } from "./report.ts";
import { open as openSqlite } from "./sqlite.ts";

describe.each(Object.entries(STORES))("a handler's transaction in %s", (_name, open) => {
  test("its effect and the end of the delivery are one commit; who throws leaves neither", async () => {
    const { inbox, effect, effects } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    await verifier.respond(await signed("paid"), () => {});
    const attempts: number[] = [];
    const worker = inbox.work(
      "ts",
      async (delivery, tx) => {
        attempts.push(delivery.attempts);
        await effect(tx, messageOf(delivery));
        await pause(5);
        if (attempts.length < 3) throw new Error("after the effect");
        expect(await effects()).toEqual([]);
      },
      { transaction: true, retry: waits(["1ms", "1ms"]) },
    );
    atEnd(() => worker.close());
    await until("it is done", async () => (await effects()).length > 0);
    await pause(60);
    expect([attempts, await effects()]).toEqual([[0, 1, 2], ["paid"]]);
    expect(await inbox.stats(["ts"])).toMatchObject([{ pending: 0, claimed: 0, dead: 0 }]);
  });

  test("a dead letter leaves no effect, and says what the handler failed with", async () => {
    const { inbox, effect, effects } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    await verifier.respond(await signed("paid"), () => {});
    const handler = async (_: unknown, tx: unknown) => {
      await effect(tx, "half");
      throw new Error("no such account");
    };
    const worker = inbox.work("ts", handler, { transaction: true, retry: never() });
    atEnd(() => worker.close());
    await until("it is dead", async () => (await inbox.deadLetters()).letters.length === 1);
    const [letter] = (await inbox.deadLetters()).letters;
    expect(letter?.history[0]?.message).toContain("no such account");
    expect(await effects()).toEqual([]);
  });

  test("deliveries go on being kept while a handler's transaction is open, and are handled in turn", async () => {
    const { inbox, again, effect, effects } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: again().route("ts") });
    const handler = async (delivery: Parameters<typeof messageOf>[0], tx: unknown) => {
      await effect(tx, messageOf(delivery));
      await pause(20);
    };
    const workers = [inbox, again()].map((one) => one.work("ts", handler, { transaction: true }));
    for (const worker of workers) atEnd(() => worker.close());
    const messages = Array.from({ length: 12 }, (_, n) => `m${n}`);
    for (const message of messages) expect((await verifier.respond(await signed(message), () => {})).status).toBe(200);
    await until("all are done", async () => (await effects()).length === 12);
    await pause(60);
    expect((await effects()).sort()).toEqual([...messages].sort());
  });

  test("a worker whose claim another has taken is rolled back, and told", async () => {
    const { inbox, sql, effect, effects } = await open();
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    await verifier.respond(await signed("stale"), () => {});
    const failures: unknown[] = [];
    let calls = 0;
    const worker = inbox.work(
      "ts",
      async (_, tx) => {
        calls += 1;
        await effect(tx, `by ${calls}`);
        // As another does who takes it after the lease; in SQLite it can only come before, so it is done in the transaction.
        const take = "UPDATE countersign_inbox_item SET token = token + 1, state = 0";
        if (calls > 1) return;
        const own = tx as { prepare?(text: string): { run(): unknown } };
        if (own.prepare === undefined) await sql(take);
        else own.prepare(take).run();
      },
      { transaction: true, onFailure: (error) => void failures.push(error) },
    );
    atEnd(() => worker.close());
    await until("it is refused", () => failures.length > 0);
    expect(failures[0]).toMatchObject({ name: "OutboxError", code: "lease_lost" });
    expect(await effects()).not.toContain("by 1");
  });
});

const { count, seed, full } = rounds(4);

// `npm run campaign -- keep-inbox` kills 50 times.
test.each(Object.keys(STORES))(
  `a handler's transaction in %s: each effect once, though its process dies ${count} times between effect and commit`,
  { timeout: full ? 300_000 : 60_000 },
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "countersign-effects-"));
    atEnd(async () => rmSync(folder, { recursive: true }));
    const schema = freshSchema();
    const path = join(folder, "inbox.db");
    const isSqlite = name === "SQLite";
    const store: EffectsOptions["store"] = isSqlite
      ? { kind: "sqlite", path }
      : { kind: "postgres", url: DATABASE_URL, schema };
    const deliveries = count * 6;
    let effects: () => Promise<string[]>;
    if (isSqlite) {
      const inbox = sqliteInbox(path);
      const connection = openSqlite(path);
      connection.exec("PRAGMA busy_timeout = 5000; CREATE TABLE effect (what TEXT)");
      atEnd(async () => connection.close());
      effects = async () =>
        (connection.prepare("SELECT what FROM effect").all() as { what: string }[]).map((row) => row.what);
      await fill(inbox, deliveries);
    } else {
      const pool = new pg.Pool({ connectionString: DATABASE_URL });
      await run(DATABASE_URL, `CREATE SCHEMA ${schema}`, `CREATE TABLE ${schema}.effect (what text)`);
      atEnd(() => run(DATABASE_URL, `DROP SCHEMA ${schema} CASCADE`));
      atEnd(() => pool.end());
      effects = async () => (await pool.query(`SELECT what FROM ${schema}.effect`)).rows.map((row) => row.what);
      await fill(postgresInbox(pool, { schema }), deliveries);
    }
    const program = await bundle("effects");
    atEnd(async () => rmSync(program, { force: true }));
    let deaths = 0;
    for (let life = 0; (await effects()).length < deliveries && life < 3 * count; life += 1) {
      const options: EffectsOptions = { store, seed: seed + life, deliveries, deadly: life < count };
      const child = fork(program, { env: { ...process.env, EFFECTS: JSON.stringify(options) } });
      const [code] = (await once(child, "exit")) as [number | null];
      if (code === null) deaths += 1;
    }
    const all = await effects();
    const again = all.length - new Set(all).size;
    report(
      `transactions in ${name}: ${deaths} deaths between effect and commit, ${deliveries} deliveries, ${again} effects again, ${deliveries - new Set(all).size} missing`,
    );
    expect(deaths).toBe(count);
    expect(all.sort()).toEqual(Array.from({ length: deliveries }, (_, n) => `m${n}`).sort());
  },
);

async function fill(
  inbox: ReturnType<typeof sqliteInbox> | ReturnType<typeof postgresInbox>,
  deliveries: number,
): Promise<void> {
  const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
  for (let n = 0; n < deliveries; n += 1) await verifier.respond(await signed(`m${n}`), () => {});
  await inbox.close();
}

describe.runIf("PostgreSQL" in STORES)("a handler's transaction over other clients", () => {
  test("Postgres.js: it is the one that begin hands out", async () => {
    const schema = freshSchema();
    const sql = postgres(DATABASE_URL, { max: 3, onnotice: () => {} });
    await run(DATABASE_URL, `CREATE SCHEMA ${schema}`, `CREATE TABLE ${schema}.effect (what text)`);
    atEnd(async () => {
      await sql.end({ timeout: 1 });
      await run(DATABASE_URL, `DROP SCHEMA ${schema} CASCADE`);
    });
    const inbox = postgresInbox<postgres.TransactionSql>(sql, { schema, pollInterval: "20ms" });
    const verifier = createVerifier(tailscale, { secret, inbox: inbox.route("ts") });
    await verifier.respond(await signed("paid"), () => {});
    let calls = 0;
    const worker = inbox.work(
      "ts",
      async (delivery, tx) => {
        await tx`INSERT INTO ${tx(schema)}.effect VALUES (${messageOf(delivery)})`;
        calls += 1;
        if (calls === 1) throw new Error("not yet");
      },
      { transaction: true, retry: waits(["1ms"]) },
    );
    const effects = async () => await sql`SELECT what FROM ${sql(schema)}.effect`;
    await until("it is done", async () => (await effects()).length > 0);
    await worker.close();
    await inbox.close();
    expect([calls, [...(await effects())]]).toEqual([2, [{ what: "paid" }]]);
  });

  test("a single Client of pg is refused, and the delivery waits", async () => {
    const schema = freshSchema();
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    atEnd(async () => {
      await client.end();
      await run(DATABASE_URL, `DROP SCHEMA ${schema} CASCADE`);
    });
    const inbox = postgresInbox(client, { schema, pollInterval: "20ms" });
    expect(() => inbox.work("ts", () => {}, { transaction: true })).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option: "work.transaction" }),
    );
    await inbox.stats();
    await inbox.close();
  });
});
