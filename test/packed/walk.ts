/** A stranger's walk: the commands of the root README's "Try it", pasted one by one into an empty folder. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./pack.ts";

const run = promisify(execFile);

/** The shell blocks under a heading, as they would be pasted. */
export function shellBlocks(markdown: string, heading: string): string[] {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);
}

/** The commands with the tarballs in place of the names on the registry, and with another port. */
export function localized(block: string, tarballs: ReadonlyMap<string, string>, port: number): string {
  const installed = block.replace(/^npm install .*$/gm, (line) =>
    line.replace(/@countersign\/[\w-]+/g, (name) => {
      const tarball = tarballs.get(name);
      assert.ok(tarball, `the README installs ${name}, which is not packed`);
      return `"${tarball}"`;
    }),
  );
  return installed.replace(/\b3000\b/g, String(port));
}

/** What each command of a block promises: the comment behind it. */
export function promises(block: string): string[] {
  return [...block.matchAll(/ {2,}# (HTTP\/.+)$/gm)].map((match) => match[1] as string);
}

/** Goes the walk in a new folder; throws when a command fails or answers anything but what the README says. */
export async function walk(folder: string, tarballs: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv) {
  const [setUp = "", requests = ""] = shellBlocks(readFileSync(join(ROOT, "README.md"), "utf8"), "Try it");
  const promised = promises(requests);
  assert.deepEqual(
    promised.map((line) => line.split(" ")[1]),
    ["204", "401"],
    "the README shows one request that is accepted and one that is refused",
  );
  mkdirSync(folder);
  const port = await freePort();
  // In a group of its own, so that what it leaves in the background can be ended with it.
  const shell = spawn("bash", ["-e"], { cwd: folder, env, detached: true });
  let said = "";
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (chunk) => (said += chunk));
  // The receiver lives as long as the terminal it was started from.
  shell.stdin.end(`${localized(setUp, tarballs, port)}\nwait\n`);
  try {
    await listening(port, shell, () => said);
    const { stdout } = await run("bash", ["-ec", localized(requests, tarballs, port)], { cwd: folder, env });
    const answered = stdout.split(/\r?\n/).filter((line) => line.startsWith("HTTP/"));
    assert.deepEqual(answered, promised);
    assert.match(said, /verified \{ order: 17 \}/);
    assert.match(said, /signature_mismatch/);
    assert.doesNotMatch(said, /order: 18/);
  } finally {
    if (shell.exitCode === null) {
      process.kill(-(shell.pid as number), "SIGTERM");
      await once(shell, "exit");
    }
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  return port;
}

async function listening(port: number, shell: { readonly exitCode: number | null }, said: () => string): Promise<void> {
  const end = Date.now() + 120_000;
  while (Date.now() < end && shell.exitCode === null) {
    if (await connects(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The README's receiver does not listen.\n${said()}`);
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "localhost");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
