/** Programs of this machine that change requests: shells, converters, proxies. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Received, Sent } from "./case.ts";
import { arriving } from "./roads.ts";

/** System folders are not in everybody's path. */
export function find(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What a program writes when the bytes come on its standard input. */
export function piped(program: string, args: readonly string[], input: Uint8Array | string): Buffer {
  return execFileSync(find(program) ?? program, args, { input, stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 26 });
}

/** A folder of its own, gone when the work is done. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-explain-"));
  chmodSync(folder, 0o755);
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const reads = (sent: Sent, through: (port: number) => Promise<{ port: number; close(): unknown }>, url = true) =>
  arriving(
    sent,
    (got) => async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      // What code without a setting for its public URL puts together.
      const seen = `http://${req.headers.host}${req.url}`;
      got({ body: Buffer.concat(chunks), ...(url ? { url: seen } : {}) });
      res.end();
    },
    { through },
  );

/** Through a real nginx with this in its server block, `APP` for our address; the receiver composes the URL that it sees. */
export const throughNginx =
  (location: string): ((sent: Sent) => Promise<Received>) =>
  (sent) =>
    inFolder((folder) =>
      reads(sent, async (app) => {
        const port = await freePort();
        const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
          (name) => `${name}_temp_path ${folder}/${name};`,
        );
        const lines = [
          "daemon off;",
          "error_log stderr;",
          `pid ${folder}/pid;`,
          "events {}",
          "http {",
          "access_log off;",
          ...temporary,
        ];
        lines.push(
          `server { listen 127.0.0.1:${port}; ${location.replaceAll("APP", `http://127.0.0.1:${app}`)} }`,
          "}",
        );
        mkdirSync(join(folder, "logs"));
        writeFileSync(join(folder, "nginx.conf"), lines.join("\n"));
        return running(
          spawn(find("nginx") as string, ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" }),
          port,
        );
      }),
    );

/** Through a real Apache with this in its configuration, `APP` for our address. */
export const throughApache =
  (directives: string, modules: readonly string[] = []): ((sent: Sent) => Promise<Received>) =>
  (sent) =>
    inFolder((folder) =>
      reads(sent, async (app) => {
        const port = await freePort();
        const lines = [
          `ServerRoot ${folder}`,
          `PidFile ${folder}/pid`,
          `DefaultRuntimeDir ${folder}`,
          "ServerName localhost",
          "ErrorLog /dev/null",
        ];
        for (const name of ["mpm_event", "authz_core", "proxy", "proxy_http", ...modules]) {
          lines.push(`LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
        }
        lines.push(`Listen 127.0.0.1:${port}`, directives.replaceAll("APP", `http://127.0.0.1:${app}`));
        mkdirSync(join(folder, "logs"));
        writeFileSync(join(folder, "apache.conf"), lines.join("\n"));
        return running(
          spawn(find("apache2") as string, ["-DFOREGROUND", "-f", join(folder, "apache.conf")], { stdio: "ignore" }),
          port,
        );
      }),
    );

/** Sent by a real curl with these arguments, `URL` for the address; headers are the sender's. */
export const byCurl =
  (args: readonly string[], input?: (sent: Sent) => Uint8Array): ((sent: Sent) => Promise<Received>) =>
  (sent) =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, "body.json"), sent.body);
      const lines = Object.entries(sent.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
      return arrivingFrom(sent, (port) => {
        const curl = spawn(find("curl") as string, ["-s", ...lines, ...args, `http://127.0.0.1:${port}/hooks/in`], {
          cwd: folder,
        });
        curl.stdin.end(input?.(sent));
        return once(curl, "close");
      });
    });

async function arrivingFrom(sent: Sent, call: (port: number) => Promise<unknown>): Promise<Received> {
  return arriving(
    sent,
    (got) => async (req, res) => {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk as Buffer);
      if (req.headers["user-agent"]?.startsWith("curl") === true)
        got({ body: Buffer.concat(chunks), headers: req.headers });
      res.end();
    },
    {
      through: async (port) => {
        await call(port);
        return { port, close: () => undefined };
      },
    },
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function running(child: ChildProcess, port: number): Promise<{ port: number; close(): Promise<unknown> }> {
  for (let i = 0; i < 400 && child.exitCode === null; i++) {
    const socket = connect(port, "127.0.0.1");
    const connected = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) {
      const exited = once(child, "exit");
      return {
        port,
        close: () => {
          child.kill("SIGTERM");
          return exited;
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The proxy does not listen.");
}

/** Through a real Caddy with this as its site, `APP` for our address. */
export const throughCaddy =
  (site: string): ((sent: Sent) => Promise<Received>) =>
  (sent) =>
    inFolder((folder) =>
      reads(sent, async (app) => {
        const port = await freePort();
        const lines = ["{", "admin off", "auto_https off", "}", `http://:${port} {`, "bind 127.0.0.1"];
        const own = site.replaceAll("APP", `127.0.0.1:${app}`);
        writeFileSync(join(folder, "Caddyfile"), [...lines, own, "}", ""].join("\n"));
        const args = ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")];
        const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
        return running(spawn(find("caddy") as string, args, { env, stdio: "ignore" }), port);
      }),
    );
