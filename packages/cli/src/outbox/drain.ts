import type { Outbox } from "@countersign/sender";
import type { Context, Outcome } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";
import { count } from "../terminal/text.ts";
import { openOutbox } from "./open.ts";

/** The options that name the outbox that is moved into, by those that name the first. */
const TARGET: Readonly<Record<string, string>> = {
  sqlite: "to-sqlite",
  "postgres-env": "to-postgres-env",
  schema: "to-schema",
};

/**
 * Moves what waits into another outbox. May be interrupted and repeated: Ctrl-C ends it between two batches.
 *
 * @throws Failure
 */
export async function drain(from: Outbox<any>, context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  if (given.text("to-sqlite") === undefined && given.text("to-postgres-env") === undefined) {
    throw new Failure("usage", "outbox_missing", "Into which outbox?", "--to-sqlite FILE, or --to-postgres-env NAME.");
  }
  const target = { ...given, text: (name: string) => given.text(TARGET[name] ?? name) };
  const { store, close } = await openOutbox({ ...context, given: target });
  try {
    const { drainOutbox } = await import("@countersign/outbox");
    let last = world.now();
    const { moved, known, conflicts, claimed, dead } = await drainOutbox(from, store, {
      signal: world.signal,
      onProgress(progress) {
        if (world.now() - last < 1_000) return;
        last = world.now();
        output.note(`${progress.moved} moved, ${progress.left} to go`);
      },
    });
    return {
      ok: conflicts === 0 && claimed === 0,
      json: { moved, known, conflicts, claimed, dead },
      lines: [
        `${count(moved, "event")} moved.`,
        ...(conflicts === 0
          ? []
          : [`${count(conflicts, "event")} stay: the other outbox has one of that id and other content.`]),
        ...(claimed === 0 ? [] : [`${claimed} in hand: a sender still works there. Drain again when it has ended.`]),
        ...(dead === 0 ? [] : [`${count(dead, "dead letter")} stay: redrive them first to take them along.`]),
      ],
    };
  } finally {
    await close().catch(() => {});
  }
}
