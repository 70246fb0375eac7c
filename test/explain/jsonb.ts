import pg from "pg";
import { DATABASE_URL } from "../replay/services.ts";

/** What PostgreSQL keeps of JSON in a `jsonb` column. */
export async function jsonb(text: string): Promise<string> {
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query("select $1::jsonb::text as kept", [text]);
    return rows[0].kept as string;
  } finally {
    await client.end();
  }
}
