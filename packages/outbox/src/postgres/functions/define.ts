import type { Names } from "../names.ts";

/**
 * How functions are written: `call` makes one that a client calls, with `ask` and its answer as JSON and the time in
 * `clock`; `define` any other.
 */
export function definer({ own }: Names) {
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
  return { define, call };
}
