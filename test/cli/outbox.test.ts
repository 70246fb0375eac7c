/** An outbox that a sender filled: in SQLite, and in PostgreSQL where it answers. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier, sign } from "@countersign/core";
import { github } from "@countersign/core/providers";
import { migratePostgresOutbox, postgresOutbox } from "@countersign/outbox/postgres";
import { sqliteInbox, sqliteOutbox } from "@countersign/outbox/sqlite";
import { createSender, never, type Outbox } from "@countersign/sender";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { open as openDatabase } from "../outbox/sqlite.ts";
import { countersign, FOLDER, file, SECRETS, seen, start } from "./command.ts";
import * as schemas from "./schemas.ts";

afterAll(() => expect(seen()).toEqual([]));

const refusing = createServer((request, response) => {
  request.resume();
  response.writeHead(422).end("no such invoice");
});
const listening = new Promise<string>((resolve) =>
  refusing.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(refusing.address() as AddressInfo).port}`)),
);
afterAll(() => refusing.close().closeAllConnections());

/** Three dead letters of one endpoint, and an event that waits for another. */
async function fill(outbox: Outbox<any>) {
  const sender = createSender({
    endpoints: [
      { name: "billing", url: await listening, retry: never() },
      { name: "audit", url: await listening, enabled: false },
    ],
    outbox,
    guard: "development",
    deadLetterEvents: false,
  });
  const data = { invoice: 17, note: SECRETS.OTHER_SECRET.slice(0, 3) };
  for (const id of ["a", "b", "c"])
    await (await sender.send({ id, type: "invoice.paid", data }, { to: "billing" })).outcome();
  await sender.send({ id: "d", type: "invoice.paid", data }, { to: "audit" });
  await sender.close();
}

const URL_OF_POSTGRES = process.env.COUNTERSIGN_POSTGRES ?? "postgres://postgres@127.0.0.1:5432/postgres";
const schema = `countersign_cli_${randomBytes(4).toString("hex")}`;
const pool = new pg.Pool({ connectionString: URL_OF_POSTGRES, connectionTimeoutMillis: 2_000 });
const postgres = await pool.query("SELECT 1").then(
  () => true,
  () => false,
);
const LEFT_OUT = "PostgreSQL does not answer on 127.0.0.1:5432: the outbox in it is left out.";
if (!postgres && process.env.CI === "true") throw new Error(LEFT_OUT);
if (!postgres) console.warn(LEFT_OUT);
afterAll(async () => {
  if (postgres) await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await pool.end();
});

const stores = [
  {
    store: "SQLite",
    open: async () => sqliteOutbox(`${FOLDER}/webhooks.db`) as Outbox<any>,
    args: ["--sqlite", "webhooks.db"],
  },
  ...(postgres
    ? [
        {
          store: "PostgreSQL",
          open: async () => {
            await migratePostgresOutbox(pool, { schema });
            return postgresOutbox(pool, { schema, migrate: false }) as Outbox<any>;
          },
          args: ["--postgres-env", "DATABASE_URL", "--schema", schema],
        },
      ]
    : []),
];

describe.each(stores)("outbox in $store", ({ open, args }) => {
  const filled = (async () => fill(await open()))();
  const outbox = async (...words: string[]) => {
    await filled;
    return countersign(["outbox", ...words, ...args], { env: { DATABASE_URL: URL_OF_POSTGRES } });
  };
  const items = async () => schemas.outboxList.parse(JSON.parse((await outbox("list", "--json")).stdout));

  test("stats, list and show tell what was given up, and why", async () => {
    const stats = await outbox("stats");
    expect(stats).toMatchObject({ code: 0, stderr: "" });
    expect(stats.stdout).toMatch(/^Endpoint +Waiting +In hand +Dead +Overdue\n/);
    expect(
      schemas.outboxStats.parse(JSON.parse((await outbox("stats", "--endpoint", "billing", "--json")).stdout)),
    ).toMatchObject([{ endpoint: "billing", pending: 0, dead: 3 }]);
    const dead = await items();
    expect(dead.map(({ event, endpoint, burial }) => [event.id, endpoint, burial?.reason])).toEqual(
      ["a", "b", "c"].map((id) => [id, "billing", "permanent"]),
    );
    expect((await outbox("list", "--waiting")).stdout).toContain("audit  invoice.paid");
    expect((await outbox("list", "--limit", "1")).stdout.trim().split("\n")).toHaveLength(1);
    const shown = await outbox("show", dead[0]?.item ?? "", "--json");
    expect(schemas.outboxShow.parse(JSON.parse(shown.stdout))).toMatchObject({
      event: { id: "a" },
      tried: [{ status: 422 }],
    });
    expect((await outbox("show", dead[0]?.item ?? "")).stdout).toMatch(/attempt 1: 422/);
    expect((await outbox("show", "none")).code).toBe(3);
  });

  test("drop forgets one, redrive puts one or all back", async () => {
    const [first, second] = await items();
    expect(await outbox("drop", first?.item ?? "", "--json")).toMatchObject({ code: 0, stdout: '{"dropped":1}\n' });
    expect((await outbox("drop", first?.item ?? "")).code).toBe(1);
    expect(await outbox("redrive", second?.item ?? "", "--json")).toMatchObject({ code: 0, stdout: '{"moved":1}\n' });
    expect(await outbox("redrive", "--all", "--endpoint", "billing", "--json")).toMatchObject({
      code: 0,
      stdout: '{"moved":1}\n',
    });
    expect(await items()).toEqual([]);
    expect((await outbox("redrive")).code).toBe(2);
  });

  test("drain moves what waits into another, and says what stays", async () => {
    const target = `${FOLDER}/drained-${args[0]}.db`;
    const other = sqliteOutbox(target);
    await other.stats();
    const waiting = (await outbox("list", "--waiting", "--json")).stdout;
    const drained = await outbox("drain", "--to-sqlite", target, "--json");
    const { moved } = schemas.drained.parse(JSON.parse(drained.stdout));
    expect([drained.code, moved]).toEqual([0, schemas.outboxList.parse(JSON.parse(waiting)).length]);
    expect(moved).toBeGreaterThan(0);
    expect((await other.list({ state: "waiting", limit: 10 })).items).toHaveLength(moved);
    await other.close();
    expect((await outbox("list", "--waiting")).stdout).toBe("Nothing waits.\n");
    expect((await outbox("drain")).code).toBe(2);
    expect((await outbox("drain", "--to-sqlite", "gone.db")).code).toBe(3);
  });

  test("watch prints the counts when they change, until Ctrl-C", async () => {
    await filled;
    const child = start(["outbox", "watch", "--json", ...args], {
      env: { ...process.env, DATABASE_URL: URL_OF_POSTGRES },
    });
    await child.says('"endpoints"');
    child.process.kill("SIGINT");
    const { code, stdout } = await child.ended;
    expect(code).toBe(0);
    schemas.watched.parse(JSON.parse(stdout));
  });
});

test.each<[args: string[], code: number, says: string]>([
  [["stats"], 2, "--sqlite FILE"],
  [["stat", "--sqlite", "x"], 2, "Did you mean stats?"],
  [["stats", "--sqlite", "gone.db"], 3, "no such file"],
  [
    [
      "stats",
      "--sqlite",
      file("no.db", "this is no database, but text that is long enough to be looked at ".repeat(20)),
    ],
    4,
    "store could not be asked",
  ],
  [["stats", "--postgres-env", "NOT_SET"], 2, "not set"],
  [["stats", "--postgres-env", "AWAY"], 4, "could not be asked"],
])("%j ends with %i", async (args, code, says) => {
  const ended = await countersign(["outbox", ...args], {
    env: { AWAY: "postgres://user:hidden-password@127.0.0.1:1/x" },
  });
  expect([ended.code, ended.stdout]).toEqual([code, ""]);
  expect(ended.stderr).toContain(says);
  expect(ended.stderr).not.toContain("hidden-password");
});

describe("inbox", () => {
  const path = `${FOLDER}/inbox.db`;
  const body = '{"type":"invoice.paid"}';
  /** A delivery that came, was proven by a secret, and could not be handled. */
  const filled = (async () => {
    const inbox = sqliteInbox(path);
    const secrets = [SECRETS.OTHER_SECRET, SECRETS.WEBHOOK_SECRET];
    const verifier = createVerifier(github, { secret: secrets, inbox: inbox.route("orders"), log: false });
    const headers = await sign(github, { secret: SECRETS.WEBHOOK_SECRET, body });
    const { status } = await verifier.respond({ method: "POST", url: "/", headers, body }, () => undefined);
    let failed = () => {};
    const tried = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const worker = inbox.work("orders", () => Promise.reject(new Error("no such invoice")), {
      retry: never(),
      onFailure: () => failed(),
    });
    await tried;
    await worker.close();
    await inbox.close();
    return status;
  })();
  const run = (...words: string[]) => countersign(["inbox", ...words, "--sqlite", path]);
  const letters = async () => schemas.inboxList.parse(JSON.parse((await run("list", "--json")).stdout));

  test("tells what a handler could not handle, and why", async () => {
    expect(await filled).toBe(200);
    expect(schemas.outboxStats.parse(JSON.parse((await run("stats", "--json")).stdout))).toMatchObject([
      { endpoint: "orders", dead: 1 },
    ]);
    expect((await run("list")).stdout).toMatch(
      /orders {2}github {2}23 bytes, 1 attempt {2}exhausted: .*no such invoice/,
    );
    const [letter] = await letters();
    const shown = schemas.inboxShow.parse(JSON.parse((await run("show", letter?.item ?? "", "--json")).stdout));
    expect(Buffer.from(shown.body, "base64").toString()).toBe(body);
    expect((await run("show", letter?.item ?? "")).stdout).toContain(body);
    expect((await run("lst")).code).toBe(2);
  });

  test("watch prints the counts when they change, until Ctrl-C", async () => {
    await filled;
    const child = start(["inbox", "watch", "--json", "--sqlite", path]);
    await child.says('"endpoints"');
    child.process.kill("SIGINT");
    const { code, stdout } = await child.ended;
    expect(schemas.watched.parse(JSON.parse(stdout)).endpoints).toMatchObject([{ endpoint: "orders" }]);
    expect(code).toBe(0);
    const plain = start(["inbox", "watch", "--route", "orders", "--sqlite", path]);
    await plain.says(/Route +Waiting/);
    plain.process.kill("SIGINT");
    expect((await plain.ended).code).toBe(0);
  });

  test("resend sends what it gave up, as it was or signed anew", async () => {
    await filled;
    const came: { signature: string | undefined; body: string; url: string | undefined }[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const signature = request.headers["x-hub-signature-256"]?.toString();
      came.push({ signature, body: Buffer.concat(chunks).toString(), url: request.url });
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
    const [letter] = await letters();
    const resend = (...words: string[]) => countersign(["resend", ...words, "--to", to, "--sqlite", path]);
    const was = await resend(letter?.item ?? "", "--json");
    expect(schemas.resend.parse(JSON.parse(was.stdout))).toMatchObject({
      accepted: 1,
      results: [{ item: letter?.item, status: 204 }],
    });
    const anew = ["--provider", "github", "--secret-env", "OTHER_SECRET"];
    expect((await resend("--all", "--route", "orders", ...anew)).code).toBe(0);
    expect((await resend("last")).code).toBe(0);
    server.close();
    const signed = async (secret: string) => (await sign(github, { secret, body }))["x-hub-signature-256"];
    const [old, fresh] = [await signed(SECRETS.WEBHOOK_SECRET), await signed(SECRETS.OTHER_SECRET)];
    expect(came).toEqual([old, fresh, old].map((signature) => ({ signature, body, url: "/hooks" })));
  });

  test.each<[words: string[], code: number, name: string]>([
    [["gone"], 3, "no_item"],
    [[], 2, "all_or_some"],
    [["--all", "x"], 2, "all_or_some"],
    [["--all", "--from", "x"], 2, "two_stores"],
    [["--all", "--route", "nobody"], 3, "nothing_kept"],
  ])("resend %j ends with %i", async (words, code, name) => {
    await filled;
    const ended = await countersign(["resend", ...words, "--to", "localhost:1", "--sqlite", path, "--json"]);
    expect([ended.code, schemas.failure.parse(JSON.parse(ended.stdout)).error.code]).toEqual([code, name]);
  });

  test("secret rotate reads from it when the old one was last used", async () => {
    await filled;
    const rotate = async (env: string) => {
      const { stdout } = await countersign(["secret", "rotate", "--secret-env", env, "--sqlite", path, "--json"]);
      return schemas.rotate.parse(JSON.parse(stdout));
    };
    expect(await rotate("WEBHOOK_SECRET")).toMatchObject({ genuine: 1, oldLastUsed: expect.stringMatching(/^\d{4}-/) });
    expect(await rotate("OTHER_SECRET")).toMatchObject({ genuine: 1, oldLastUsed: null });
    const said = await countersign(["secret", "rotate", "--secret-env", "OTHER_SECRET", "--sqlite", path]);
    expect(said.stdout).toContain("never, in 1 genuine delivery that the inbox has given up");
  });

  test("redrive puts it back, drop erases it", async () => {
    await filled;
    const item = (await letters())[0]?.item ?? "";
    expect(await run("redrive", "--all", "--json")).toMatchObject({ code: 0, stdout: '{"moved":1}\n' });
    expect((await run("list")).stdout).toBe("No dead letters.\n");
    expect((await run("redrive", item)).code).toBe(1);
    expect(await run("drop", item, "--json")).toMatchObject({ code: 0, stdout: '{"dropped":1}\n' });
    expect((await run("show", item)).code).toBe(3);
  });
});

describe.each(["outbox", "inbox"] as const)("%s migrate", (command) => {
  const target = `${schema}_${command}`;
  const places = [
    { place: "SQLite", args: ["--sqlite", `${FOLDER}/migrated-${command}.db`] },
    ...(postgres ? [{ place: "PostgreSQL", args: ["--postgres-env", "DATABASE_URL", "--schema", target] }] : []),
  ];
  afterAll(async () => {
    if (postgres) await pool.query(`DROP SCHEMA IF EXISTS ${target} CASCADE`);
  });

  test.each(places)("makes the tables in $place once, also when several do so at once", async ({ args }) => {
    const run = () => countersign([command, "migrate", ...args, "--json"], { env: { DATABASE_URL: URL_OF_POSTGRES } });
    const ended = await Promise.all([run(), run()]);
    for (const { code, stdout, stderr } of ended) {
      expect([code, stderr]).toEqual([0, ""]);
      schemas.migrated.parse(JSON.parse(stdout));
    }
    const again = schemas.migrated.parse(JSON.parse((await run()).stdout));
    expect(again.from).toBe(again.to);
    const stats = await countersign([command, "stats", ...args], { env: { DATABASE_URL: URL_OF_POSTGRES } });
    expect(stats.code).toBe(0);
  });

  test("--sql prints what it would do, and connects to nothing", async () => {
    const toSqlite = await countersign([command, "migrate", "--sql", "--sqlite", `${FOLDER}/never-${command}.db`]);
    expect(toSqlite.code).toBe(0);
    const connection = openDatabase(`${FOLDER}/by-hand-${command}.db`);
    connection.exec(toSqlite.stdout);
    connection.close();
    const migrated = await countersign([command, "migrate", "--sqlite", `${FOLDER}/by-hand-${command}.db`, "--json"]);
    const { from, to } = schemas.migrated.parse(JSON.parse(migrated.stdout));
    expect(from).toBe(to);
    const toPostgres = await countersign([command, "migrate", "--sql", "--postgres-env", "NOT_SET", "--json"]);
    const { sql } = schemas.migrationSql.parse(JSON.parse(toPostgres.stdout));
    expect(sql).toContain(command === "inbox" ? "countersign.inbox_item" : "countersign.outbox_item");
    if (!postgres) return;
    const byHand = `${schema}_hand_${command}`;
    try {
      await pool.query(
        sql
          .replaceAll("countersign.", `${byHand}.`)
          .replaceAll("'countersign'", `'${byHand}'`)
          .replaceAll("SCHEMA countersign", `SCHEMA ${byHand}`),
      );
      const found = await pool.query(`SELECT version FROM ${byHand}.${command}_meta`);
      expect(found.rows).toEqual([{ version: to }]);
    } finally {
      await pool.query(`DROP SCHEMA IF EXISTS ${byHand} CASCADE`);
    }
  });
});
