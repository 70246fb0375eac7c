import type { Names } from "../names.ts";
import { definer } from "./define.ts";

/** Keys: what is kept under one is kept once. */
export function keysFunctions(names: Names): readonly string[] {
  const { own } = names;
  const { call } = definer(names);
  return [
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
  ];
}
