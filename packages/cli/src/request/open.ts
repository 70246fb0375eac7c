import type { Context } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";
import { readSaved } from "./read.ts";
import { type SavedRequest, Unreadable } from "./saved.ts";
import { readInput } from "./source.ts";

/**
 * The saved request that the first argument names, with what the options say better.
 *
 * @throws Failure
 */
export async function openRequest({ given, output, world }: Context): Promise<SavedRequest> {
  const [path = "-"] = given.arguments;
  const bytes = await readInput(path, world, output);
  const entry = given.text("entry");
  if (entry !== undefined && !/^[1-9]\d{0,6}$/.test(entry)) {
    throw new Failure("usage", "invalid_entry", "--entry takes a whole number from 1 on.");
  }
  try {
    const request = readSaved(bytes, entry === undefined ? undefined : Number(entry));
    const method = (given.text("method") ?? request.method).toUpperCase();
    return { ...request, method, url: given.text("url") ?? request.url };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Failure(
      "input",
      "unreadable_request",
      `This is no request that can be read: ${error.message}`,
      "It may be raw HTTP, a curl command, a HAR file, JSON of headers and body, an event of AWS or a dump of Express.",
    );
  }
}
