import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { answer } from "./load.ts";
import type { Side } from "./sending.ts";

/** Starts one side of the sender's bench, and gives back the first that it says. */
export async function start(
  side: Side,
  port?: number,
): Promise<{ readonly child: ChildProcess; readonly first: unknown }> {
  const child = fork(fileURLToPath(new URL("sending.ts", import.meta.url)), [side, String(port ?? "")], {
    execArgv: ["--import", "tsx"],
  });
  return { child, first: await answer(child) };
}
