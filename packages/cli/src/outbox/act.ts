import type { Context, Outcome } from "../command-line/command.ts";
import { nearest } from "../command-line/nearest.ts";
import { Failure } from "../terminal/failure.ts";
import { migrate } from "./migrate.ts";
import { storeFailure } from "./open.ts";

/** One thing that a command does with an open store: `stats`, `redrive`. */
export type Action<Store> = (store: Store, context: Context, items: readonly string[]) => Promise<Outcome>;

/**
 * Does what the first argument names, with a store that is opened for it and closed behind it. `migrate` opens none.
 *
 * @throws Failure for an action that does not exist, and for what the store says
 */
export async function act<Store>(
  what: "outbox" | "inbox",
  actions: Readonly<Record<string, Action<Store>>>,
  open: (context: Context) => Promise<{ readonly store: Store; readonly close: () => Promise<unknown> }>,
  context: Context,
): Promise<Outcome> {
  const [name = "", ...items] = context.given.arguments;
  if (name === "migrate") return migrate(context, what);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    const names = [...Object.keys(actions), "migrate"];
    const meant = nearest(name, names);
    const mend = meant === undefined ? `One of ${names.join(", ")}.` : `Did you mean ${meant}?`;
    throw new Failure("usage", "unknown_action", `${what} does not do that.`, mend);
  }
  const { store, close } = await open(context);
  try {
    return await action(store, context, items);
  } catch (error) {
    throw storeFailure(error);
  } finally {
    await close().catch(() => {});
  }
}
