import { existsSync } from "node:fs";
import type { DurableInbox } from "@countersign/outbox";
import type { Outbox } from "@countersign/sender";
import type { Context } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";
import { plain } from "../terminal/text.ts";

/** A store that is there already, and how to let go of it. */
export interface Opened<Store> {
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/** A client of PostgreSQL, and what the store is told beside it. */
type Pool = InstanceType<typeof import("pg").Pool>;
interface PostgresSettings {
  readonly migrate: false;
  readonly schema?: string;
}

/** How each kind of store is opened. */
interface Opening<Store> {
  readonly sqlite: (path: string) => Promise<Store>;
  readonly postgres: (pool: Pool, settings: PostgresSettings) => Promise<Store>;
}

/** The outbox that `--sqlite` or `--postgres-env` names. None is made where there is none. @throws Failure */
export function openOutbox(context: Context): Promise<Opened<Outbox<any>>> {
  return open<Outbox<any>>(context, {
    sqlite: async (path) => (await import("@countersign/outbox/sqlite")).sqliteOutbox(path),
    postgres: async (pool, settings) => (await import("@countersign/outbox/postgres")).postgresOutbox(pool, settings),
  });
}

/** The inbox that they name. @throws Failure */
export function openInbox(context: Context): Promise<Opened<DurableInbox>> {
  return open<DurableInbox>(context, {
    sqlite: async (path) => (await import("@countersign/outbox/sqlite")).sqliteInbox(path),
    postgres: async (pool, settings) => (await import("@countersign/outbox/postgres")).postgresInbox(pool, settings),
  });
}

/** The file, or the name of the variable with the URL. @throws Failure unless it is one of them */
export function whichStore({ given }: Context): { readonly path?: string | undefined; readonly name: string } {
  const path = given.text("sqlite");
  const name = given.text("postgres-env");
  if ((path === undefined) !== (name === undefined)) return { path, name: name ?? "" };
  throw new Failure(
    "usage",
    "outbox_missing",
    "Which store?",
    "--sqlite FILE, or --postgres-env NAME: the variable that holds the connection's URL. One of them.",
  );
}

async function open<Store extends { close(): Promise<void> }>(
  context: Context,
  opening: Opening<Store>,
): Promise<Opened<Store>> {
  const { path, name } = whichStore(context);
  try {
    return await (path === undefined ? openPostgres(name, context, opening) : openSqlite(path, opening));
  } catch (error) {
    throw storeFailure(error);
  }
}

async function openSqlite<Store extends { close(): Promise<void> }>(
  path: string,
  { sqlite }: Opening<Store>,
): Promise<Opened<Store>> {
  if (!existsSync(path)) {
    throw new Failure(
      "input",
      "no_outbox",
      "There is no such file.",
      "--sqlite takes the path that the application opens.",
    );
  }
  const store = await sqlite(path);
  return { store, close: () => store.close() };
}

async function openPostgres<Store extends { close(): Promise<void> }>(
  name: string,
  context: Context,
  { postgres }: Opening<Store>,
): Promise<Opened<Store>> {
  const pool = await connect(name, context);
  const schema = context.given.text("schema");
  const store = await postgres(pool, { migrate: false, ...(schema === undefined ? {} : { schema }) });
  return {
    store,
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

/** Connections to the database whose URL is in the variable of that name; they are made when they are needed. @throws Failure */
export async function connect(name: string, { output, world }: Context): Promise<Pool> {
  const url = world.env[name];
  if (url === undefined || url === "") {
    throw new Failure(
      "usage",
      "secret_unavailable",
      "The variable that --postgres-env names is not set.",
      "It holds the connection's URL: postgres://user:password@host/database.",
    );
  }
  output.hide(url);
  const pg = await import("pg").catch(() => {
    throw new Failure(
      "outside",
      "no_driver",
      "PostgreSQL's driver is not installed.",
      "npm install pg, beside countersign.",
    );
  });
  const pool = new pg.default.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 10_000 });
  pool.on("error", () => {});
  return pool;
}

/** What a store said, as a failure: never with its URL in it. */
export function storeFailure(error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { code } = error as { readonly code?: unknown };
  if (error.name === "ConfigurationError" || typeof code !== "string") return error;
  return new Failure(
    "outside",
    "outbox_failed",
    `The store could not be asked: ${plain(error.message, 300)} (${plain(code)})`,
    "Is it the right one, and reachable from here?",
  );
}
