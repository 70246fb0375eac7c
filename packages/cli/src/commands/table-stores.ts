import type { Command } from "../command-line/command.ts";
import { INBOX, OUTBOX, SYSTEM } from "../command-line/options.ts";

/** Commands for sending: configurations of systems, and stores, as the help shows them. */
export const stores: readonly Command[] = [
  {
    name: "check",
    arguments: "[FILE]",
    takes: [0, 1],
    summary: "say whether a configuration is right, and what would be sent where",
    about: [
      "The configuration of Tailscale, Stalwart, Aperture, TapPass or Apono, as the system itself has it. Connects to",
      "nothing. Exit code 0: right. 1: wrong, with line and column.",
    ],
    options: SYSTEM,
    examples: [
      ["countersign check observability.yaml", "TapPass's file"],
      ["countersign check webhooks.json --secret-env nQx7EXAMPLE1=TAILSCALE_SECRET", "the list of Tailscale's API"],
      ["countersign check config.toml --json", "for scripts"],
    ],
    load: () => import("./check.ts"),
  },
  {
    name: "test",
    arguments: "NAME --config FILE",
    takes: [1, 1],
    summary: "send one synthetic event to an endpoint of a configuration, and show the whole exchange",
    about: ["Exit code 0: accepted. 1: not accepted. 4: no answer. Secrets are masked."],
    options: {
      config: { value: "FILE", help: "the system's own configuration" },
      to: { value: "URL", help: "send to this receiver instead: countersign listen, say" },
      ...SYSTEM,
    },
    examples: [
      ["countersign test pagerduty-alerts --config observability.yaml", "one of TapPass's exports"],
      ["countersign test TicketSync --config apono.json --to localhost:4040", "to a receiver on this machine"],
    ],
    load: () => import("./test.ts"),
  },
  {
    name: "explain-event",
    arguments: "EVENT --config FILE",
    takes: [1, 1],
    summary: "say which endpoint would get an event, and why the others would not",
    about: ["EVENT is a type, JSON, or a file of JSON. Exit code 0: somebody gets it. 1: nobody."],
    options: { config: { value: "FILE", help: "the system's own configuration" }, ...SYSTEM },
    examples: [
      ["countersign explain-event nodeCreated --config webhooks.json", "by its type"],
      [
        "countersign explain-event request.json --config aperture.hujson --source group:engineering",
        "a request to a model",
      ],
    ],
    load: () => import("./explain-event.ts"),
  },
  {
    name: "outbox",
    arguments: "ACTION [ITEM …]",
    takes: [1, 1_000],
    endless: true,
    summary: "look into a durable outbox; put back or forget what was given up",
    about: [
      "stats: what waits and is dead, by endpoint. list: the dead letters, or what waits. show ITEM: its event and what was",
      "tried. redrive ITEM … or --all: into the queue again. drop ITEM …: forgotten for good. drain: what waits moves into another outbox, once its senders",
      "have ended. watch: the counts as they change. migrate: makes the tables or brings them to this version, with --sql prints how.",
    ],
    options: {
      ...OUTBOX,
      endpoint: { value: "NAME", help: "only what is for this endpoint" },
      waiting: { help: "list what waits, not what is dead" },
      limit: { value: "N", help: "how many are listed, default 50" },
      all: { help: "redrive all that are dead" },
      sql: { help: "migrate: print the SQL, and connect to nothing" },
      "to-sqlite": { value: "FILE", help: "the outbox to drain into" },
      "to-postgres-env": { value: "NAME", help: "the variable with the URL of the database to drain into" },
      "to-schema": { value: "NAME", help: "its schema there, default countersign" },
    },
    examples: [
      ["countersign outbox stats --sqlite webhooks.db", "how does it stand?"],
      ["countersign outbox list --postgres-env DATABASE_URL --endpoint billing", "what was given up, and why"],
      ["countersign outbox redrive --all --endpoint billing --sqlite webhooks.db", "the receiver is mended: once more"],
      ["countersign outbox drain --sqlite webhooks.db --to-postgres-env DATABASE_URL", "from one machine to many"],
      [
        "countersign outbox migrate --postgres-env DATABASE_URL",
        "before a deployment: the sender needs no right to create",
      ],
    ],
    load: () => import("./outbox.ts"),
  },
  {
    name: "inbox",
    arguments: "ACTION [ITEM …]",
    takes: [1, 1_000],
    endless: true,
    summary: "look into a durable inbox; put back or erase what its handlers could not handle",
    about: [
      "stats: what waits and is dead, by route. list: the dead letters. show ITEM: its headers, bytes and what was tried.",
      "redrive ITEM … or --all: to the worker again. drop ITEM …: erased, bytes and all; its keys stay known.",
      "watch: the counts as they change. countersign resend sends what is dead to a URL.",
      "migrate: makes the tables or brings them to this version, with --sql prints how.",
    ],
    options: {
      ...INBOX,
      all: { help: "redrive all that are dead" },
      sql: { help: "migrate: print the SQL, and connect to nothing" },
    },
    examples: [
      ["countersign inbox stats --sqlite webhooks.db", "how does it stand?"],
      [
        "countersign inbox redrive --all --route orders --postgres-env DATABASE_URL",
        "the handler is mended: once more",
      ],
    ],
    load: () => import("./inbox.ts"),
  },
];
