/** The server for agents, as a process, talked to by the official SDK's own clients. */
import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import Stripe from "stripe";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { BIN, countersign, ENV, FOLDER, file, printed, SECRETS, seen, start } from "./command.ts";
import * as schemas from "./schemas.ts";

const secret = SECRETS.WEBHOOK_SECRET;
const BODY = '{"action":"opened","number":17}';
const mac = (body: string, key: string = secret) => createHmac("sha256", key).update(body).digest("hex");
const raw = (body: string, signature: string) =>
  `POST /hooks HTTP/1.1\r\nHost: example.com\r\nX-Hub-Signature-256: sha256=${signature}\r\n\r\n${body}`;
const LONG = "x".repeat(2_000_001);
const GITHUB = ["--secret-env", "github=WEBHOOK_SECRET"];

const open: { close(): Promise<void> }[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((client) => client.close()))));
afterAll(() => expect(seen()).toEqual([]));

/** A client of a server that was started with these options. */
async function connect(...options: string[]) {
  const client = new Client({ name: "test", version: "1" });
  const env = Object.fromEntries(Object.entries(ENV).map(([name, value]) => [name, value ?? ""]));
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [BIN, "mcp", ...options], env, cwd: FOLDER }),
  );
  open.push(client);
  return {
    client,
    async call(name: string, args: Record<string, unknown>) {
      const answer = await client.callTool({ name, arguments: args });
      printed.push(JSON.stringify(answer));
      const [content] = answer.content as { type: string; text: string }[];
      const value = JSON.parse(content?.text ?? "");
      expect(answer.structuredContent).toEqual(value);
      return { isError: answer.isError === true, value };
    },
  };
}

describe("the tools", () => {
  test("are five, each with a schema that takes no secret", async () => {
    const { client } = await connect();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["explain", "verify", "sign", "providers", "check"]);
    for (const { inputSchema, description = "", annotations } of tools) {
      expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
      expect(Object.keys(inputSchema.properties ?? {})).not.toContain("secret");
      expect(description.length).toBeGreaterThan(50);
      expect(annotations?.readOnlyHint).toBe(true);
    }
    expect(client.getInstructions()).toContain("explain");
  });

  test("verify and explain, by a request in hand", async () => {
    const { call } = await connect(...GITHUB);
    const good = await call("verify", { provider: "github", request: raw(BODY, mac(BODY)) });
    expect(schemas.verify.parse(good.value)).toMatchObject({ ok: true, code: "genuine" });
    const spaced = raw(BODY.replace(":", ": "), mac(BODY));
    const why = await call("explain", { provider: "github", request: spaced });
    expect(schemas.explain.parse(why.value)).toMatchObject({ ok: false, findings: [{ code: "body_reserialised" }] });
    const base64 = Buffer.from(raw(BODY, mac(BODY))).toString("base64");
    expect((await call("verify", { provider: "github", request: base64, encoding: "base64" })).value.ok).toBe(true);
  });

  test("explain, by a delivery that listen kept, judged as when it arrived", async () => {
    const kept = join(FOLDER, "kept-for-agents");
    mkdirSync(kept);
    const stripe = new Stripe("sk_test_x").webhooks.generateTestHeaderString({
      payload: BODY,
      secret,
      timestamp: 1_750_000_000,
    });
    writeFileSync(join(kept, "000007.http"), `POST / HTTP/1.1\r\nStripe-Signature: ${stripe}\r\n\r\n${BODY}`);
    writeFileSync(join(kept, "000007.json"), JSON.stringify({ at: "2025-06-15T15:06:41.000Z", code: "not_judged" }));
    const { call } = await connect("--secret-env", "stripe=WEBHOOK_SECRET", "--from", kept);
    expect((await call("verify", { provider: "stripe", delivery: 7 })).value).toMatchObject({ ok: true });
    expect((await call("verify", { provider: "stripe", delivery: 7, at: "now" })).value).toMatchObject({
      code: "timestamp_too_old",
    });
    expect(await call("verify", { provider: "stripe", delivery: 8 })).toMatchObject({
      isError: true,
      value: { error: { code: "not_kept", mend: "Kept are 7 to 7." } },
    });
  });

  test("sign, as Stripe's own library reads it", async () => {
    const { call } = await connect("--secret-env", "stripe=WEBHOOK_SECRET");
    const { value } = await call("sign", { provider: "stripe", body: BODY, url: "http://localhost:3000/hooks" });
    const { headers, curl } = schemas.sign.parse(value);
    expect(new Stripe("sk_test_x").webhooks.constructEvent(BODY, headers["stripe-signature"] ?? "", secret)).toEqual(
      JSON.parse(BODY),
    );
    expect(curl).toContain("localhost:3000");
  });

  test("sign shows no credential that is the secret itself", async () => {
    const { call } = await connect("--secret-env", "gitlab=WEBHOOK_SECRET");
    const { value, isError } = await call("sign", { provider: "gitlab", body: BODY });
    expect([isError, JSON.stringify(value)]).toEqual([false, expect.stringContaining("$WEBHOOK_SECRET")]);
  });

  test("several providers, each with its own secrets, the newest first", async () => {
    const path = file("slack-secret", SECRETS.OTHER_SECRET);
    const { call } = await connect("--secret-env", "github=OTHER_SECRET", ...GITHUB, "--secret-file", `slack=${path}`);
    const old = await call("verify", { provider: "github", request: raw(BODY, mac(BODY)) });
    expect(old.value).toMatchObject({ ok: true, secret: 2 });
    expect((await call("sign", { provider: "slack", body: "a=b" })).isError).toBe(false);
  });

  test("providers, all by name and one in full", async () => {
    const { call } = await connect();
    const { value } = await call("providers", {});
    expect(value.providers).toEqual(expect.arrayContaining([{ name: "github", proof: "HMAC-SHA-256, hex" }]));
    expect(schemas.provider.parse((await call("providers", { name: "stripe" })).value).headers).toEqual([
      "stripe-signature",
    ]);
    const set = await call("providers", { name: "tappass", settings: { header: "x-key" } });
    expect(set.value).toMatchObject({ headers: ["x-key"] });
  });

  test("check tells what is wrong, and reads neither files nor variables of the server", async () => {
    const { call } = await connect("--env", "OPEN_TO_AGENTS");
    const config = (key: string) =>
      `[webhook."audit"]\nurl = "https://example.com/a"\nevents = ["auth.*"]\nsignature-key = "${key}"\n`;
    expect(
      schemas.check.parse((await call("check", { configuration: config("plain-key-of-a-test") })).value),
    ).toMatchObject({ ok: true });
    const variable = await call("check", { configuration: config("%{env:WEBHOOK_SECRET}%") });
    expect(variable.value).toMatchObject({ ok: false, notGiven: [expect.stringContaining("--env WEBHOOK_SECRET")] });
    const path = await call("check", { configuration: config("%{file:/etc/hostname}%") });
    expect(path.value).toMatchObject({ ok: false, notGiven: [expect.stringContaining("reads none")] });
    const wrong = await call("check", { configuration: config("x").replace("events", "evnts") });
    expect(wrong.value).toMatchObject({ ok: false, problem: { line: 3 } });
  });
});

describe("what is refused is a tool's error with its code", () => {
  test.each<[tool: string, args: Record<string, unknown>, code: string]>([
    ["verify", { provider: "github", request: "nothing" }, "unreadable_request"],
    ["verify", { provider: "github" }, "request_missing"],
    ["verify", { provider: "github", request: "a", delivery: 1 }, "request_missing"],
    ["verify", { provider: "githb", request: "a" }, "unknown_provider"],
    ["verify", { provider: "shopify", request: raw(BODY, "00") }, "secret_missing"],
    ["verify", { provider: "github", request: raw(BODY, "00"), at: "tomorrow" }, "invalid_time"],
    ["verify", { provider: "github", request: 5 }, "invalid_arguments"],
    ["verify", { request: "a" }, "invalid_arguments"],
    ["verify", { provider: "github", request: "a", secret: "whsec_x" }, "invalid_arguments"],
    ["explain", { provider: "github", request: LONG }, "invalid_arguments"],
    ["explain", { provider: "github", request: "a", settings: { a: 1 } }, "invalid_arguments"],
    ["explain", { provider: "github", delivery: 0 }, "invalid_arguments"],
    ["sign", { provider: "github", body: "a", encoding: "latin1" }, "invalid_arguments"],
    ["sign", { provider: "github", body: "a", id: "x" }, "unexpected_id"],
    ["sign", { provider: "github", body: "a", url: "ftp://a" }, "invalid_url"],
    ["providers", { name: "__proto__" }, "unknown_provider"],
    ["providers", { name: "tappass", settings: { heder: "x" } }, "unknown_option"],
    ["check", { configuration: "nobody's" }, "unknown_system"],
    ["check", { configuration: "a", system: "zulip" }, "invalid_arguments"],
  ])("%s: case %#", async (tool, args, code) => {
    const { call } = await connect(...GITHUB);
    const { isError, value } = await call(tool, args);
    expect([isError, schemas.failure.parse(value).error.code]).toEqual([true, code]);
    expect(value.error.message).not.toContain("whsec_x");
  });

  test("a secret is in no answer, also where the request holds it", async () => {
    const { call } = await connect(...GITHUB);
    const { value } = await call("sign", { provider: "github", body: `{"a":"${secret}"}`, url: "http://localhost/" });
    expect(JSON.stringify(value)).toContain("[secret]");
  });

  test("a secret that looks like JSON breaks no answer", async () => {
    const { call } = await connect("--secret-file", `github=${file("true", "true")}`);
    const { value } = await call("verify", { provider: "github", request: raw(BODY, mac(BODY, "true")) });
    expect(value).toMatchObject({ ok: true });
  });

  test("a tool that was left out is not there", async () => {
    const { client } = await connect("--without", "sign");
    expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain("sign");
    await expect(client.callTool({ name: "sign", arguments: {} })).rejects.toThrow();
  });
});

describe("the process", () => {
  test("speaks with clients of the first SDK too", async () => {
    const client = new OlderClient({ name: "test", version: "1" });
    await client.connect(new OlderTransport({ command: process.execPath, args: [BIN, "mcp"], cwd: FOLDER }));
    open.push(client);
    expect((await client.listTools()).tools).toHaveLength(5);
    const { isError } = await client.callTool({ name: "providers", arguments: { name: "nobody" } });
    expect(isError).toBe(true);
  });

  test.each<[args: string[], code: string]>([
    [["--secret-env", "WEBHOOK_SECRET"], "provider_missing"],
    [["--secret-env", "github=NOT_SET"], "secret_unavailable"],
    [["--secret-file", "github=gone"], "secret_unavailable"],
    [["--secret-env", "githb=WEBHOOK_SECRET"], "unknown_provider"],
    [["--without", "sing"], "unknown_tool"],
    [["--secret", "x"], "secret_in_arguments"],
  ])("does not start with %j: %s", async (args, code) => {
    const { code: exit, stdout } = await countersign(["mcp", ...args, "--json"]);
    expect([exit, schemas.failure.parse(JSON.parse(stdout)).error.code]).toEqual([2, code]);
  });

  test("ends with its client, by Ctrl-C, and writes nothing but the protocol", async () => {
    expect(await countersign(["mcp"])).toEqual({ code: 0, stdout: "", stderr: "" });
    const running = start(["mcp"]);
    running.process.stdin?.write(
      `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "x", version: "1" } } })}\n`,
    );
    await running.says("serverInfo");
    running.process.kill("SIGINT");
    const { code, stdout, stderr } = await running.ended;
    expect([code, stderr, stdout.trim().split("\n").length]).toEqual([0, "", 1]);
  });

  test("outlives what is no message of the protocol", async () => {
    const running = start(["mcp"]);
    running.process.stdin?.write(`nonsense\n{"jsonrpc":"2.0"}\n[]\n${"[".repeat(100_000)}\n`);
    running.process.stdin?.write(
      `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "x", version: "1" } } })}\n`,
    );
    await running.says("serverInfo");
    running.process.stdin?.end();
    expect((await running.ended).code).toBe(0);
  });
});
