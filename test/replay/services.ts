import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { until } from "./until.ts";

export const REDIS_URL = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";
export const DATABASE_URL = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";

/**
 * Whether a service answers. Where it does not, its tests are left out with a line that says so; in CI that is a
 * failure, because a test that does not run shows nothing.
 */
export async function available(name: string, url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const at = Number(port) || (name === "Redis" ? 6379 : 5432);
  if (await answers(hostname, at)) return true;
  return leaveOut(
    `${name} does not answer at ${hostname}:${at}; set ${name === "Redis" ? "REDIS_URL" : "DATABASE_URL"}.`,
  );
}

function leaveOut(line: string): false {
  if (process.env["CI"] === "true") throw new Error(line);
  console.warn(`Left out: ${line}`);
  return false;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const socket = net.connect({ host, port });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}

/** A service of the test's own, which it may stop. */
export interface OwnService {
  readonly url: string;
  start(): Promise<void>;
  /** In good order. */
  stop(): Promise<void>;
  /** As a crash ends it. */
  crash(): Promise<void>;
  /** It keeps its connections, takes new ones and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Ends it and takes what it left. */
  destroy(): Promise<void>;
}

const REDIS_SERVER = program("redis-server");
const INITDB = program("initdb");
const POSTGRES = program("postgres");

/** Whether this machine has what `ownRedis` starts. */
export function hasOwnRedis(): boolean {
  return REDIS_SERVER !== undefined || leaveOut("redis-server is not in PATH, so no test can stop a Redis.");
}

/** Whether this machine has what `ownPostgres` starts. */
export function hasOwnPostgres(): boolean {
  if (INITDB === undefined || POSTGRES === undefined)
    return leaveOut(
      "initdb and postgres are neither in PATH nor where pg_config says, so no test can stop a PostgreSQL.",
    );
  return unprivileged() !== null || leaveOut("initdb refuses to run as root, and there is no user postgres or nobody.");
}

/** Where a program is: in PATH, else where PostgreSQL says that its own are. */
function program(name: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  try {
    folders.push(
      execFileSync("pg_config", ["--bindir"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim(),
    );
  } catch {
    // Without pg_config, PATH is all there is.
  }
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Who runs PostgreSQL: we do, or somebody else where we are root; null where there is nobody. */
function unprivileged(): { uid: number; gid: number } | undefined | null {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ["postgres", "nobody"]) {
    const id = (flag: string) =>
      Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
    try {
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // The next one.
    }
  }
  return null;
}

/**
 * A Redis of our own.
 *
 * @param persistent writes each change to disk before it is acknowledged; else it forgets everything when it ends
 * @param more other settings of its own
 */
export async function ownRedis(
  persistent: boolean,
  cluster = false,
  more: Readonly<Record<string, string>> = {},
): Promise<OwnService> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-redis-"));
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: persistent ? "yes" : "no",
    appendfsync: "always",
    "cluster-enabled": cluster ? "yes" : "no",
    // A node that has met no other does not know its own address, which ioredis asks it for.
    ...more,
    ...(cluster ? { "cluster-announce-ip": "127.0.0.1", "cluster-port": String(await freePort()) } : {}),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const run = () => spawn(REDIS_SERVER as string, args, { stdio: "ignore" });
  const own = owned(folder, run, () => answers("127.0.0.1", port), { stop: "SIGTERM", crash: "SIGKILL" });
  await own.start();
  return { ...own, url: `redis://127.0.0.1:${port}` };
}

/** A PostgreSQL of our own, as `initdb` makes it. */
export async function ownPostgres(): Promise<OwnService> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-postgres-"));
  const user = unprivileged() ?? undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  execFileSync(INITDB as string, ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync"], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const port = await freePort();
  const args = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  // It takes connections before it takes queries, while it recovers.
  const ready = async () => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
    client.on("error", () => {});
    const connected = client.connect().then(
      () => true,
      () => false,
    );
    return (await connected) && client.end().then(() => true);
  };
  const run = () => spawn(POSTGRES as string, args, { ...user, cwd: folder, stdio: "ignore" });
  // SIGQUIT is the crash of a cluster: SIGKILL would leave its backends behind.
  const own = owned(folder, run, ready, { stop: "SIGINT", crash: "SIGQUIT" });
  await own.start();
  return { ...own, url };
}

function owned(
  folder: string,
  run: () => ChildProcess,
  ready: () => Promise<boolean>,
  signals: { readonly stop: NodeJS.Signals; readonly crash: NodeJS.Signals },
): Omit<OwnService, "url"> {
  let child: ChildProcess | undefined;
  const atExit = () => void signal("SIGKILL");

  function signal(name: NodeJS.Signals): void {
    if (child?.pid === undefined) return;
    for (const pid of [child.pid, ...childrenOf(child.pid)]) {
      try {
        process.kill(pid, name);
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  async function end(name: NodeJS.Signals): Promise<void> {
    if (child === undefined) return;
    const ended = child;
    child = undefined;
    if (ended.exitCode !== null || ended.signalCode !== null) return;
    const exited = once(ended, "exit");
    ended.kill(name);
    await exited;
  }

  process.once("exit", atExit);
  return {
    async start() {
      child = run();
      child.on("error", () => {});
      await until("a service of the test's own answers", ready);
    },
    stop: () => end(signals.stop),
    crash: () => end(signals.crash),
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    async destroy() {
      signal("SIGCONT");
      await end(signals.crash);
      process.removeListener("exit", atExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL has a process per connection, each in a session of its own, so that no group of processes holds them all. */
function childrenOf(pid: number): number[] {
  try {
    return execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
      .split("\n")
      .map(Number)
      .filter((child) => child > 0);
  } catch {
    // ps fails when there are none.
    return [];
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
