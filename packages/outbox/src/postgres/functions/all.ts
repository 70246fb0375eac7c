import type { Names } from "../names.ts";
import { claimFunctions } from "./claim.ts";
import { endpointsFunctions } from "./endpoints.ts";
import { endsFunctions } from "./ends.ts";
import { enqueueFunctions } from "./enqueue.ts";
import { finishFunctions } from "./finish.ts";
import { keysFunctions } from "./keys.ts";
import { lettersFunctions } from "./letters.ts";

/**
 * What the outbox does, each call one function: one round trip and one transaction, over any driver and through any pooler.
 * Each statement inside sees what was committed before it, which a single statement does not. `ask` and the answer are
 * JSON; texts that a database cannot keep are JSON once more inside.
 */
export function functions(names: Names): readonly string[] {
  return [
    `CREATE OR REPLACE FUNCTION ${names.own}clock() RETURNS bigint LANGUAGE sql VOLATILE AS
      $body$ SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint $body$;`,
    ...[
      endsFunctions,
      enqueueFunctions,
      claimFunctions,
      finishFunctions,
      endpointsFunctions,
      lettersFunctions,
      keysFunctions,
    ].flatMap((of) => of(names)),
  ];
}
