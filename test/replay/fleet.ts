import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import type { SignedRequest } from "@countersign/core/testing";
import { build } from "esbuild";
import { type Agent, request } from "undici";
import type { Serve, Told } from "./machine.ts";
import type { Orders } from "./siege/worker.ts";
import { pause } from "./until.ts";

/** Where what a test makes is found by Node with the packages of this workspace, and not by git. */
const BUNDLES = fileURLToPath(new URL("../node_modules/.cache", import.meta.url));
const FRAMEWORKS = [
  "express",
  "fastify",
  "fastify-plugin",
  "hono",
  "@hono/node-server",
  "ioredis",
  "pg",
  "postgres",
  "redis",
  "undici",
];

/** A machine's program in one file: ten processes that each translate every module would take longer than the test. */
export async function bundleMachine(source = "machine.ts"): Promise<{ readonly file: string; remove(): void }> {
  const folder = join(BUNDLES, `${parse(source).name}-${process.pid}`);
  await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    external: FRAMEWORKS,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    logLevel: "error",
  });
  return {
    file: join(folder, `${parse(source).name}.mjs`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A machine in another process. */
export class Machine {
  readonly child: ChildProcess;
  private port = 0;
  private readonly told: Told[] = [];
  private readonly listening = new Set<() => void>();

  constructor(program: string) {
    this.child = fork(program, { execArgv: [] });
    this.child.on("message", (message: Told) => {
      this.told.push(message);
      for (const listener of this.listening) listener();
    });
  }

  async serve(serve: Serve | Orders): Promise<void> {
    const serving = this.next("serving");
    this.child.send(serve);
    this.port = (await serving).serving;
  }

  async report(): Promise<Extract<Told, { handled: unknown }>> {
    const report = this.next("handled");
    this.child.send("report");
    return report;
  }

  /** The next message of a kind. */
  async next<Kind extends "serving" | "holds" | "handled" | "closing" | "closed">(
    kind: Kind,
  ): Promise<Extract<Told, Record<Kind, unknown>>> {
    for (;;) {
      const at = this.told.findIndex((message) => kind in message);
      if (at !== -1) return this.told.splice(at, 1)[0] as Extract<Told, Record<Kind, unknown>>;
      if (this.child.exitCode !== null) throw new Error(`A machine ended before it said "${kind}".`);
      await new Promise<void>((resolve, reject) => {
        const ended = () => reject(new Error(`A machine ended before it said "${kind}".`));
        const heard = () => {
          this.listening.delete(heard);
          this.child.removeListener("exit", ended);
          resolve();
        };
        this.listening.add(heard);
        this.child.once("exit", ended);
      });
    }
  }

  async post({ headers, body }: SignedRequest, dispatcher: Agent): Promise<number> {
    const answer = await request(`http://127.0.0.1:${this.port}/hook`, { method: "POST", headers, body, dispatcher });
    await answer.body.dump();
    return answer.statusCode;
  }

  /** Ends it as a crash does. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exited;
  }
}

/** Sends until it is answered 2xx, waiting longer each time, as a provider does; answers how often it came again. */
export async function insist(send: () => Promise<number>, first = 10, longest = 200): Promise<number> {
  let wait = first;
  for (let again = 0; again < 300; again++) {
    const status = await send();
    if (status < 300) return again;
    if (status !== 503) throw new Error(`The answer was ${status}.`);
    await pause(wait);
    wait = Math.min(wait * 2, longest);
  }
  throw new Error("300 tries, and never a 2xx.");
}
