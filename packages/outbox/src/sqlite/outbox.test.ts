import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock } from "@countersign/core/testing";
import { outboxContract } from "@countersign/sender/testing";
import { describe, test } from "vitest";
import { open } from "./driver.ts";
import { sqliteOutbox } from "./outbox.ts";

async function create() {
  const folder = mkdtempSync(join(tmpdir(), "countersign-outbox-"));
  const path = join(folder, "outbox.db");
  // One time for the file, and no signs of life in it, which would lag behind its leaps, whatever the processes' own clocks say.
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const begin = async () => {
    const connection = open(path);
    connection.exec("BEGIN IMMEDIATE");
    const end = (how: "COMMIT" | "ROLLBACK") => async () => {
      connection.exec(how);
      connection.close();
    };
    return { tx: connection, commit: end("COMMIT"), rollback: end("ROLLBACK") };
  };
  return {
    outbox: sqliteOutbox(path, { clock, lease: "1h" }),
    connect: async () => sqliteOutbox(path, { clock, lease: "1h" }),
    elapse: async (milliseconds: number) => clock.advance(milliseconds),
    begin,
    dispose: async () => rmSync(folder, { recursive: true }),
  };
}

describe("SQLite outbox", () => {
  for (const { name, run } of outboxContract(create, { transactions: true })) test(name, run);
});
