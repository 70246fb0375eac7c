/** What holds for every command: its exit code in a pipe and at a terminal, `--json`, a full disk, no network, Ctrl-C. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier, sign } from "@countersign/core";
import { github } from "@countersign/core/providers";
import { sqliteInbox, sqliteOutbox } from "@countersign/outbox/sqlite";
import { afterAll, describe, expect, test } from "vitest";
import type { ZodType } from "zod";
import { atTerminal, countersign, ENV, FOLDER, file, SECRETS, seen, shell, start } from "./command.ts";
import * as schemas from "./schemas.ts";

afterAll(() => expect(seen()).toEqual([]));

const ESCAPE = "\u001b";
const secret = SECRETS.WEBHOOK_SECRET;
const BODY = '{"action":"opened","number":17}';
const mac = createHmac("sha256", secret).update(BODY).digest("hex");
const GITHUB = ["--provider", "github", "--secret-env", "WEBHOOK_SECRET"];

file("every.http", `POST /hooks HTTP/1.1\nHost: example.com\nX-Hub-Signature-256: sha256=${mac}\n\n${BODY}`);
file("every.json", BODY);

/** A receiver that verifies, and one path on which it never answers. */
const hanging = new Set<() => void>();
const verifier = createVerifier(github, { secret, log: false });
const server = createServer((request, response) => {
  if (request.url === "/hang") for (const tell of hanging) tell();
  else void verifier.handleIncoming(request, response, () => undefined).catch(() => response.destroy());
});
const origin = await new Promise<string>((resolve) =>
  server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
);
afterAll(() => server.close().closeAllConnections());

const config = file(
  "every.toml",
  `[webhook."audit"]\nurl = "https://hooks.invalid/stalwart"\nevents = ["auth.*"]\nsignature-key = "a-key-of-this-test"\n`,
);
const outbox = sqliteOutbox(`${FOLDER}/every.db`);
await outbox.stats();
await outbox.close();
const inbox = sqliteInbox(`${FOLDER}/every.db`);
const headers = await sign(github, { secret, body: BODY });
const keeping = createVerifier(github, { secret, inbox: inbox.route("orders"), log: false });
await keeping.respond({ method: "POST", url: "/", headers, body: BODY }, () => undefined);
await inbox.close();
// One delivery that listen kept.
const listening = start(["listen", "--port", "0", "--keep", "every-kept", ...GITHUB]);
const [url = ""] = /http:\/\/[\d.:]+/.exec(await listening.says(/http:\/\/[\d.:]+/)) ?? [];
await fetch(url, { method: "POST", body: BODY, headers });
listening.process.kill("SIGINT");
await listening.ended;

interface Row {
  readonly args: readonly string[];
  /** What it ends with, when all is well. */
  readonly code: number;
  readonly schema: ZodType;
  /** What it ends with where no connection can be made. */
  readonly offline?: number;
  /** It has no colours anywhere: what it prints is to be copied, or is a table. */
  readonly plain?: true;
}

const SQLITE = ["--sqlite", "every.db"];
const ROWS: Readonly<Record<string, Row>> = {
  verify: { args: ["every.http", ...GITHUB], code: 0, schema: schemas.verify },
  explain: { args: ["every.http", ...GITHUB], code: 0, schema: schemas.explain },
  sign: { args: ["--body", "every.json", ...GITHUB], code: 0, schema: schemas.sign, plain: true },
  send: { args: [`${origin}/hooks`, "--body", "every.json", ...GITHUB], code: 0, schema: schemas.send, offline: 4 },
  resend: { args: ["last", "--from", "every-kept", "--to", origin], code: 0, schema: schemas.resend, offline: 4 },
  attack: { args: [`${origin}/hooks`, ...GITHUB, "--patience", "2s"], code: 0, schema: schemas.attack, offline: 4 },
  check: { args: [config], code: 0, schema: schemas.check },
  // Stalwart signs otherwise than the receiver verifies: 401.
  test: { args: ["audit", "--config", config, "--to", origin], code: 1, schema: schemas.testEvent, offline: 4 },
  "explain-event": { args: ["auth.success", "--config", config], code: 0, schema: schemas.explainEvent },
  providers: { args: ["stripe"], code: 0, schema: schemas.provider },
  secret: { args: ["rotate", "--secret-env", "WEBHOOK_SECRET"], code: 0, schema: schemas.rotate },
  outbox: { args: ["stats", ...SQLITE], code: 0, schema: schemas.outboxStats, plain: true },
  inbox: { args: ["stats", ...SQLITE], code: 0, schema: schemas.outboxStats, plain: true },
  doctor: { args: ["--from", "every-kept"], code: 0, schema: schemas.doctor },
};
/** Those that run until they are ended have tests of their own: listen, mcp, inspect, outbox watch, inbox watch. */
const ENDLESS = ["listen", "mcp", "inspect"];

const all = readFileSync(new URL("../../packages/cli/README.md", import.meta.url), "utf8");
const rows = Object.entries(ROWS).map(([name, row]) => ({ name, ...row }));

test("no command is left out", async () => {
  const { stdout } = await countersign(["--help"]);
  const names = [...stdout.matchAll(/^ {2}([a-z-]+) .*? {2}\S/gm)].map(([, name]) => name);
  expect([...Object.keys(ROWS), ...ENDLESS].sort()).toEqual([...new Set(names)].sort());
  for (const name of [...Object.keys(ROWS), ...ENDLESS]) expect(all).toContain(`| \`${name}`);
});

describe.concurrent.each(rows)("$name", ({ name, args, code, schema, plain }) => {
  test("in a pipe: its exit code, no colours, nothing on standard error", async () => {
    const ended = await countersign([name, ...args]);
    expect(ended).toMatchObject({ code, stderr: "" });
    expect(ended.stdout).not.toContain(ESCAPE);
    expect(ended.stdout).not.toBe("");
  });

  test("at a terminal: the same exit code, in colours", async () => {
    const ended = await atTerminal([name, ...args]);
    expect(ended.code).toBe(code);
    expect(ended.stdout.includes(`${ESCAPE}[`)).toBe(plain !== true);
  });

  test("with --json: one line that its schema takes", async () => {
    const ended = await countersign([name, ...args, "--json"]);
    expect(ended).toMatchObject({ code, stderr: "" });
    schema.parse(JSON.parse(ended.stdout));
    expect(ended.stdout.trim().split("\n")).toHaveLength(1);
  });

  test("on a full disk: 4", async () => {
    const words = [name, ...args].map((word) => `'${word}'`).join(" ");
    for (const json of ["", "--json"]) {
      const ended = await shell(`countersign ${words} ${json} > /dev/full`);
      expect([ended.code, ended.stderr]).toEqual([4, expect.stringContaining("ENOSPC")]);
    }
  });
});

/** Loaded before the command: no name is found, and no connection is made. */
const OFFLINE = file(
  "offline.mjs",
  `import net from "node:net"; import dns from "node:dns"; import { syncBuiltinESMExports } from "node:module";
  const error = () => Object.assign(new Error("offline"), { code: "ENETUNREACH" });
  net.Socket.prototype.connect = function () { queueMicrotask(() => this.destroy(error())); return this; };
  dns.lookup = (_name, _options, done) => queueMicrotask(() => (done ?? _options)(error()));
  syncBuiltinESMExports();`,
);

describe.concurrent.each(rows)("$name without a network", ({ name, args, code, offline = code }) => {
  test(`ends with ${offline}`, async () => {
    const ended = await countersign([name, ...args, "--json"], { env: { NODE_OPTIONS: `--import ${OFFLINE}` } });
    expect([ended.code, ended.stdout]).toEqual([offline, expect.stringMatching(/^[{[]/)]);
    if (offline === 4) schemas.failure.parse(JSON.parse(ended.stdout));
  });
});

/** Loaded before the command: says when it listens for Ctrl-C, which is the system's own before that. */
const TELLS = file(
  "tells.mjs",
  `process.on("newListener", (name) => { if (name === "SIGTERM") process.stderr.write("listens"); });`,
);

/** Starts a command, and resolves once Ctrl-C is its own. */
async function started(args: readonly string[]) {
  const child = start(args, { env: { ...ENV, NODE_OPTIONS: `--import ${TELLS}` } });
  await new Promise((resolve) => child.process.stderr?.once("data", resolve));
  return child;
}

describe("Ctrl-C", () => {
  test.each<[args: string[]]>([
    [["verify", ...GITHUB]],
    [["explain", ...GITHUB]],
    [["sign", "--body", "-", ...GITHUB]],
    [["check"]],
    [["explain-event", "auth.success", "--config", "-"]],
    [["test", "audit", "--config", "-"]],
    [["send", "localhost:1", ...GITHUB]],
  ])("while it reads standard input: %j ends with 130", async (args) => {
    const child = await started(args);
    child.process.kill("SIGINT");
    expect(await child.ended).toEqual({ code: 130, stdout: "", stderr: "listens" });
  });

  test.each<[args: string[]]>([
    [["send", `${origin}/hang`, "--body", "every.json", ...GITHUB]],
    [["resend", "last", "--from", "every-kept", "--to", `${origin}/hang`]],
    [["attack", `${origin}/hang`, ...GITHUB]],
    [["test", "audit", "--config", config, "--to", `${origin}/hang`]],
    [["doctor", "--receiver", `${origin}/hang`, ...GITHUB]],
  ])("while it waits for an answer: %j ends with 130", async (args) => {
    const asked = new Promise<void>((resolve) => hanging.add(resolve));
    const child = start(args);
    await asked;
    child.process.kill("SIGINT");
    expect((await child.ended).code).toBe(130);
  });

  test("while explain computes, which nothing could interrupt", async () => {
    const large = JSON.stringify(
      Array.from({ length: 20_000 }, (_, i) => ({ sku: `A-${i}`, price: 1.5, name: "Plaça" })),
    );
    const child = await started(["explain", "--provider", "github", "--secret-env", "OTHER_SECRET"]);
    child.process.stdin?.end(`POST / HTTP/1.1\nX-Hub-Signature-256: sha256=${mac}\n\n${large}`);
    await new Promise((resolve) => child.process.stdin?.once("close", resolve));
    child.process.kill("SIGINT");
    expect(await child.ended).toEqual({ code: 130, stdout: "", stderr: expect.stringMatching(/^listens/) });
  });
});

describe("those without an end", () => {
  test("listen on a full disk says so and ends with 4", async () => {
    const { code, stderr } = await shell("countersign listen --port 0 --no-keep > /dev/full");
    expect([code, stderr]).toEqual([4, expect.stringContaining("ENOSPC")]);
  });

  test.each(["outbox", "inbox"])("%s watch on a full disk says so and ends with 4", async (name) => {
    const { code, stderr } = await shell(`countersign ${name} watch --sqlite every.db > /dev/full`);
    expect([code, stderr]).toEqual([4, expect.stringContaining("ENOSPC")]);
  });
});
