import { ConfigurationError } from "@countersign/core";

/** What a connection of `pg` hands to its listeners when somebody notifies a channel that it listens to. */
export interface PgNotification {
  /** The name under which it was sent: the outbox hears only its own. */
  readonly channel: string;
}

/** A channel that Postgres.js listens to, on a connection of its own, until it is told to stop. */
export interface PostgresJsListening {
  /** Ends it, and gives the connection back. */
  unlisten(): Promise<void>;
}

/** A connected `pg.Client` of its own, or Postgres.js, by what is called of them. */
export type Listener =
  | {
      /** Runs one statement without parameters: `LISTEN` at the start, `UNLISTEN` at the end. */
      query(text: string): Promise<unknown>;
      /** Adds a function that is called with each notification of the connection. */
      on(event: "notification", listener: (message: PgNotification) => void): unknown;
      /** Takes such a function back, once the sender closes. */
      removeListener(event: "notification", listener: (message: PgNotification) => void): unknown;
    }
  | {
      /** Listens on a connection of its own, and again when that is lost. */
      listen(channel: string, listener: () => void): Promise<PostgresJsListening>;
    };

/** What hears of new events. One that fails is no loss: whoever waits polls as well. */
export function listen(listener: Listener, channel: string): (onWork: () => void) => () => void {
  if ("listen" in listener && typeof listener.listen === "function") {
    return (onWork) => {
      const listening = listener.listen(channel, onWork);
      listening.catch(() => {});
      return () => void listening.then(({ unlisten }) => unlisten()).catch(() => {});
    };
  }
  if (!("on" in listener) || typeof listener.on !== "function" || typeof listener.query !== "function") {
    throw new ConfigurationError(
      "postgresOutbox.listen",
      "postgresOutbox.listen must be a connected Client of pg (not a pool), or a connection of postgres (Postgres.js).",
    );
  }
  return (onWork) => {
    const hear = (message: PgNotification) => {
      if (message.channel === channel) onWork();
    };
    listener.on("notification", hear);
    listener.query(`LISTEN "${channel}"`).catch(() => {});
    return () => {
      listener.removeListener("notification", hear);
      listener.query(`UNLISTEN "${channel}"`).catch(() => {});
    };
  };
}
