import { outboxContract } from "@countersign/sender/testing";
import { describe, test } from "vitest";
import { available, DATABASE_URL } from "../replay/services.ts";
import { DRIVERS, underTest } from "./postgres.ts";

if (await available("PostgreSQL", DATABASE_URL)) {
  describe.each(Object.keys(DRIVERS) as (keyof typeof DRIVERS)[])("PostgreSQL outbox over %s", (driver) => {
    for (const { name, run } of outboxContract(underTest(DATABASE_URL, driver), { transactions: true }))
      test(name, run);
  });
}
