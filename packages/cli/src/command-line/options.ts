import type { Option } from "./command.ts";

/* Options that several commands share. */

type Options = Readonly<Record<string, Option>>;

/** How a command is told of the provider. */
export const PROVIDER: Options = {
  provider: { value: "NAME", help: "who sends: countersign providers lists the names" },
  set: { value: "KEY=VALUE", help: "how the provider is set up: --set header=x-key", many: true },
};

/** How it is told of a secret without seeing it in its arguments. */
export const SECRET: Options = {
  "secret-env": { value: "NAME", help: "the environment variable that holds the secret", many: true },
  "secret-file": { value: "PATH", help: "the file that holds the secret", many: true },
};

/** What is better known than a saved request says it. */
export const REQUEST: Options = {
  url: { value: "URL", help: "the public URL that was called, for providers that sign it" },
  method: { value: "METHOD", help: "the method, where the saved request has none" },
  entry: { value: "N", help: "which request of a HAR file, counted from 1" },
};

export const BODY: Options = {
  body: { value: "FILE", help: "the bytes of the body alone, in place of a saved request (- for standard input)" },
};

export const AT: Options = {
  at: { value: "TIME", help: "judge it as at this time: RFC 3339, seconds or milliseconds, or now" },
};

export const TIMEOUT: Options = {
  timeout: { value: "DURATION", help: "how long an answer may take, default 30s" },
};

/** How a command reads the configuration of one of the five systems. */
export const SYSTEM: Options = {
  system: {
    value: "NAME",
    help: "whose it is: tailscale, stalwart, aperture, tappass or apono; default what it looks like",
  },
  "secret-env": {
    value: "ID=VARIABLE",
    help: "the variable that holds what the system does not show, by the webhook's id",
    many: true,
  },
  tailnet: { value: "NAME", help: "the tailnet's name in Tailscale's events, default example.com" },
  source: { value: "NAME", help: "a group or tag of whoever makes the request, for Aperture's grants", many: true },
  allow: { value: "ADDRESSES", help: "special addresses that may be called: 10.1.2.0/24", many: true },
};

/** Which durable outbox is looked into. */
export const OUTBOX: Options = {
  sqlite: { value: "FILE", help: "the outbox of sqliteOutbox()" },
  "postgres-env": { value: "NAME", help: "the variable that holds the URL of postgresOutbox()'s database" },
  schema: { value: "NAME", help: "its schema in PostgreSQL, default countersign" },
};

/** Which durable inbox is looked into, and which of its routes. */
export const INBOX: Options = {
  sqlite: { value: "FILE", help: "the inbox of sqliteInbox()" },
  "postgres-env": { value: "NAME", help: "the variable that holds the URL of postgresInbox()'s database" },
  schema: { value: "NAME", help: "its schema in PostgreSQL, default countersign" },
  route: { value: "NAME", help: "only what came by this route" },
};
