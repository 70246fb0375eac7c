import { MOST_RECORDS } from "@countersign/sender";
import type { Names } from "../names.ts";
import { definer } from "./define.ts";

/** What became of items in hand, and forgetting what has been kept for long enough. */
export function finishFunctions(names: Names): readonly string[] {
  const { own } = names;
  const { define, call } = definer(names);
  return [
    call(
      "finish",
      `result json;
      item ${own}item%ROWTYPE;
      tries integer;
      raised text;
      parts text[] := '{}';
      gone bigint[];`,
      `PERFORM 1 FROM ${own}item WHERE id IN (SELECT (value ->> 'id')::bigint FROM json_array_elements(given -> 'results'))
        ORDER BY id FOR UPDATE;
      FOR result IN SELECT value FROM json_array_elements(given -> 'results') LOOP
        raised := NULL;
        SELECT * INTO item FROM ${own}item WHERE id = (result ->> 'id')::bigint;
        IF NOT FOUND OR item.token <> (result ->> 'token')::integer THEN
          parts := parts || '[false]'::text;
          CONTINUE;
        END IF;
        -- Not in hand, and yet under this token: it was written down before, and the answer was lost.
        IF item.state <> 1 THEN
          parts := parts || '[true]'::text;
          CONTINUE;
        END IF;
        tries := item.attempts;
        IF result ->> 'record' IS NOT NULL THEN
          tries := tries + 1;
          INSERT INTO ${own}attempt VALUES (item.id, tries, result ->> 'record');
          IF tries > ${MOST_RECORDS} THEN
            DELETE FROM ${own}attempt AS attempt WHERE attempt.item = item.id AND number > 1 AND number <= tries - ${MOST_RECORDS - 1};
          END IF;
          item.tried := coalesce(item.tried, clock - (result ->> 'total')::bigint);
        END IF;
        IF result ->> 'kind' = 'retry' AND item.generation <>
            coalesce((SELECT generation FROM ${own}endpoint WHERE name = item.endpoint), 1) THEN
          PERFORM ${own}end_items(ARRAY[item.id], 'cancelled', clock, tries);
          parts := parts || '[true, true]'::text;
          CONTINUE;
        END IF;
        CASE result ->> 'kind'
          WHEN 'done' THEN PERFORM ${own}end_items(ARRAY[item.id], 'delivered', clock, tries);
          WHEN 'discard' THEN PERFORM ${own}end_items(ARRAY[item.id], 'discarded', clock, tries);
          WHEN 'retry' THEN
            UPDATE ${own}item SET state = 0, attempts = tries, tried = item.tried, owner = NULL, due = clock + (result ->> 'delay')::bigint,
              lead = (result ->> 'lead')::bigint, progress = result ->> 'progress' WHERE id = item.id;
          WHEN 'bury' THEN
            UPDATE ${own}item SET state = 2, attempts = tries, tried = item.tried, owner = NULL, lead = NULL, reason = result ->> 'reason',
              message = result ->> 'message', ended = clock, rank = nextval('${own}counter') WHERE id = item.id;
            IF json_array_length(result -> 'raised') > 0 THEN raised := ${own}enqueue((result -> 'raised')::text); END IF;
        END CASE;
        parts := parts || ('[true, false, ' || coalesce(raised, 'null') || ']');
      END LOOP;
      PERFORM ${own}sweep(given -> 'retention', 2 * json_array_length(given -> 'results'));
      RETURN '[' || array_to_string(parts, ',') || ']';`,
    ),

    define(
      "sweep",
      "retention json, most integer",
      "void",
      `DECLARE
        clock bigint := ${own}clock();
        letter record;
        last bigint := (SELECT last_value FROM ${own}ended);
        gone bigint[];
      BEGIN
        -- Looked at without a lock, which would be a write of its own each time; locked where something is to go.
        SELECT array_agg(id) INTO gone FROM (
          SELECT id FROM (SELECT id, rank, ended FROM ${own}item WHERE state = 3 ORDER BY rank LIMIT most) AS ends
            WHERE rank <= last - (retention ->> 0)::bigint OR ended <= clock - (retention ->> 1)::bigint
          UNION ALL
          SELECT id FROM (SELECT id, ended FROM ${own}item WHERE state = 2 ORDER BY rank LIMIT most) AS letters
            WHERE ended <= clock - (retention ->> 2)::bigint
        ) AS old;
        IF gone IS NULL THEN RETURN; END IF;
        SELECT array_agg(id) INTO gone FROM (
          SELECT id FROM ${own}item WHERE id = ANY (gone) AND state IN (2, 3) FOR UPDATE SKIP LOCKED) AS free;
        IF gone IS NULL THEN RETURN; END IF;
        DELETE FROM ${own}attempt WHERE item = ANY (gone);
        FOR letter IN DELETE FROM ${own}item WHERE id = ANY (gone) RETURNING endpoint, generation, ordering LOOP
          IF letter.ordering IS NOT NULL THEN
            PERFORM ${own}let_go(letter.endpoint, letter.generation, letter.ordering, clock);
          END IF;
        END LOOP;
      END;`,
    ),
  ];
}
