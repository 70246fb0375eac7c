import type { Names } from "./names.ts";

/** When an item is due that is held back by an older one of its ordering key: no time that will come. */
export const HELD_BACK = "9000000000000000";

/** The second step of the tables: ordering keys. Of items with the same `ordering` all but the oldest that has not ended are held back. */
export function ordering({ own, prefix }: Names): string {
  return `
  ALTER TABLE ${own}item ADD COLUMN ordering text;
  CREATE INDEX ${prefix}item_ordering ON ${own}item (endpoint, generation, ordering, place)
    WHERE state <= 2 AND ordering IS NOT NULL;
  -- What they were for, others do as well, and each costs a write with every event.
  DROP INDEX ${own}item_waiting;
  DROP INDEX ${own}item_owner;
  DROP FUNCTION IF EXISTS ${own}end_items(bigint[], text, bigint);
  `;
}
