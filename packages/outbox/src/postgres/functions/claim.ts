import type { Names } from "../names.ts";
import { definer } from "./define.ts";

/** Items in hand: taken, held on to, given back. */
export function claimFunctions(names: Names): readonly string[] {
  const { own } = names;
  const { call } = definer(names);
  return [
    call(
      "claim",
      `me text := given ->> 'owner';
      total integer := (given ->> 'total')::integer;
      late bigint[];
      room record;
      one record;
      known ${own}state%ROWTYPE;
      ids bigint[];
      parts text[];
      answer text[] := '{}';`,
      `SELECT array_agg(id) INTO late FROM (
        SELECT id FROM ${own}item WHERE state = 1 AND due <= clock ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED) AS items;
      IF late IS NOT NULL THEN PERFORM ${own}give_back(late, clock); END IF;
      FOR room IN
        SELECT * FROM (
          SELECT asked.*, CASE WHEN fifo THEN (
              SELECT CASE item.state WHEN 0 THEN item.due END FROM ${own}item AS item WHERE item.state <= 1
                AND item.endpoint = asked.endpoint AND item.generation = asked.generation ORDER BY item.place LIMIT 1)
            ELSE (
              SELECT item.due FROM ${own}item AS item WHERE item.state = 0
                AND item.endpoint = asked.endpoint AND item.generation = asked.generation ORDER BY item.due LIMIT 1)
            END AS due, state.alone
          FROM (
            SELECT value ->> 0 AS endpoint, (value ->> 1)::integer AS generation, (value ->> 2)::integer AS most,
              (value ->> 3)::bigint AS lease, (value ->> 4)::boolean AS fifo, (value ->> 5)::bigint AS early,
              (value ->> 6)::bigint AS exclusive
            FROM json_array_elements(given -> 'room')
          ) AS asked
          LEFT JOIN ${own}endpoint AS endpoint ON endpoint.name = asked.endpoint
          LEFT JOIN ${own}state AS state ON state.name = asked.endpoint
          WHERE coalesce(endpoint.generation, 1) = asked.generation AND NOT coalesce(state.disabled, false)
            AND coalesce(state.paused, 0) <= clock
        ) AS rooms WHERE due <= clock + early ORDER BY due
      LOOP
        EXIT WHEN total <= 0;
        room.most := least(room.most, total);
        IF room.fifo OR room.exclusive IS NOT NULL OR room.alone <> me THEN
          INSERT INTO ${own}state (name) VALUES (room.endpoint) ON CONFLICT DO NOTHING;
          SELECT * INTO known FROM ${own}state WHERE name = room.endpoint FOR UPDATE SKIP LOCKED;
          CONTINUE WHEN NOT FOUND OR known.disabled OR known.paused > clock;
          CONTINUE WHEN known.alone <> me AND (known.alone_until > clock OR EXISTS (
            SELECT 1 FROM ${own}item WHERE state = 1 AND endpoint = room.endpoint AND due > clock AND owner = known.alone));
          IF room.exclusive IS NOT NULL THEN
            CONTINUE WHEN EXISTS (
              SELECT 1 FROM ${own}item WHERE state = 1 AND endpoint = room.endpoint AND due > clock AND owner <> me);
            UPDATE ${own}state SET alone = me, alone_until = clock + room.exclusive WHERE name = room.endpoint;
          END IF;
        END IF;
        IF room.fifo THEN
          SELECT array_agg(id ORDER BY place) INTO ids FROM (
            SELECT id, place, bool_and(state = 0 AND due <= clock + room.early) OVER (ORDER BY place) AS free FROM (
              SELECT id, place, state, due FROM ${own}item
              WHERE state <= 1 AND endpoint = room.endpoint AND generation = room.generation ORDER BY place LIMIT room.most
            ) AS oldest
          ) AS judged WHERE free;
        ELSE
          ids := '{}';
          FOR one IN
            SELECT id, lead FROM ${own}item WHERE state = 0 AND endpoint = room.endpoint AND generation = room.generation
              AND due <= clock + room.early AND coalesce(lead, id) = id
            ORDER BY due, place LIMIT room.most FOR UPDATE SKIP LOCKED
          LOOP
            EXIT WHEN coalesce(array_length(ids, 1), 0) >= room.most;
            IF one.lead IS NULL THEN ids := ids || one.id;
            ELSE ids := ids || (SELECT array_agg(id ORDER BY place) FROM ${own}item WHERE lead = one.lead AND state = 0);
            END IF;
          END LOOP;
        END IF;
        CONTINUE WHEN ids IS NULL OR ids = '{}';
        WITH taken AS (
          UPDATE ${own}item SET state = 1, due = clock + room.lease, owner = me, token = token + 1
          WHERE id = ANY (ids) AND state = 0 RETURNING *
        )
        SELECT array_agg(json_build_array(id::text, token, endpoint, generation, event, enqueued, clock - enqueued,
            clock - tried, attempts, progress)::text ORDER BY array_position(ids, id)) INTO parts FROM taken;
        total := total - coalesce(array_length(parts, 1), 0);
        answer := answer || coalesce(parts, '{}');
      END LOOP;
      RETURN '[' || array_to_string(answer, ',') || ']';`,
    ),

    call(
      "extend",
      "answer text;",
      `WITH held AS (
          UPDATE ${own}item AS item SET due = clock + (given ->> 'lease')::bigint
          FROM (SELECT (value ->> 0)::bigint AS id, (value ->> 1)::integer AS token
            FROM json_array_elements(given -> 'claims')) AS asked
          WHERE item.id = asked.id AND item.token = asked.token AND item.state = 1 RETURNING item.id
        )
        SELECT coalesce(json_agg(id::text), '[]')::text INTO answer FROM held;
      RETURN answer;`,
    ),

    call(
      "release",
      "held bigint[];",
      `SELECT array_agg(id) INTO held FROM (
        SELECT id FROM ${own}item WHERE state = 1 AND owner = given ->> 'owner'
          AND id NOT IN (SELECT value::text::bigint FROM json_array_elements(given -> 'except'))
        ORDER BY id FOR UPDATE) AS items;
      IF held IS NULL THEN RETURN '0'; END IF;
      PERFORM ${own}give_back(held, clock);
      RETURN array_length(held, 1)::text;`,
    ),
  ];
}
