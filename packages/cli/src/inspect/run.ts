import { spawn } from "node:child_process";
import { Failure } from "../terminal/failure.ts";

/** How an application ended. */
export interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
}

/** How long an application has to end of its own accord, in milliseconds. */
const PATIENCE = 5_000;

/**
 * Runs the application with its verifiers announced, at this terminal, until it ends or Ctrl-C was pressed.
 *
 * @throws Failure where there is no such program
 */
export function runInspected(
  [program = "", ...args]: readonly string[],
  preload: URL,
  ingest: string,
  env: Readonly<Record<string, string | undefined>>,
  interrupted: AbortSignal,
): Promise<Ran> {
  const options = [env.NODE_OPTIONS, `--import=${preload.href}`].filter(Boolean).join(" ");
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: "inherit",
      env: { ...env, NODE_OPTIONS: options, COUNTERSIGN_INSPECT: ingest },
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Failure(
          "input",
          "no_program",
          `That command cannot be run (${error.code ?? "ERR"}).`,
          "countersign inspect -- node server.js",
        ),
      ),
    );
    child.once("exit", (code, signal) => resolve({ code, signal }));
    interrupted.addEventListener(
      "abort",
      () => {
        child.kill("SIGINT");
        setTimeout(() => child.kill("SIGKILL"), PATIENCE).unref();
      },
      { once: true },
    );
  });
}
