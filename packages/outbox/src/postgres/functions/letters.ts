import type { Names } from "../names.ts";
import { definer } from "./define.ts";

/** What waits or is dead: seen, put back, taken out; and how the rest ended. */
export function lettersFunctions(names: Names): readonly string[] {
  const { own } = names;
  const { call } = definer(names);
  return [
    call(
      "list",
      "",
      `RETURN (
        SELECT coalesce(json_agg(json_build_array(id::text, endpoint, generation, event, enqueued, attempts, progress,
            sorted::text, reason, message, ended,
            CASE WHEN state = 2 THEN (SELECT coalesce(json_agg(record ORDER BY number), '[]') FROM ${own}attempt AS attempt
              WHERE attempt.item = items.id) END) ORDER BY sorted), '[]')::text
        FROM (
          SELECT waiting.* FROM ${own}endpoint AS known CROSS JOIN LATERAL (
            -- By the index of the order, endpoint after endpoint.
            SELECT item.*, place AS sorted FROM ${own}item AS item WHERE state <= 1 AND state = 0
              AND endpoint = known.name AND generation = known.generation AND place > (given ->> 'after')::bigint
            ORDER BY place LIMIT (given ->> 'limit')::integer
          ) AS waiting
          WHERE given ->> 'state' = 'waiting' AND (given ->> 'endpoint' IS NULL OR known.name = given ->> 'endpoint')
          UNION ALL
          SELECT item.*, rank AS sorted FROM ${own}item AS item WHERE given ->> 'state' = 'dead' AND state = 2
            AND rank > (given ->> 'after')::bigint AND (given ->> 'endpoint' IS NULL OR endpoint = given ->> 'endpoint')
          ORDER BY sorted LIMIT (given ->> 'limit')::integer
        ) AS items
      );`,
    ),

    call(
      "redrive",
      "ids bigint[]; before bigint; more boolean := false; most integer;",
      `before := coalesce((given ->> 'before')::bigint, nextval('${own}counter'));
      IF given -> 'items' IS NOT NULL THEN
        SELECT array_agg(id) INTO ids FROM (
          SELECT letter.id FROM ${own}item AS letter JOIN ${own}endpoint AS known ON known.name = letter.endpoint
          WHERE letter.state = 2 AND letter.generation = known.generation
            AND letter.id IN (SELECT value::text::bigint FROM json_array_elements(given -> 'items'))
          ORDER BY letter.id FOR UPDATE OF letter) AS letters;
      ELSE
        most := (given ->> 'limit')::integer;
        SELECT array_agg(id ORDER BY rank) INTO ids FROM (
          SELECT letter.id, letter.rank FROM ${own}item AS letter JOIN ${own}endpoint AS known ON known.name = letter.endpoint
          WHERE letter.state = 2 AND letter.rank < before AND letter.generation = known.generation
            AND (given ->> 'endpoint' IS NULL OR letter.endpoint = given ->> 'endpoint')
          ORDER BY letter.rank LIMIT most + 1 FOR UPDATE OF letter) AS letters;
        more := coalesce(array_length(ids, 1), 0) > most;
        ids := ids[1:most];
      END IF;
      DELETE FROM ${own}attempt WHERE item = ANY (ids);
      UPDATE ${own}item SET state = 0, place = CASE WHEN ordering IS NULL THEN nextval('${own}counter') ELSE place END, due = clock, enqueued = clock, tried = NULL,
        attempts = 0, token = token + 1, progress = NULL, reason = NULL, message = NULL, ended = NULL, rank = NULL
      WHERE id = ANY (ids) AND state = 2;
      RETURN json_build_array(coalesce(array_length(ids, 1), 0), more, before::text)::text;`,
    ),

    call(
      "cancel",
      "gone bigint[]; leads bigint[];",
      `SELECT array_agg(id), array_agg(lead) FILTER (WHERE lead IS NOT NULL) INTO gone, leads FROM (
        SELECT id, lead FROM ${own}item WHERE state IN (0, 2)
          AND id IN (SELECT value::text::bigint FROM json_array_elements(given)) ORDER BY id FOR UPDATE) AS items;
      IF gone IS NULL THEN RETURN '0'; END IF;
      -- The others of its batch begin anew: their requests are no longer the same.
      UPDATE ${own}item SET lead = NULL, progress = NULL WHERE lead = ANY (leads);
      PERFORM ${own}end_items(gone, 'cancelled', clock);
      RETURN array_length(gone, 1)::text;`,
    ),

    call(
      "attempts",
      "",
      `RETURN (SELECT coalesce(json_agg(record ORDER BY number), '[]')::text FROM ${own}attempt
        WHERE item = (given ->> 0)::bigint);`,
    ),

    call(
      "outcomes",
      "",
      `RETURN (
        SELECT coalesce(json_agg(json_build_array(id::text, CASE state WHEN 2 THEN 'dead' ELSE status END,
          CASE state WHEN 2 THEN reason END, attempts)), '[]')::text
        FROM ${own}item WHERE state >= 2 AND id IN (SELECT value::text::bigint FROM json_array_elements(given))
      );`,
    ),
  ];
}
