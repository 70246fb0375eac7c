import type { Names } from "../names.ts";
import { HELD_BACK } from "../ordering.ts";
import { definer } from "./define.ts";

/** Events come in. */
export function enqueueFunctions(names: Names): readonly string[] {
  const { own, schema, prefix } = names;
  const { call } = definer(names);
  return [
    call(
      "enqueue",
      "answer text; made bigint[]; everybody text[]; in_order text[];",
      `SELECT array_agg(DISTINCT place ->> 0), array_agg(DISTINCT place ->> 0) FILTER (WHERE (place ->> 3)::boolean)
        INTO everybody, in_order
        FROM json_array_elements(given) AS event, json_array_elements(event -> 'places') AS place;
      IF everybody IS NULL THEN RETURN (SELECT coalesce(json_agg('[]'::json), '[]') FROM json_array_elements(given))::text; END IF;
      IF EXISTS (SELECT 1 FROM unnest(everybody) AS one (name) WHERE NOT EXISTS
          (SELECT 1 FROM ${own}endpoint AS known WHERE known.name = one.name)) THEN
        INSERT INTO ${own}endpoint (name) SELECT name FROM unnest(everybody) AS one (name) ORDER BY name ON CONFLICT DO NOTHING;
      END IF;
      IF in_order IS NOT NULL THEN
        PERFORM 1 FROM ${own}endpoint WHERE name = ANY (in_order) ORDER BY name FOR UPDATE;
      END IF;
      PERFORM 1 FROM ${own}endpoint WHERE name = ANY (everybody) ORDER BY name FOR KEY SHARE;
      IF strpos(ask, '"ordering"') > 0 THEN
        PERFORM ${own}lock_ordering(asked.endpoint, asked.ordering) FROM (
          SELECT DISTINCT place ->> 0 AS endpoint, event ->> 'ordering' AS ordering
          FROM json_array_elements(given) AS event, json_array_elements(event -> 'places') AS place
          WHERE event ->> 'ordering' IS NOT NULL ORDER BY 1, 2) AS asked;
      END IF;
      clock := ${own}clock();
      WITH asked AS MATERIALIZED (
        SELECT event.value AS event, place.value AS place, event.ordinality AS which, place.ordinality AS whither
        FROM json_array_elements(given) WITH ORDINALITY AS event,
          json_array_elements(event.value -> 'places') WITH ORDINALITY AS place
        ORDER BY 3, 4
      ), numbered AS MATERIALIZED (
        SELECT nextval('${own}counter') AS id, asked.* FROM asked
      ), made AS (
        INSERT INTO ${own}item (id, place, endpoint, generation, name, digest, event, due, enqueued, ordering)
        SELECT id, id, place ->> 0, (place ->> 1)::integer, event ->> 'name', event ->> 'digest', event ->> 'text',
          CASE WHEN event ->> 'ordering' IS NOT NULL AND EXISTS (
            SELECT 1 FROM ${own}item AS older WHERE older.state <= 2
              AND older.endpoint = numbered.place ->> 0 AND older.generation = (numbered.place ->> 1)::integer
              AND older.ordering = numbered.event ->> 'ordering'
          ) THEN ${HELD_BACK} ELSE clock + (place ->> 2)::bigint END, clock, event ->> 'ordering'
        FROM numbered JOIN ${own}endpoint AS known ON known.name = place ->> 0 AND known.generation = (place ->> 1)::integer
        ORDER BY place ->> 0, event ->> 'name'
        ON CONFLICT (endpoint, generation, name) WHERE name IS NOT NULL DO NOTHING RETURNING id
      )
      SELECT json_agg(json_build_array(numbered.which, place ->> 0, (place ->> 1)::integer, event ->> 'name',
            event ->> 'digest', made.id::text, known.generation) ORDER BY numbered.which, numbered.whither)::text,
          array_agg(made.id)
        INTO answer, made
        FROM numbered LEFT JOIN made ON made.id = numbered.id JOIN ${own}endpoint AS known ON known.name = place ->> 0;
      SELECT json_agg(list ORDER BY which)::text INTO answer FROM (
        SELECT event.ordinality AS which, (
          SELECT coalesce(json_agg(json_build_array(one ->> 1, coalesce(one ->> 5, held.id::text), one ->> 5 IS NOT NULL,
              held.digest IS DISTINCT FROM one ->> 4, (one ->> 6)::integer <> (one ->> 2)::integer)), '[]')
          FROM json_array_elements(answer::json) AS one LEFT JOIN ${own}item AS held
            ON one ->> 5 IS NULL AND held.endpoint = one ->> 1 AND held.generation = (one ->> 2)::integer
              AND held.name = one ->> 3
          WHERE (one ->> 0)::integer = event.ordinality
        ) AS list FROM json_array_elements(given) WITH ORDINALITY AS event
      ) AS lists;
      IF array_length(array_remove(made, NULL), 1) > 0 THEN PERFORM pg_notify('${schema}.${prefix}work', ''); END IF;
      RETURN answer;`,
    ),
  ];
}
