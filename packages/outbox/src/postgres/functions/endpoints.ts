import type { Names } from "../names.ts";
import { definer } from "./define.ts";

/** Endpoints: when they have something to do, their state, their counts. */
export function endpointsFunctions(names: Names): readonly string[] {
  const { own } = names;
  const { call } = definer(names);
  return [
    call(
      "look",
      "",
      `RETURN (
        SELECT coalesce(json_agg(json_build_array(asked.endpoint, CASE WHEN NOT coalesce(state.disabled, false) THEN
            greatest(first.due, state.paused, CASE WHEN state.alone <> given ->> 'owner' THEN greatest(state.alone_until, (
              SELECT max(item.due) FROM ${own}item AS item
              WHERE item.state = 1 AND item.endpoint = asked.endpoint AND item.owner = state.alone)) END) - clock
            END, coalesce(known.generation, 1), coalesce(state.version, 0), coalesce(state.disabled, false), state.reason,
            state.changed, greatest(0, coalesce(state.paused, 0) - clock), coalesce(state.breaker, false), first.due IS NULL)
          ORDER BY asked.ordinality), '[]')::text
        FROM (SELECT value ->> 0 AS endpoint, (value ->> 1)::boolean AS fifo, ordinality
          FROM json_array_elements(given -> 'endpoints') WITH ORDINALITY) AS asked
        LEFT JOIN ${own}endpoint AS known ON known.name = asked.endpoint
        LEFT JOIN ${own}state AS state ON state.name = asked.endpoint
        CROSS JOIN LATERAL (
          SELECT CASE WHEN asked.fifo THEN (
              SELECT item.due FROM ${own}item AS item WHERE item.state <= 1 AND item.endpoint = asked.endpoint
                AND item.generation = coalesce(known.generation, 1) ORDER BY item.place LIMIT 1)
            ELSE least((
              SELECT item.due FROM ${own}item AS item WHERE item.state = 0 AND item.endpoint = asked.endpoint
                AND item.generation = coalesce(known.generation, 1) ORDER BY item.due LIMIT 1), (
              SELECT item.due FROM ${own}item AS item WHERE item.state = 1 AND item.endpoint = asked.endpoint
                ORDER BY item.due LIMIT 1))
            END AS due
        ) AS first
      );`,
    ),

    call(
      "set_state",
      "",
      `INSERT INTO ${own}state (name) VALUES (given ->> 'endpoint') ON CONFLICT DO NOTHING;
      UPDATE ${own}state SET version = version + 1, disabled = (given ->> 'disabled')::boolean, reason = given ->> 'reason',
        changed = clock, breaker = (given ->> 'breaker')::boolean,
        paused = CASE (given ->> 'paused')::bigint WHEN 0 THEN 0 ELSE clock + (given ->> 'paused')::bigint END
      WHERE name = given ->> 'endpoint' AND version = (given ->> 'version')::integer;
      RETURN CASE WHEN FOUND THEN 'true' ELSE 'false' END;`,
    ),

    call(
      "remove",
      "waiting bigint[];",
      `INSERT INTO ${own}endpoint (name) VALUES (given ->> 0) ON CONFLICT DO NOTHING;
      -- Waits for all transactions that are enqueuing for it.
      PERFORM 1 FROM ${own}endpoint WHERE name = given ->> 0 FOR UPDATE;
      UPDATE ${own}endpoint SET generation = generation + 1 WHERE name = given ->> 0 AND generation = (given ->> 1)::integer;
      IF NOT FOUND THEN RETURN '0'; END IF;
      INSERT INTO ${own}state AS state (name, version, changed) VALUES (given ->> 0, 1, clock)
        ON CONFLICT (name) DO UPDATE SET version = state.version + 1, disabled = false, reason = NULL, changed = clock,
          paused = 0, breaker = false, alone = NULL, alone_until = 0;
      SELECT array_agg(id) INTO waiting FROM (
        SELECT id FROM ${own}item WHERE state = 0 AND endpoint = given ->> 0 AND generation = (given ->> 1)::integer
        ORDER BY id FOR UPDATE) AS items;
      IF waiting IS NULL THEN RETURN '0'; END IF;
      PERFORM ${own}end_items(waiting, 'cancelled', clock);
      RETURN array_length(waiting, 1)::text;`,
    ),

    call(
      "stats",
      "",
      `RETURN (
        SELECT coalesce(json_agg(json_build_array(endpoint,
            (SELECT count(*) FROM ${own}item AS item WHERE item.state = 0 AND item.endpoint = asked.endpoint),
            (SELECT count(*) FROM ${own}item AS item WHERE item.state = 1 AND item.endpoint = asked.endpoint),
            (SELECT count(*) FROM ${own}item AS item WHERE item.state = 2 AND item.endpoint = asked.endpoint),
            clock - (SELECT min(item.due) FROM ${own}item AS item WHERE item.state = 0 AND item.endpoint = asked.endpoint))
          ORDER BY ordinality), '[]')::text
        FROM (
          SELECT value #>> '{}' AS endpoint, ordinality FROM json_array_elements(given -> 0) WITH ORDINALITY
          UNION ALL
          SELECT name, 0 FROM ${own}endpoint WHERE given -> 0 IS NULL
        ) AS asked
      );`,
    ),
  ];
}
