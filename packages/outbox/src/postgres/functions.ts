import { MOST_RECORDS } from "@countersign/sender";
import type { Names } from "./names.ts";

/**
 * What the outbox does, each call one function: one round trip and one transaction, over any driver and through any pooler.
 * Each statement inside sees what was committed before it, which a single statement does not. `ask` and the answer are
 * JSON; texts that a database cannot keep are JSON once more inside.
 */
export function functions({ own, schema, prefix }: Names): readonly string[] {
  const define = (name: string, args: string, returns: string, body: string) => `
    CREATE OR REPLACE FUNCTION ${own}${name}(${args}) RETURNS ${returns} LANGUAGE plpgsql AS $body$
    #variable_conflict use_column
    ${body}
    $body$;`;
  const call = (name: string, declare: string, body: string) =>
    define(
      name,
      "ask text",
      "text",
      `DECLARE
        given json := ask::json;
        clock bigint := ${own}clock();
        ${declare}
      BEGIN
        ${body}
      END;`,
    );
  return [
    `CREATE OR REPLACE FUNCTION ${own}clock() RETURNS bigint LANGUAGE sql VOLATILE AS
      $body$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $body$;`,

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
      clock := ${own}clock();
      WITH asked AS MATERIALIZED (
        SELECT event.value AS event, place.value AS place, event.ordinality AS which, place.ordinality AS whither
        FROM json_array_elements(given) WITH ORDINALITY AS event,
          json_array_elements(event.value -> 'places') WITH ORDINALITY AS place
        ORDER BY 3, 4
      ), numbered AS MATERIALIZED (
        SELECT nextval('${own}counter') AS id, asked.* FROM asked
      ), made AS (
        INSERT INTO ${own}item (id, place, endpoint, generation, name, digest, event, due, enqueued)
        SELECT id, id, place ->> 0, (place ->> 1)::integer, event ->> 'name', event ->> 'digest', event ->> 'text',
          clock + (place ->> 2)::bigint, clock
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
          UPDATE ${own}item SET attempts = tries, tried = coalesce(tried, clock - (result ->> 'total')::bigint)
            WHERE id = item.id;
        END IF;
        IF result ->> 'kind' = 'retry' AND item.generation <>
            coalesce((SELECT generation FROM ${own}endpoint WHERE name = item.endpoint), 1) THEN
          PERFORM ${own}end_items(ARRAY[item.id], 'cancelled', clock);
          parts := parts || '[true, true]'::text;
          CONTINUE;
        END IF;
        CASE result ->> 'kind'
          WHEN 'done' THEN PERFORM ${own}end_items(ARRAY[item.id], 'delivered', clock);
          WHEN 'discard' THEN PERFORM ${own}end_items(ARRAY[item.id], 'discarded', clock);
          WHEN 'retry' THEN
            UPDATE ${own}item SET state = 0, owner = NULL, due = clock + (result ->> 'delay')::bigint,
              lead = (result ->> 'lead')::bigint, progress = result ->> 'progress' WHERE id = item.id;
          WHEN 'bury' THEN
            UPDATE ${own}item SET state = 2, owner = NULL, lead = NULL, reason = result ->> 'reason',
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
        last bigint := (SELECT last_value FROM ${own}ended);
        gone bigint[];
      BEGIN
        SELECT array_agg(id) INTO gone FROM (
          SELECT id FROM (
            SELECT id, rank, ended FROM ${own}item WHERE state = 3 ORDER BY rank LIMIT most FOR UPDATE SKIP LOCKED
          ) AS ends WHERE rank <= last - (retention ->> 0)::bigint OR ended <= clock - (retention ->> 1)::bigint
          UNION ALL
          SELECT id FROM (
            SELECT id, ended FROM ${own}item WHERE state = 2 ORDER BY rank LIMIT most FOR UPDATE SKIP LOCKED
          ) AS letters WHERE ended <= clock - (retention ->> 2)::bigint
        ) AS old;
        IF gone IS NULL THEN RETURN; END IF;
        DELETE FROM ${own}attempt WHERE item = ANY (gone);
        DELETE FROM ${own}item WHERE id = ANY (gone);
      END;`,
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
      "list",
      "",
      `RETURN (
        SELECT coalesce(json_agg(json_build_array(id::text, endpoint, generation, event, enqueued, attempts, progress,
            sorted::text, reason, message, ended,
            CASE WHEN state = 2 THEN (SELECT coalesce(json_agg(record ORDER BY number), '[]') FROM ${own}attempt AS attempt
              WHERE attempt.item = items.id) END) ORDER BY sorted), '[]')::text
        FROM (
          SELECT item.*, place AS sorted FROM ${own}item AS item WHERE given ->> 'state' = 'waiting' AND state = 0
            AND place > (given ->> 'after')::bigint AND (given ->> 'endpoint' IS NULL OR endpoint = given ->> 'endpoint')
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
      UPDATE ${own}item SET state = 0, place = nextval('${own}counter'), due = clock, enqueued = clock, tried = NULL,
        attempts = 0, token = token + 1, progress = NULL, reason = NULL, message = NULL, ended = NULL, rank = NULL
      WHERE id = ANY (ids) AND state = 2;
      RETURN json_build_array(coalesce(array_length(ids, 1), 0), more, before::text)::text;`,
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

    call(
      "knows",
      "",
      `RETURN EXISTS (SELECT 1 FROM ${own}key WHERE expires > clock
        AND name IN (SELECT value #>> '{}' FROM json_array_elements(given)))::text;`,
    ),

    call(
      "keep_once",
      "names text[]; fresh boolean;",
      `SELECT array_agg(name ORDER BY name) INTO names FROM (
        SELECT DISTINCT value #>> '{}' AS name FROM json_array_elements(given -> 'keys')) AS asked;
      -- Two who come at once wait for each other here, each key in the same order.
      INSERT INTO ${own}key SELECT name, 0 FROM unnest(names) AS asked (name) ORDER BY name ON CONFLICT DO NOTHING;
      PERFORM 1 FROM ${own}key WHERE name = ANY (names) ORDER BY name FOR UPDATE;
      fresh := NOT EXISTS (SELECT 1 FROM ${own}key WHERE name = ANY (names) AND expires > clock);
      UPDATE ${own}key SET expires = greatest(expires, clock + (given ->> 'ttl')::bigint) WHERE name = ANY (names);
      DELETE FROM ${own}key WHERE name IN (
        SELECT name FROM ${own}key WHERE expires <= clock ORDER BY expires LIMIT 4 FOR UPDATE SKIP LOCKED);
      IF fresh THEN PERFORM ${own}enqueue((given -> 'events')::text); END IF;
      RETURN fresh::text;`,
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
