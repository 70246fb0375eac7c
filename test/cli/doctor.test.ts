import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sqliteOutbox } from "@countersign/outbox/sqlite";
import express from "express";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasOwnRedis, type OwnService, ownRedis } from "../replay/services.ts";
import { closedPort, countersign, FOLDER, file, SECRETS, seen, start } from "./command.ts";
import * as schemas from "./schemas.ts";

afterAll(() => expect(seen()).toEqual([]));

const secret = SECRETS.WEBHOOK_SECRET;
const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});
function serve(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener as never);
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
}

async function doctor(...args: string[]) {
  const { code, stdout } = await countersign(["doctor", "--json", ...args]);
  const { ok, checks } = schemas.doctor.parse(JSON.parse(stdout));
  expect(code).toBe(ok ? 0 : 1);
  return {
    code,
    checks,
    wrong: checks.filter(({ state }) => state === "wrong").map(({ name }) => name),
    of: (name: string) => checks.find((one) => one.name === name),
  };
}

/** A receiver that keeps one signed delivery in a folder. */
async function keep(folder: string, headers: Record<string, string>, body = "{}", ...args: string[]) {
  const child = start(["listen", "--port", "0", "--keep", folder, "--secret-env", "WEBHOOK_SECRET", ...args]);
  const said = await child.says(/http:\/\/[\d.:]+/);
  await fetch(/http:\/\/[\d.:]+/.exec(said)?.[0] ?? "", { method: "POST", body, headers });
  child.process.kill("SIGINT");
  await child.ended;
}

describe("doctor", () => {
  test("looks at this machine, and says what it could not compare", async () => {
    const { code, checks, of } = await doctor("--from", "nothing-kept");
    expect([code, checks.map(({ name }) => name)]).toEqual([0, ["node", "clock", "kept", "proxy"]]);
    expect(of("clock")?.says).toContain("not compared");
    const plain = await countersign(["doctor", "--from", "/dev/null/x"], {
      env: { HTTPS_PROXY: "http://user:pass@proxy.example.com" },
    });
    expect(plain.code).toBe(1);
    expect(plain.stdout).toMatch(/^ok {5}node: Node \d+/);
    expect(plain.stdout).toMatch(/WRONG {2}kept: .*\n {7}Mend: /);
    expect(plain.stdout).toContain("look   proxy: HTTPS_PROXY is set");
    expect(plain.stdout).not.toContain("user:pass");
  });

  test("finds a clock that is off by the latest delivery that was proven", async () => {
    const sign = (time: number) => `t=${time},v1=${createHmac("sha256", secret).update(`${time}.{}`).digest("hex")}`;
    const now = Math.floor(Date.now() / 1_000);
    await keep("clock-good", { "stripe-signature": sign(now) }, "{}", "--provider", "stripe");
    expect((await doctor("--from", "clock-good")).of("clock")).toMatchObject({ state: "ok" });
    await keep("clock-behind", { "stripe-signature": sign(now + 120) }, "{}", "--provider", "stripe");
    expect((await doctor("--from", "clock-behind")).of("clock")).toMatchObject({
      state: "warn",
      mend: expect.stringContaining("behind"),
    });
    await keep("clock-ahead", { "stripe-signature": sign(now - 200) }, "{}", "--provider", "stripe");
    expect((await doctor("--from", "clock-ahead")).of("clock")).toMatchObject({
      state: "warn",
      mend: expect.stringContaining("ahead"),
    });
  });

  /** A proxy in front of a port, which may change what it passes on. */
  const proxy = (
    port: number,
    change: (
      body: Buffer,
      headers: Record<string, string | string[] | undefined>,
      url: string,
    ) => { body: Buffer; headers: object; url: string },
  ) =>
    serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { body, headers, url } = change(Buffer.concat(chunks), request.headers, request.url ?? "/");
      const onward = httpRequest(
        {
          port,
          host: "127.0.0.1",
          method: request.method,
          path: url,
          headers: { ...headers, "content-length": body.length },
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502);
          answer.pipe(response);
        },
      );
      onward.on("error", () => response.writeHead(502).end());
      onward.end(body);
    });

  test("a way that changes nothing", async () => {
    const port = await closedPort();
    const url = await proxy(port, (body, headers, url) => ({ body, headers, url }));
    const { code, checks, wrong } = await doctor("--through", `${url}/hooks?a=b`, "--port", String(port));
    expect([code, wrong]).toEqual([0, []]);
    expect(checks.filter(({ name, state }) => name.startsWith("body:") && state === "ok")).toHaveLength(7);
    expect(checks.find(({ name }) => name === "url")?.state).toBe("ok");
  });

  test("a proxy that writes JSON again, drops a header, strips a path and inflates", async () => {
    const port = await closedPort();
    const url = await proxy(port, (body, { "stripe-signature": _, ...headers }, url) => {
      const inflated = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      const type = String(headers["content-type"]);
      const written = type.includes("json") ? Buffer.from(JSON.stringify(JSON.parse(inflated.toString()))) : inflated;
      return { body: written, headers, url: url.replace("/prefix", "") };
    });
    const { code, wrong, of } = await doctor("--through", `${url}/prefix/hooks`, "--port", String(port));
    expect(code).toBe(1);
    expect(wrong).toEqual([
      "body: spaces and 1.0 in JSON",
      "headers",
      "body: escapes and large numbers",
      "body: carriage returns",
      "body: gzip",
    ]);
    expect(of("headers")?.says).toContain("Stripe-Signature");
    expect(of("url")).toMatchObject({ state: "warn", mend: expect.stringContaining("publicUrl") });
  });

  test("a way that leads elsewhere, and a port that is taken, end with 4", async () => {
    const elsewhere = await serve((_, response) => response.writeHead(404).end());
    expect(await countersign(["doctor", "--through", elsewhere, "--port", String(await closedPort())])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("answered 404"),
    });
    expect((await countersign(["doctor", "--through", elsewhere, "--port", new URL(elsewhere).port])).code).toBe(4);
  });

  test("finds a parser that runs before the verifier", async () => {
    const check = (text: string, header: unknown) =>
      header === `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
    const right = express().post(
      "/",
      express.raw({ type: "*/*" }),
      (request, response) =>
        void response.sendStatus(check(request.body.toString(), request.get("x-hub-signature-256")) ? 204 : 401),
    );
    const parsed = express().post(
      "/",
      express.json(),
      (request, response) =>
        void response.sendStatus(check(JSON.stringify(request.body), request.get("x-hub-signature-256")) ? 204 : 401),
    );
    const args = ["--provider", "github", "--secret-env", "WEBHOOK_SECRET"];
    expect((await doctor("--receiver", await serve(right), ...args)).of("parser")?.state).toBe("ok");
    expect((await doctor("--receiver", await serve(parsed), ...args)).of("parser")).toMatchObject({
      state: "wrong",
      mend: expect.stringContaining("express.json()"),
    });
    expect(
      (await doctor("--receiver", await serve((_, response) => response.writeHead(401).end()), ...args)).of("parser")
        ?.mend,
    ).toContain("--body FILE");
    expect((await doctor("--receiver", `localhost:${await closedPort()}`, ...args)).of("parser")?.says).toContain(
      "nothing",
    );
  });

  test("asks the outbox", async () => {
    const path = join(FOLDER, "doctor.db");
    const outbox = sqliteOutbox(path);
    await outbox.stats();
    await outbox.close();
    expect((await doctor("--sqlite", path)).of("outbox")?.state).toBe("ok");
    expect((await doctor("--sqlite", file("broken.db", "no database ".repeat(200)))).wrong).toEqual(["outbox"]);
  });
});

describe.runIf(hasOwnRedis())("doctor of a replay store's Redis", () => {
  let service: OwnService;
  beforeAll(async () => {
    service = await ownRedis(false);
  });
  afterAll(() => service?.destroy());
  const ask = async (url: string) => {
    const { stdout } = await countersign(["doctor", "--json", "--from", "nothing", "--redis-env", "CACHE"], {
      env: { CACHE: url },
    });
    expect(stdout).not.toContain("hidden-password");
    return schemas.doctor.parse(JSON.parse(stdout)).checks.find(({ name }) => name === "replay");
  };
  const admin = async (...words: string[]) => {
    const client = createClient({ url: service.url });
    await client.connect();
    await client.sendCommand(words);
    client.destroy();
  };

  test("is ready; drops keys; is full; knows another password; is away", async () => {
    expect(await ask(service.url)).toMatchObject({ state: "ok" });
    await admin("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    expect(await ask(service.url)).toMatchObject({ state: "warn", says: expect.stringContaining("allkeys-lru") });
    await admin("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await admin("CONFIG", "SET", "maxmemory", "1mb");
    expect(await ask(service.url)).toMatchObject({ state: "wrong", says: expect.stringContaining("full") });
    await admin("CONFIG", "SET", "requirepass", "another");
    const url = new URL(service.url);
    url.password = "hidden-password";
    expect(await ask(url.href)).toMatchObject({ state: "wrong", says: expect.stringContaining("cannot be reached") });
    expect(await ask("redis://:hidden-password@127.0.0.1:1")).toMatchObject({ state: "wrong" });
    expect(await ask("no URL")).toMatchObject({ state: "wrong" });
    expect((await countersign(["doctor", "--redis-env", "NOT_SET"])).code).toBe(2);
  });
});

describe("secret rotate", () => {
  test("writes both in order, and says when the old one was last used", async () => {
    const github = (key: string) => ({
      "x-hub-signature-256": `sha256=${createHmac("sha256", key).update("{}").digest("hex")}`,
    });
    const args = ["secret", "rotate", "github", "--secret-env", "WEBHOOK_SECRET", "--from", "rotating"];
    const unused = await countersign([...args, "--json"]);
    expect(schemas.rotate.parse(JSON.parse(unused.stdout))).toMatchObject({ oldLastUsed: null, genuine: 0 });
    await keep("rotating", github(secret), "{}", "--secret-env", "OTHER_SECRET", "--provider", "github");
    await keep("rotating", github(SECRETS.OTHER_SECRET), "{}", "--secret-env", "OTHER_SECRET", "--provider", "github");
    const { code, stdout } = await countersign([...args, "--out", "fresh-secret"]);
    expect(code).toBe(0);
    expect(stdout).toContain('secret: [readFileSync("fresh-secret", "utf8"), process.env.WEBHOOK_SECRET]');
    expect(stdout).toMatch(/the old one was last used at \d{4}-/);
    const fresh = readFileSync(join(FOLDER, "fresh-secret"), "utf8");
    expect(fresh).toMatch(/^[\w-]{43}$/);
    expect(stdout).not.toContain(fresh);
    const json = schemas.rotate.parse(JSON.parse((await countersign([...args, "--json"])).stdout));
    expect([json.genuine, json.oldLastUsed === null]).toEqual([2, false]);
  });

  test.each([
    [["secret", "rotate"]],
    [["secret", "rotate", "discord", "--secret-env", "WEBHOOK_SECRET"]],
    [["secret", "turn"]],
  ])("%j ends with 2", async (args) => {
    expect((await countersign(args)).code).toBe(2);
  });
});
