/** Postgres.js: what a connection that breaks at its start does to the process, and the option that keeps it alive. */
import net from "node:net";
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import postgres from "postgres";
import { afterEach, describe, expect, test } from "vitest";
import { available, DATABASE_URL } from "./services.ts";

const rejections: unknown[] = [];
const onRejection = (reason: unknown) => void rejections.push(reason);
afterEach(() => {
  process.removeListener("unhandledRejection", onRejection);
});

describe.runIf(await available("PostgreSQL", DATABASE_URL))("a connection that breaks at its first query", () => {
  test("ended the process with an unhandled rejection: not without fetch_types, and the claim fails as it should", async () => {
    process.on("unhandledRejection", onRejection);
    const target = new URL(DATABASE_URL);
    const asked: string[] = [];
    const server = net.createServer((client) => {
      const service = net.connect(Number(target.port) || 5432, target.hostname);
      service.on("data", (bytes) => client.write(bytes)).on("error", () => {});
      client.on("error", () => {});
      client.on("data", (bytes) => {
        const text = bytes.toString("latin1");
        if (!/pg_type|statement_timestamp/.test(text)) return void service.write(bytes);
        asked.push(/pg_type/.test(text) ? "types" : "claim");
        client.resetAndDestroy();
        service.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = new URL(DATABASE_URL);
    url.port = String((server.address() as net.AddressInfo).port);
    url.hostname = "127.0.0.1";
    const sql = postgres(url.href, { max: 1, fetch_types: false });
    await expect(postgresReplayStore(sql).claim("key", "token", 1_000)).rejects.toThrow();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(["claim"]);
    expect(rejections).toEqual([]);
    await sql.end({ timeout: 0 });
    await new Promise((resolve) => server.close(resolve));
  });
});
