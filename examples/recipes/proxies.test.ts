/** Each proxy that this machine has: its own check of the configuration, then real requests through it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createVerifier } from "@countersign/core";
import { square } from "@countersign/core/providers";
import { type SignedRequest, signedRequest } from "@countersign/core/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen, sendTo, tampered } from "./testing.ts";

interface Proxy {
  readonly file: string;
  /** The package that brings the program. */
  readonly debian: string;
  /** What the file needs around it to run in a folder of its own. */
  readonly wrap?: (text: string, folder: string) => string;
  readonly check: (file: string) => readonly string[];
  readonly run: (file: string) => readonly string[];
}

const MODULES = "/usr/lib/apache2/modules";
const apacheModules = ["mpm_event", "authz_core", "proxy", "proxy_http"];

const proxies: Readonly<Record<string, Proxy>> = {
  nginx: {
    file: "nginx.conf",
    debian: "nginx-light",
    wrap: (text, folder) => {
      const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      );
      const inHttp = ["access_log off;", ...temporary].join("\n");
      return `daemon off;\nerror_log stderr;\npid ${folder}/pid;\n${text.replace("http {", `http {\n${inHttp}`)}`;
    },
    check: (file) => ["-t", "-c", file],
    run: (file) => ["-c", file],
  },
  apache2: {
    file: "apache.conf",
    debian: "apache2-bin",
    wrap: (text, folder) =>
      [
        `ServerRoot ${folder}`,
        `PidFile ${folder}/pid`,
        `DefaultRuntimeDir ${folder}`,
        "ServerName localhost",
        "ErrorLog /dev/stderr",
        ...apacheModules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
        text,
      ].join("\n"),
    check: (file) => ["-t", "-f", file],
    run: (file) => ["-DFOREGROUND", "-f", file],
  },
  caddy: {
    file: "Caddyfile",
    debian: "caddy",
    check: (file) => ["validate", "--adapter", "caddyfile", "--config", file],
    run: (file) => ["run", "--adapter", "caddyfile", "--config", file],
  },
  haproxy: {
    file: "haproxy.cfg",
    debian: "haproxy",
    check: (file) => ["-c", "-f", file],
    run: (file) => ["-db", "-f", file],
  },
};

/** System folders are not in everybody's path. */
function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The recipe with other ports, in a folder that is gone when the test is over. */
async function prepare({ file, wrap = (text) => text }: Proxy, app: string) {
  const folder = mkdtempSync(join(tmpdir(), "countersign-proxy-"));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "logs"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  const own = text.replaceAll("8080", String(port)).replaceAll("127.0.0.1:3000", new URL(app).host);
  const path = join(folder, file);
  writeFileSync(path, wrap(own, folder));
  return { path, port, env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder } };
}

async function listening(port: number, proxy: ChildProcess): Promise<void> {
  for (let i = 0; i < 200 && proxy.exitCode === null; i++) {
    const socket = net.connect(port, "127.0.0.1");
    const connected = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The proxy does not listen.");
}

/** An app behind the prefix, for a provider that signs the URL which it calls. */
const secret = "a secret of the tests";
const publicUrl = "https://example.com/api";
const verifier = createVerifier(square, { secret, publicUrl });
const genuine = (note: string): Promise<SignedRequest> =>
  signedRequest(square, {
    secret,
    url: `${publicUrl}/hooks/square`,
    body: JSON.stringify({ type: "invoice.paid", note }),
  });

/**
 * The status of a request whose body is sent only when it is asked for (RFC 9110, 10.1.1): who refuses by the head closes
 * the connection, and a body on its way would lose the answer.
 */
function statusBeforeBody(origin: string, { url, method, headers, body }: SignedRequest): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(new URL(url).pathname, origin), {
      method,
      headers: { ...headers, "content-length": body.length, expect: "100-continue" },
    });
    sent.on("continue", () => sent.end(body));
    sent.on("response", (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.flushHeaders();
  });
}

describe.each(Object.entries(proxies))("%s", (name, proxy) => {
  const program = find(name);
  const missing = `${proxy.file} cannot be tried: ${name} is not installed (Debian: ${proxy.debian}).`;
  const leftOut = program === undefined && process.env.CI !== "true";
  if (leftOut) console.warn(`Left out: ${missing}`);

  it.skipIf(leftOut)(
    "accepts the recipe, and passes on what was signed",
    async () => {
      if (program === undefined) throw new Error(missing);
      const handled: string[] = [];
      const app = createServer((req, res) => {
        verifier
          .handleIncoming(req, res, ({ payload }) => void handled.push(String(payload.type)))
          .catch(() => undefined);
      });
      const { path, port, env } = await prepare(proxy, await listen(app));
      execFileSync(program, proxy.check(path), { env, stdio: "pipe" });

      const child = spawn(program, proxy.run(path), { env, stdio: "ignore" });
      onTestFinished(async () => {
        if (child.exitCode !== null) return;
        child.kill("SIGTERM");
        await once(child, "exit");
      });
      await listening(port, child);

      const origin = `http://127.0.0.1:${port}`;
      const small = await genuine("Zürich");
      expect((await sendTo(origin, small)).status).toBe(204);
      expect((await sendTo(origin, await genuine("x".repeat(900_000)))).status).toBe(204);
      expect(handled).toEqual(["invoice.paid", "invoice.paid"]);
      expect((await sendTo(origin, tampered(small))).status).toBe(401);
      expect((await sendTo(origin, { ...small, headers: {} })).status).toBe(401);
      expect(await statusBeforeBody(origin, await genuine("x".repeat(1_100_000)))).toBe(413);
      expect(handled).toHaveLength(2);
    },
    30_000,
  );
});
