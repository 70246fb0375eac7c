import { createReadStream } from "node:fs";
import type { World } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";

/** What is read at most: a request of 16 MiB as base64 in JSON, and room. */
export const INPUT_LIMIT = 32 * 1_048_576;

/**
 * The bytes of a file, or of standard input for `-`.
 *
 * @throws Failure
 */
export async function readInput(path: string, world: World, output: { note(text: string): void }): Promise<Uint8Array> {
  if (path === "-" && world.stdin.isTTY === true) output.note("Paste the request, then press Ctrl-D.");
  const stream = path === "-" ? world.stdin : createReadStream(path);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > INPUT_LIMIT)
        throw new Failure(
          "input",
          "input_too_large",
          `It is larger than ${INPUT_LIMIT >> 20} MiB.`,
          "Save one request alone.",
        );
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code = "ERR" } = error as NodeJS.ErrnoException;
    const said = code === "ENOENT" ? "There is no such file." : `The file cannot be read (${code}).`;
    throw new Failure("input", "unreadable_file", said, "Give the path of a file, or - for standard input.");
  }
  return Buffer.concat(chunks);
}
