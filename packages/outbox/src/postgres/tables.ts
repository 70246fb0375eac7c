import type { Names } from "./names.ts";

/**
 * An item's `state`: 0 waits, 1 is claimed, 2 is dead, 3 has ended. `due` is when a waiting one may be claimed, and when
 * the lease of a claimed one ends. `lead` is the first item of an interrupted batch. Times are milliseconds, by the
 * server's clock. Events and records are text, not jsonb, which cannot hold U+0000 or half a character.
 *
 * Who enqueues locks the endpoint's row until he commits (in strict order against all others, so that the order of places is
 * the order of commits); who claims locks the row of its state.
 */
export function tables({ own, prefix }: Names): string {
  return `
  CREATE SEQUENCE ${own}counter;
  CREATE SEQUENCE ${own}ended;
  CREATE TABLE ${own}endpoint (name text PRIMARY KEY, generation integer NOT NULL DEFAULT 1);
  CREATE TABLE ${own}state (
    name text PRIMARY KEY,
    version integer NOT NULL DEFAULT 0,
    disabled boolean NOT NULL DEFAULT false,
    reason text,
    changed bigint,
    paused bigint NOT NULL DEFAULT 0,
    breaker boolean NOT NULL DEFAULT false,
    alone text,
    alone_until bigint NOT NULL DEFAULT 0
  );
  CREATE TABLE ${own}item (
    id bigint PRIMARY KEY,
    place bigint NOT NULL,
    endpoint text NOT NULL,
    generation integer NOT NULL,
    name text,
    digest text NOT NULL,
    event text NOT NULL,
    state smallint NOT NULL DEFAULT 0,
    due bigint NOT NULL,
    enqueued bigint NOT NULL,
    tried bigint,
    attempts integer NOT NULL DEFAULT 0,
    token integer NOT NULL DEFAULT 0,
    owner text,
    lead bigint,
    progress text,
    status text,
    reason text,
    message text,
    ended bigint,
    rank bigint
  ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
  CREATE UNIQUE INDEX ${prefix}item_name ON ${own}item (endpoint, generation, name) WHERE name IS NOT NULL;
  CREATE INDEX ${prefix}item_due ON ${own}item (endpoint, generation, due, place) WHERE state = 0;
  CREATE INDEX ${prefix}item_order ON ${own}item (endpoint, generation, place) WHERE state <= 1;
  CREATE INDEX ${prefix}item_waiting ON ${own}item (place) WHERE state = 0;
  CREATE INDEX ${prefix}item_lease ON ${own}item (due) WHERE state = 1;
  CREATE INDEX ${prefix}item_held ON ${own}item (endpoint, due) WHERE state = 1;
  CREATE INDEX ${prefix}item_owner ON ${own}item (owner) WHERE state = 1;
  CREATE INDEX ${prefix}item_lead ON ${own}item (lead) WHERE lead IS NOT NULL;
  CREATE INDEX ${prefix}item_dead ON ${own}item (rank) WHERE state = 2;
  CREATE INDEX ${prefix}item_letter ON ${own}item (endpoint, rank) WHERE state = 2;
  CREATE INDEX ${prefix}item_ended ON ${own}item (rank) WHERE state = 3;
  CREATE TABLE ${own}key (name text PRIMARY KEY, expires bigint NOT NULL);
  CREATE INDEX ${prefix}key_expires ON ${own}key (expires);
  CREATE TABLE ${own}attempt (
    item bigint NOT NULL,
    number integer NOT NULL,
    record text NOT NULL,
    PRIMARY KEY (item, number)
  ) WITH (autovacuum_vacuum_scale_factor = 0.02);
  `;
}
