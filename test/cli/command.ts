/** The command as a process: bundled once for each file of tests, then run by plain Node. */
import { execFile, type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, vi } from "vitest";
import { ROOT } from "../packed/pack.ts";

// Each test starts processes, on a machine that does other things too.
vi.setConfig({ testTimeout: 30_000 });

const CLI = join(ROOT, "packages", "cli");
const home = mkdtempSync(join(tmpdir(), "countersign-cli-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

// A package of CommonJS inside a bundle of modules asks for require().
const banner =
  'import { createRequire as _createRequire } from "node:module"; const require = _createRequire(import.meta.url);';
mkdirSync(join(home, "dist"));
await build({
  entryPoints: [join(CLI, "src", "bin.ts")],
  outdir: join(home, "dist"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  banner: { js: banner },
  external: ["@modelcontextprotocol/server", "libsql", "pg", "redis"],
  logLevel: "error",
});
await build({
  entryPoints: [join(CLI, "src", "preload.ts")],
  outdir: join(home, "dist"),
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "error",
});
await build({
  entryPoints: ["app.tsx", "css/app.css"].map((file) => ({ in: join(CLI, "src", "browser", file), out: "app" })),
  outdir: join(home, "dist", "browser"),
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "error",
});
symlinkSync(join(CLI, "node_modules"), join(home, "node_modules"));
writeFileSync(join(home, "package.json"), readFileSync(join(CLI, "package.json")));

/** The file that Node runs. */
export const BIN = join(home, "dist", "bin.mjs");
/** For files of the tests; removed with the process. */
export const FOLDER = join(home, "files");
mkdirSync(FOLDER);

/** What a process left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Every secret of these tests: `seen` finds them wherever they were printed. */
export const SECRETS = {
  WEBHOOK_SECRET: "correct-horse-battery-staple",
  OTHER_SECRET: "another-secret-of-another-endpoint",
  STANDARD_SECRET: `whsec_${Buffer.from("standard-webhooks-secret-bytes!!").toString("base64")}`,
} as const;

/** All that processes of this file have printed. */
export const printed: string[] = [];

/** What of our secrets was printed, in any spelling. */
export function seen(): string[] {
  const all = printed.join("\n");
  return Object.values(SECRETS).filter((secret) => {
    const bytes = Buffer.from(secret);
    const behind = secret.replace(/^whsec_/, "");
    return [secret, behind, bytes.toString("hex"), bytes.toString("base64"), encodeURIComponent(secret)].some((one) =>
      all.includes(one),
    );
  });
}

const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(CI|NODE_|FORCE_COLOR|NO_COLOR|VITEST|npm_)/.test(name)),
);
export const ENV = { ...clean, ...SECRETS, XDG_STATE_HOME: join(home, "state"), TZ: "UTC" };

/** Runs it to its end. */
export function countersign(
  args: readonly string[],
  { input, env = {}, cwd = FOLDER }: RunOptions = {},
): Promise<Ended> {
  const child = start(args, { env: { ...ENV, ...env }, cwd });
  child.process.stdin?.on("error", () => {});
  child.process.stdin?.end(input ?? "");
  return child.ended;
}

/** Runs it in the background; `first` is a line of bash that the process inherits, such as `ulimit`. */
export function start(args: readonly string[], options: SpawnOptions = {}, first = "") {
  const plain = [process.execPath, BIN, ...args];
  const [program = "", ...rest] = first === "" ? plain : ["bash", "-c", `${first}; exec "$@"`, "bash", ...plain];
  const child = spawn(program, rest, { cwd: FOLDER, env: ENV, ...options });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => (stdout += chunk));
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      printed.push(stdout, stderr);
      resolve({ code, stdout, stderr });
    });
  });
  /** Resolves once standard output has this. */
  const says = (what: string | RegExp, limit = 10_000) =>
    new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`It never said ${what}, but: ${stdout}\n${stderr}`)), limit);
      const look = () => {
        if (typeof what === "string" ? !stdout.includes(what) : !what.test(stdout)) return;
        clearTimeout(timer);
        child.stdout?.off("data", look);
        resolve(stdout);
      };
      child.stdout?.on("data", look);
      look();
    });
  return { process: child, ended, says, said: () => stdout };
}

/** Runs a line of bash that has the command as `countersign`. */
export function shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const script = `countersign() { ${JSON.stringify(process.execPath)} ${JSON.stringify(BIN)} "$@"; }\n${line}`;
  return new Promise((resolve) => {
    execFile("bash", ["-c", script], { cwd: FOLDER, env: { ...ENV, ...env } }, (error, stdout, stderr) => {
      printed.push(stdout, stderr);
      resolve({ code: error === null ? 0 : ((error.code as unknown as number) ?? null), stdout, stderr });
    });
  });
}

/** Runs it at a terminal: `script` gives it a pseudo-terminal for all three streams. */
export function atTerminal(
  args: readonly string[],
  typed = "",
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const quoted = [process.execPath, BIN, ...args].map((one) => `'${one.replaceAll("'", "'\\''")}'`).join(" ");
  return new Promise((resolve) => {
    const child = spawn("script", ["-qec", `stty cols 100; ${quoted}`, "/dev/null"], {
      cwd: FOLDER,
      env: { ...ENV, TERM: "xterm", ...env },
    });
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      // What is typed before the prompt is there is lost.
      if (typed !== "" && stdout.includes("The secret")) {
        child.stdin.write(typed);
        typed = "";
      }
    });
    child.on("close", (code) => {
      printed.push(stdout);
      resolve({ code, stdout, stderr: "" });
    });
  });
}

export function file(name: string, content: string | Uint8Array): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

/** A port on which nobody listens. */
export function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
