import { ConfigurationError } from "@countersign/core";

/** In which schema the tables and functions are, and what their names begin with. */
export interface PostgresNames {
  /** The schema; made by the migration where it is missing. @default "countersign" */
  readonly schema?: string;
  /** What the names of tables and functions begin with. @default "outbox_" */
  readonly prefix?: string;
}

/** The beginning of every name of ours: `countersign.outbox_`. */
export interface Names {
  readonly schema: string;
  readonly prefix: string;
  /** Both, as SQL has them. */
  readonly own: string;
}

const PLAIN = /^[a-z_][a-z0-9_]{0,30}$/;

/** @throws ConfigurationError unless they are plain: they become part of statements */
export function checkNames({ schema = "countersign", prefix = "outbox_" }: PostgresNames): Names {
  for (const [option, value] of Object.entries({ schema, prefix })) {
    if (typeof value === "string" && PLAIN.test(value)) continue;
    throw new ConfigurationError(
      option,
      `${option} must be a plain lower-case name of at most 31 letters, digits and underscores.`,
    );
  }
  return { schema, prefix, own: `${schema}.${prefix}` };
}
