import { type ChildProcess, fork } from "node:child_process";
import net from "node:net";
import { fileURLToPath } from "node:url";
import type { Framework, Kind } from "./server.ts";

/** A server of the bench, in its own process. */
export class BenchServer {
  readonly port: number;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
  }

  static async start(framework: Framework, kind: Kind): Promise<BenchServer> {
    const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [framework, kind], {
      execArgv: ["--import", "tsx"],
    });
    const { port } = (await answer(child)) as { port: number };
    return new BenchServer(child, port);
  }

  /** CPU microseconds that the server used while `work` ran, and its longest stall in milliseconds, its memory at the highest in MiB. */
  async during(
    work: () => Promise<number>,
  ): Promise<{ readonly cpu: number; readonly stall: number; readonly peak: number; readonly done: number }> {
    this.child.send("start");
    await answer(this.child);
    const done = await work();
    this.child.send("stop");
    return { ...((await answer(this.child)) as { cpu: number; stall: number; peak: number }), done };
  }

  stop(): void {
    this.child.disconnect();
  }
}

/** The next message of a child process. */
export function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error("the server of the bench ended"));
    child.once("exit", ended);
    child.once("message", (message) => {
      child.removeListener("exit", ended);
      resolve(message);
    });
  });
}

/** Posts the same bytes, or each time other ones, over kept connections until the time is over; answers how many were answered 200. */
export async function hammer(
  port: number,
  request: Buffer | (() => Buffer),
  connections: number,
  milliseconds: number,
): Promise<number> {
  const end = Date.now() + milliseconds;
  const next = typeof request === "function" ? request : () => request;
  let done = 0;
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
          let held = "";
          socket.on("connect", () => socket.write(next()));
          socket.on("error", reject);
          socket.on("data", (chunk: Buffer) => {
            held += chunk.toString("latin1");
            const head = held.indexOf("\r\n\r\n");
            if (head === -1) return;
            const length = /\r\ncontent-length: (\d+)/i.exec(held);
            if (length === null ? !held.includes("\r\n0\r\n\r\n") : held.length < head + 4 + Number(length[1])) return;
            if (!held.startsWith("HTTP/1.1 200"))
              return void reject(new Error(`the server answered ${held.slice(0, 200)}`));
            held = "";
            done++;
            if (Date.now() < end) socket.write(next());
            else {
              socket.destroy();
              resolve();
            }
          });
        }),
    ),
  );
  return done;
}
