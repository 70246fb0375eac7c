import type { Context, Outcome } from "../command-line/command.ts";
import { Folder, usualFolder } from "../kept/folder.ts";
import { placesOf } from "../mcp/secrets.ts";
import { type Runs, serve } from "../mcp/serve.ts";
import { TOOLS } from "../mcp/tools.ts";
import { describe } from "../provider/describe.ts";
import { catalogue } from "../provider/find.ts";
import { Failure } from "../terminal/failure.ts";

const RUNS: Runs = {
  explain: () => import("./explain.ts"),
  verify: () => import("./verify.ts"),
  sign: () => import("./sign.ts"),
  check: () => import("./check.ts"),
  providers: async () => ({ run: async (context) => listed(context) }),
};

/** Serves agents on standard input and output, by the Model Context Protocol. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const names = TOOLS.map(({ name }) => name as string);
  const without = given.texts("without");
  if (!without.every((name) => names.includes(name)))
    throw new Failure("usage", "unknown_tool", "--without names no tool.", `One of ${names.join(", ")}.`);
  const folder = new Folder(given.text("from") ?? usualFolder(world.env));
  const serving = { context, places: placesOf(context), variables: given.texts("env"), folder };
  if (world.stdin.isTTY === true) output.note("An agent's program starts this, and talks to it. Ctrl-C ends it.");
  await serve(serving, RUNS, without);
  return { ok: true, json: undefined, lines: [] };
}

/** The whole catalogue would fill a model's context: by name and proof, and one in full. */
async function listed(context: Context): Promise<Outcome> {
  const { run } = await import("./providers.ts");
  if (context.given.arguments.length > 0) return run(context);
  const providers = catalogue()
    .map(describe)
    .map(({ name, proof }) => ({ name, proof }));
  return { ok: true, json: { providers }, lines: [] };
}
