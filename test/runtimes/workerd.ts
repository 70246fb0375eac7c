import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface Worker {
  readonly url: string;
  stop(): Promise<void>;
}

/** A class of Durable Objects that the bundle exports, and the name under which the Worker finds it. */
export interface DurableObject {
  readonly binding: string;
  readonly className: string;
}

/** No `nodejs_compat`: a Worker that asked for `node:crypto` would not start. */
function config(file: string, secrets: Readonly<Record<string, string>>, object?: DurableObject): string {
  const bindings = Object.entries(secrets).map(
    ([name, text]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`,
  );
  if (object !== undefined) {
    bindings.push(
      `(name = ${JSON.stringify(object.binding)}, durableObjectNamespace = ${JSON.stringify(object.className)})`,
    );
  }
  const storage =
    object === undefined
      ? ""
      : `durableObjectNamespaces = [(className = ${JSON.stringify(object.className)}, uniqueKey = "test")],
  durableObjectStorage = (inMemory = void),`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed ${JSON.stringify(basename(file))})],
  compatibilityDate = "2025-06-01",
  ${storage}
  bindings = [${bindings.join(", ")}],
);
`;
}

/** Serves a bundle on a free port of the loopback interface. */
export async function serve(
  binary: string,
  file: string,
  secrets: Readonly<Record<string, string>>,
  object?: DurableObject,
): Promise<Worker> {
  const capnp = join(dirname(file), `${basename(file)}.capnp`);
  writeFileSync(capnp, config(file, secrets, object));
  // Descriptor 3 is where workerd says which port it was given.
  const child = spawn(binary, ["serve", "--control-fd=3", capnp], { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const exited = once(child, "exit");
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdio[3] as Readable }).on("line", (line) => {
      const message = JSON.parse(line) as { event: string; port?: number };
      if (message.event === "listen" && message.port !== undefined) resolve(message.port);
    });
    void exited.then(() => reject(new Error(`workerd ended before it listened: ${said}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
