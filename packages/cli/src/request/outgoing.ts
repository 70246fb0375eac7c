import type { Provider } from "@countersign/core";
import type { Context } from "../command-line/command.ts";
import { readUrl } from "../network/origin.ts";
import { Failure } from "../terminal/failure.ts";
import { openRequest } from "./open.ts";
import { type SavedRequest, saved } from "./saved.ts";
import { readInput } from "./source.ts";

/**
 * The request to sign: a saved one, or a body by itself for `--url`.
 *
 * @throws Failure
 */
export async function openOutgoing(context: Context, provider: Provider<any>): Promise<SavedRequest> {
  const { given, output, world } = context;
  const path = given.text("body");
  if (path === undefined) return withUrl(await openRequest(context), given.text("url"));
  if (given.arguments.length > 0) {
    throw new Failure("usage", "two_bodies", "A saved request and --body are both given.", "Give one of them.");
  }
  const method = given.text("method") ?? provider.methods?.[0] ?? "POST";
  const body = await readInput(path, world, output);
  return withUrl(saved({ method, url: "", headers: [], body, form: "a body" }), given.text("url"));
}

function withUrl(request: SavedRequest, url: string | undefined): SavedRequest {
  return url === undefined ? request : { ...request, url: readUrl(url, "--url").href };
}
