import { existsSync } from "node:fs";
import type { Outbox } from "@countersign/sender";
import type { Context } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";
import { plain } from "../terminal/text.ts";

/** An outbox that is there already, and how to let go of it. */
export interface OpenedOutbox {
  readonly outbox: Outbox<any>;
  readonly close: () => Promise<void>;
}

/**
 * The outbox that `--sqlite` or `--postgres-env` names. None is made where there is none.
 *
 * @throws Failure
 */
export async function openOutbox(context: Context): Promise<OpenedOutbox> {
  const path = context.given.text("sqlite");
  const name = context.given.text("postgres-env");
  if ((path === undefined) === (name === undefined)) {
    throw new Failure(
      "usage",
      "outbox_missing",
      "Which outbox?",
      "--sqlite FILE, or --postgres-env NAME: the variable that holds the connection's URL. One of them.",
    );
  }
  try {
    return await (path === undefined ? openPostgres(name as string, context) : openSqlite(path));
  } catch (error) {
    throw storeFailure(error);
  }
}

async function openSqlite(path: string): Promise<OpenedOutbox> {
  if (!existsSync(path))
    throw new Failure(
      "input",
      "no_outbox",
      "There is no such file.",
      "--sqlite takes the path that sqliteOutbox() was given.",
    );
  const { sqliteOutbox } = await import("@countersign/outbox/sqlite");
  const outbox = sqliteOutbox(path);
  return { outbox, close: () => outbox.close() };
}

async function openPostgres(name: string, { given, output, world }: Context): Promise<OpenedOutbox> {
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
  const { postgresOutbox } = await import("@countersign/outbox/postgres");
  const pool = new pg.default.Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 10_000 });
  pool.on("error", () => {});
  const schema = given.text("schema");
  const outbox = postgresOutbox(pool, { migrate: false, ...(schema === undefined ? {} : { schema }) });
  return {
    outbox,
    async close() {
      await outbox.close();
      await pool.end();
    },
  };
}

/** What a store said, as a failure: never with its URL in it. */
export function storeFailure(error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error;
  const { code } = error as { readonly code?: unknown };
  if (error.name === "ConfigurationError" || typeof code !== "string") return error;
  return new Failure(
    "outside",
    "outbox_failed",
    `The outbox could not be asked: ${plain(error.message, 300)} (${plain(code)})`,
    "Is it the right one, and reachable from here?",
  );
}
