import type { Names } from "../names.ts";
import { HELD_BACK } from "../ordering.ts";
import { definer } from "./define.ts";

/** An item that has ended, and one that is given back: what the other functions call. */
export function endsFunctions(names: Names): readonly string[] {
  const { own } = names;
  const { define } = definer(names);
  return [
    `CREATE OR REPLACE FUNCTION ${own}lock_ordering(endpoint text, ordering text) RETURNS void LANGUAGE sql AS
      $body$ SELECT pg_advisory_xact_lock(hashtextextended('countersign ${own} ' || endpoint || ' ' || ordering, 0)) $body$;`,

    define(
      "let_go",
      "whose text, which integer, key text, clock bigint",
      "void",
      `BEGIN
        -- Who enqueues behind it at this moment is waited for, or sees that it has left.
        PERFORM ${own}lock_ordering(whose, key);
        UPDATE ${own}item SET due = clock WHERE state = 0 AND due = ${HELD_BACK} AND id = (
          SELECT id FROM ${own}item WHERE state <= 2 AND endpoint = whose AND generation = which AND ordering = key
          ORDER BY place LIMIT 1);
      END;`,
    ),

    define(
      "end_items",
      "items bigint[], how text, clock bigint, tries integer DEFAULT NULL",
      "void",
      `DECLARE gone record;
      BEGIN
        FOR gone IN
          UPDATE ${own}item SET state = 3, status = how, ended = clock, rank = nextval('${own}ended'), event = '',
            owner = NULL, lead = NULL, progress = NULL, message = NULL, attempts = coalesce(tries, attempts)
          WHERE id = ANY (items) RETURNING endpoint, generation, ordering
        LOOP
          IF gone.ordering IS NOT NULL THEN
            PERFORM ${own}let_go(gone.endpoint, gone.generation, gone.ordering, clock);
          END IF;
        END LOOP;
      END;`,
    ),

    define(
      "give_back",
      "items bigint[], clock bigint",
      "void",
      `DECLARE gone bigint[];
      BEGIN
        UPDATE ${own}item SET token = token + 1, state = 0, due = clock, owner = NULL WHERE id = ANY (items);
        SELECT array_agg(item.id) INTO gone FROM ${own}item AS item JOIN ${own}endpoint AS known ON known.name = item.endpoint
          WHERE item.id = ANY (items) AND known.generation <> item.generation;
        IF gone IS NOT NULL THEN PERFORM ${own}end_items(gone, 'cancelled', clock); END IF;
      END;`,
    ),
  ];
}
