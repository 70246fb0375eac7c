import type { Pool as UndiciPool } from "undici";
// Bun puts a stand-in of its own, which cannot send, in the place of "undici", but not in that of its files.
// @ts-expect-error: the file has no declarations of its own.
import pool from "undici/lib/dispatcher/pool.js";

export const Pool = pool as typeof UndiciPool;
