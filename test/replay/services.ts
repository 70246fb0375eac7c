import net from "node:net";

export const REDIS_URL = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";
export const DATABASE_URL = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";

/**
 * Whether a service answers. Where it does not, its tests are left out with a line that says so; in CI that is a
 * failure, because a test that does not run shows nothing.
 */
export async function available(name: string, url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const answers = await new Promise<boolean>((resolve) => {
    const socket = net.connect({ host: hostname, port: Number(port) || (name === "Redis" ? 6379 : 5432) });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
  if (!answers) {
    const line = `${name} does not answer at ${hostname}:${port}; set ${name === "Redis" ? "REDIS_URL" : "DATABASE_URL"}.`;
    if (process.env["CI"] === "true") throw new Error(line);
    console.warn(`Left out: ${line}`);
  }
  return answers;
}
