import type { Names } from "../names.ts";
import { definer } from "./define.ts";

/** An item that has ended, and one that is given back: what the other functions call. */
export function endsFunctions(names: Names): readonly string[] {
  const { own } = names;
  const { define } = definer(names);
  return [
    define(
      "end_items",
      "items bigint[], how text, clock bigint",
      "void",
      `BEGIN
        UPDATE ${own}item SET state = 3, status = how, ended = clock, rank = nextval('${own}ended'), event = '',
          owner = NULL, lead = NULL, progress = NULL, message = NULL
        WHERE id = ANY (items);
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
