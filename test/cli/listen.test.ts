import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import Stripe from "stripe";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { closedPort, countersign, ENV, FOLDER, SECRETS, seen, start } from "./command.ts";
import * as schemas from "./schemas.ts";

const secret = SECRETS.WEBHOOK_SECRET;
const GITHUB = ["--provider", "github", "--secret-env", "WEBHOOK_SECRET"];
const github = (body: string | Uint8Array, key: string = secret) =>
  `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;

const running: ReturnType<typeof start>[] = [];
afterEach(() => {
  for (const one of running.splice(0)) one.process.kill("SIGKILL");
});
afterAll(() => expect(seen()).toEqual([]));

let folders = 0;
const newFolder = () => join(FOLDER, `kept-${++folders}`);

/** A receiver in the background. */
async function listen(...args: string[]) {
  const keep = args.includes("--keep") || args.includes("--no-keep") ? [] : ["--keep", newFolder()];
  const child = start(["listen", "--port", "0", ...keep, ...args]);
  running.push(child);
  const said = await child.says(/(?:Listening on |"url":")(http:\/\/[\d.:]+)/);
  const url = /http:\/\/[\d.:]+/.exec(said)?.[0] ?? "";
  const stop = async () => {
    child.process.kill("SIGINT");
    return child.ended;
  };
  return { ...child, url, keep: keep[1] ?? args[args.indexOf("--keep") + 1] ?? "", stop };
}

const post = (url: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body: body as never, headers });

interface Got {
  method: string;
  url: string;
  raw: string[];
  body: Buffer;
}
/** The application behind. */
function application(status = 200, reply: string | Uint8Array = "ok", headers: Record<string, string> = {}) {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    got.push({
      method: request.method ?? "",
      url: request.url ?? "",
      raw: request.rawHeaders,
      body: Buffer.concat(chunks),
    });
    response.writeHead(status, headers).end(reply);
  });
  const url = new Promise<string>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
  afterAll(() => server.close().closeAllConnections());
  return { got, url };
}

describe("listen", () => {
  test("shows each delivery with its verdict, answers as a verifier would, and ends with 0 at Ctrl-C", async () => {
    const receiver = await listen(...GITHUB);
    expect(
      (await post(receiver.url, '{"action":"opened"}', { "x-hub-signature-256": github('{"action":"opened"}') }))
        .status,
    ).toBe(204);
    expect((await post(`${receiver.url}/a?b`, "{}", { "x-hub-signature-256": github("{ }") })).status).toBe(401);
    await receiver.says("#2");
    await receiver.says("Mend");
    const { code, stdout, stderr } = await receiver.stop();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/#1 {2}POST \/ {2}19 bytes {2}opened\n {2}github: genuine, answered 204\n/);
    expect(stdout).toMatch(
      /#2 {2}POST \/a\?b {2}2 bytes\n {2}github: refused: signature_mismatch, answered 401\n {2}• .+\n {4}Mend: .+\n/,
    );
    expect(stdout).toContain("2 deliveries, 1 refused.");
  });

  test("prints a line of JSON for each, and nothing else", async () => {
    const { url } = application(418);
    const receiver = await listen(...GITHUB, "--json", "--forward", await url);
    await post(receiver.url, "{}", { "x-hub-signature-256": github("{}", "x") });
    await receiver.says('"delivery"');
    const { code, stdout, stderr } = await receiver.stop();
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => schemas.listen.parse(JSON.parse(line)));
    expect(lines.map(({ kind }) => kind)).toEqual(["listening", "delivery", "ended"]);
    expect(lines[1]).toMatchObject({
      number: 1,
      provider: "github",
      ok: false,
      code: "signature_mismatch",
      status: 418,
      forwarded: { status: 418 },
    });
    expect([code, stderr]).toEqual([0, ""]);
  });

  const bodies: [name: string, body: Uint8Array, headers: Record<string, string>][] = [
    [
      "JSON that a parser would write otherwise",
      Buffer.from('{ "b":1.0, "a":"\\u00e9/\\/", "n":12345678901234567890,\r\n "b":2 }\n'),
      {},
    ],
    ["bytes that are no text", Buffer.from([0, 255, 254, 13, 10, 0]), { "content-type": "application/octet-stream" }],
    ["a gzip body with its header", gzipSync("{}"), { "content-encoding": "gzip" }],
    [
      "a form",
      Buffer.from("payload=%7B%22a%22%3A1%7D&b=+%2A"),
      { "content-type": "application/x-www-form-urlencoded" },
    ],
    ["a megabyte", Buffer.alloc(1_048_576, "x"), {}],
    ["nothing", Buffer.alloc(0), {}],
  ];
  test.each(bodies)("forwards byte for byte: %s", async (_, body, headers) => {
    const app = application(201, gzipSync("reply"), { "x-reply": "yes", "content-encoding": "gzip" });
    const receiver = await listen(...GITHUB, "--forward", await app.url);
    const answer = await post(`${receiver.url}/hooks?q=%41`, body, { ...headers, "x-hub-signature-256": github(body) });
    expect([answer.status, answer.headers.get("x-reply"), await answer.text()]).toEqual([201, "yes", "reply"]);
    expect([app.got[0]?.method, app.got[0]?.url, app.got[0]?.body.equals(body)]).toEqual([
      "POST",
      "/hooks?q=%41",
      true,
    ]);
    // Genuine, or proven and no JSON: in no case a signature that does not match.
    const said = await receiver.says(/answered 201 by your receiver after \d+ ms/);
    expect(said).toMatch(/genuine|malformed_payload|malformed_text|unsupported_encoding/);
  });

  test("forwards headers in their order and spelling, chunks as one body, to a path of its own", async () => {
    const app = application();
    const receiver = await listen("--forward", `${await app.url}/inside`);
    const { port } = new URL(receiver.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      "POST /outside?a=b HTTP/1.1\r\nHost: hooks.example.com\r\nX-B: 2\r\nx-a: 1\r\nX-B: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    await expect.poll(() => app.got.length).toBe(1);
    socket.destroy();
    const { url, raw, body } = app.got[0] as Got;
    expect([url, body.toString()]).toEqual(["/inside?a=b", "abcde"]);
    expect(raw.slice(2, 10)).toEqual(["X-B", "2", "x-a", "1", "X-B", "3", "X-Forwarded-Host", "hooks.example.com"]);
    const kept = readFileSync(join(receiver.keep, "000001.http"), "latin1");
    expect(kept).toBe(
      "POST /outside?a=b HTTP/1.1\r\nHost: hooks.example.com\r\nX-B: 2\r\nx-a: 1\r\nX-B: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    );
  });

  test("an application that is away is a 502 for the sender, and nothing is lost", async () => {
    const receiver = await listen(...GITHUB, "--forward", `localhost:${await closedPort()}`);
    expect((await post(receiver.url, "{}", { "x-hub-signature-256": github("{}") })).status).toBe(502);
    await receiver.says("not forwarded: Nothing listens there.");
    expect(readdirSync(receiver.keep)).toEqual(["000001.http", "000001.json"]);
  });

  test("a process that is killed while it forwards has kept what came", async () => {
    let came = () => {};
    const arrived = new Promise<void>((resolve) => {
      came = resolve;
    });
    const hanging = createServer(() => came()).listen(0, "127.0.0.1");
    await new Promise((resolve) => hanging.once("listening", resolve));
    const receiver = await listen(...GITHUB, "--forward", `localhost:${(hanging.address() as AddressInfo).port}`);
    post(receiver.url, '{"a":1}', { "x-hub-signature-256": github('{"a":1}') }).catch(() => {});
    await arrived;
    receiver.process.kill("SIGKILL");
    await receiver.ended;
    hanging.close().closeAllConnections();
    expect(await countersign(["verify", join(receiver.keep, "000001.http"), ...GITHUB])).toMatchObject({ code: 0 });
  });

  test("what it keeps is for its owner alone, and a credential is shown nowhere", async () => {
    const receiver = await listen("--provider", "aperture", "--secret-env", "WEBHOOK_SECRET");
    await post(receiver.url, '{"metadata":{}}', { authorization: `Bearer ${secret}` });
    await post(receiver.url, `{"metadata":{},"type":"${secret}"}`, { authorization: `Bearer ${secret}` });
    expect(await receiver.says("#2")).toContain("aperture: genuine");
    expect(statSync(receiver.keep).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(receiver.keep, "000001.json"), "utf8")).not.toContain(secret);
    const { stdout } = await receiver.stop();
    expect(stdout).not.toContain(secret);
  });

  test("detects whose it is by the headers, and by the secret where several send the same", async () => {
    const receiver = await listen("--detect", "--secret-env", "WEBHOOK_SECRET", "--json");
    await post(receiver.url, "{}", { "x-hub-signature-256": github("{}") });
    const header = new Stripe("sk_x").webhooks.generateTestHeaderString({ payload: '{"id":"evt_1"}', secret });
    await post(receiver.url, '{"id":"evt_1"}', { "stripe-signature": header });
    await post(receiver.url, "{}");
    const said = await receiver.says('"number":3');
    const all = said
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => schemas.listen.parse(JSON.parse(line)));
    expect(all[0]).toMatchObject({ ok: true, fits: expect.arrayContaining(["github", "meta"]) });
    expect(all[1]).toMatchObject({ provider: "stripe", ok: true, fits: ["stripe"] });
    expect(all[2]).toMatchObject({ code: "not_judged", fits: [], status: 204 });
    const blind = await listen("--detect");
    await post(blind.url, "{}", { "stripe-signature": header });
    await blind.says("looks like stripe, not judged");
  });

  test("answers a provider's set-up request", async () => {
    const receiver = await listen("--provider", "slack", "--secret-env", "WEBHOOK_SECRET");
    const body = '{"type":"url_verification","challenge":"abc"}';
    const signed = await countersign(
      ["send", receiver.url, "--body", "-", "--provider", "slack", "--secret-env", "WEBHOOK_SECRET", "--json"],
      { input: body },
    );
    expect(schemas.send.parse(JSON.parse(signed.stdout)).response).toMatchObject({
      status: 200,
      body: expect.stringContaining("abc"),
    });
    await receiver.says("slack: handshake");
  });

  test("takes the public URL from the tunnel's headers, or as it is told", async () => {
    const form = "A=1";
    const mac = (url: string) => createHmac("sha1", secret).update(`${url}A1`).digest("base64");
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const receiver = await listen("--provider", "twilio", "--secret-env", "WEBHOOK_SECRET");
    await post(`${receiver.url}/sms`, form, {
      ...type,
      "x-forwarded-host": "t.example.com",
      "x-forwarded-proto": "https",
      "x-twilio-signature": mac("https://t.example.com/sms"),
    });
    await receiver.says("twilio: genuine");
    const told = await listen(
      "--provider",
      "twilio",
      "--secret-env",
      "WEBHOOK_SECRET",
      "--url",
      "https://example.com/api",
    );
    await post(`${told.url}/sms`, form, { ...type, "x-twilio-signature": mac("https://example.com/api/sms") });
    await told.says("twilio: genuine");
  });

  test("hostile text moves no cursor", async () => {
    const receiver = await listen(...GITHUB);
    const socket = connect(Number(new URL(receiver.url).port), "127.0.0.1");
    socket.write(
      'POST /\u001b[2J%1b HTTP/1.1\r\nHost: a\r\nX-Hub-Signature-256: \u009b31m\r\nContent-Length: 20\r\n\r\n{"type":"\\u001b[31m"}',
    );
    await post(receiver.url, '{"type":"\\u001b[31m\\u202e"}', { "x-hub-signature-256": "\u009b31m" });
    await receiver.says("#1");
    socket.destroy();
    const { stdout } = await receiver.stop();
    expect(stdout).not.toMatch(/[\p{Cc}\p{Cf}](?<!\n)/u);
  });

  test("a body of 17 MiB is refused, a sender that hangs up is told, and the next is served", async () => {
    const receiver = await listen("--keep", newFolder());
    const large = await post(receiver.url, Buffer.alloc(17 * 1_048_576)).catch(() => undefined);
    expect([413, undefined]).toContain(large?.status);
    const half = httpRequest(receiver.url, { method: "POST", headers: { "content-length": 10 } });
    half.on("error", () => {});
    half.write("abc", () => half.destroy());
    await expect.poll(async () => (await post(receiver.url, "{}")).status).toBe(204);
    const { stderr } = await receiver.stop();
    expect(stderr).toContain("16 MiB");
    expect(stderr).toContain("hung up");
    expect(readdirSync(receiver.keep).filter((name) => name.endsWith(".http"))).toHaveLength(1);
  });

  test("fifty at a time are each kept, shown and answered", async () => {
    const receiver = await listen(...GITHUB, "--json");
    const sent = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        post(receiver.url, `{"n":${i}}`, { "x-hub-signature-256": github(`{"n":${i}}`) }),
      ),
    );
    expect(sent.every(({ status }) => status === 204)).toBe(true);
    await expect.poll(() => receiver.said().split('"delivery"').length - 1).toBe(50);
    expect(readdirSync(receiver.keep)).toHaveLength(100);
  });

  test("a port that is taken, and an address that is not here, end with 4", async () => {
    const receiver = await listen("--no-keep");
    const { port } = new URL(receiver.url);
    expect(await countersign(["listen", "--port", port, "--no-keep"])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("taken"),
    });
    expect((await countersign(["listen", "--port", "0", "--host", "192.0.2.1", "--no-keep"])).code).toBe(4);
  });

  test.each([
    [["--detect", "--provider", "github"]],
    [["--port", "65536"]],
    [["--forward", "ftp://x"]],
    [["--keep", "a", "--no-keep"]],
    [["--provider", "discord", "--secret-env", "WEBHOOK_SECRET"]],
  ])("%j is told before anything is listened to", async (args) => {
    expect(await countersign(["listen", ...args])).toMatchObject({ code: 2, stdout: "" });
  });

  test("where nothing can be kept, it says so once, and goes on", async () => {
    const receiver = await listen(...GITHUB, "--keep", "/dev/null/x");
    for (let i = 0; i < 3; i++)
      expect((await post(receiver.url, "{}", { "x-hub-signature-256": github("{}") })).status).toBe(204);
    const { stdout, stderr } = await receiver.stop();
    expect(stderr.match(/could not be kept \(ENOTDIR\)/g)).toHaveLength(1);
    expect(stdout.match(/github: genuine/g)).toHaveLength(3);
  });

  test("a disk that takes no more leaves no half request", async () => {
    const keep = newFolder();
    const port = await closedPort();
    // Files of more than 8 KiB cannot be written.
    const args = ["listen", "--port", String(port), "--keep", keep];
    const child = start(args, {}, "ulimit -f 8");
    running.push(child);
    await child.says("Listening");
    const sent = await Promise.all(["{}", "x".repeat(20_000)].map((body) => post(`http://127.0.0.1:${port}`, body)));
    expect(sent.map(({ status }) => status)).toEqual([204, 204]);
    child.process.kill("SIGINT");
    const { code, stdout, stderr } = await child.ended;
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining("2 deliveries"),
      expect.stringContaining("EFBIG"),
    ]);
    const kept = readdirSync(keep).filter((name) => name.endsWith(".http"));
    expect(kept.map((name) => statSync(join(keep, name)).size)).toEqual([expect.any(Number)]);
    expect(statSync(join(keep, kept[0] ?? "")).size).toBeLessThan(1_000);
  });

  test("what is kept without being told where is in the user's own state", async () => {
    const child = start(["listen", "--port", "0"]);
    running.push(child);
    const said = await child.says("Deliveries are kept in");
    await post(/http:\/\/[\d.:]+/.exec(said)?.[0] ?? "", "{}");
    expect(existsSync(join(ENV.XDG_STATE_HOME, "countersign", "deliveries", "000001.http"))).toBe(true);
  });
});

describe("resend", () => {
  const folder = newFolder();
  const app = application();
  const kept = (async () => {
    const receiver = await listen(...GITHUB, "--keep", folder);
    for (const n of [1, 2, 3, 4])
      await post(`${receiver.url}/path${n}?q=1`, `{ "n": ${n} }`, {
        "x-hub-signature-256": github(`{ "n": ${n} }`),
        "x-other": "kept",
      });
    await receiver.stop();
  })();
  const resend = async (...args: string[]) => {
    await kept;
    const before = app.got.length;
    const ended = await countersign(["resend", ...args, "--from", folder, "--to", await app.url]);
    return { ...ended, got: app.got.slice(before) };
  };

  test("one, a range, the last, all: as they were", async () => {
    const one = await resend("2");
    expect([one.code, one.got.map(({ url, body }) => `${url} ${body}`)]).toEqual([0, ['/path2?q=1 { "n": 2 }']]);
    expect(one.got[0]?.raw).toEqual(
      expect.arrayContaining(["x-hub-signature-256", github('{ "n": 2 }'), "x-other", "kept"]),
    );
    expect((await resend("2-3", "last")).got.map(({ url }) => url)).toEqual(["/path2?q=1", "/path3?q=1", "/path4?q=1"]);
    const all = await resend("--all", "--json");
    expect(schemas.resend.parse(JSON.parse(all.stdout))).toMatchObject({ sent: 4, accepted: 4 });
  });

  test("signed anew for another secret", async () => {
    const { got } = await resend("1", "--provider", "github", "--secret-env", "OTHER_SECRET");
    expect(got[0]?.raw).toEqual(
      expect.arrayContaining(["x-hub-signature-256", github('{ "n": 1 }', SECRETS.OTHER_SECRET), "x-other", "kept"]),
    );
    expect(got[0]?.raw).not.toContain(github('{ "n": 1 }'));
  });

  test("no faster than the rate", async () => {
    const started = performance.now();
    const { code } = await resend("--all", "--rate", "5/s");
    expect(code).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(3 * 200);
    expect((await resend("--all", "--rate", "fast")).code).toBe(2);
  });

  test("not all accepted ends with 1, no answer with 4, nothing kept with 3", async () => {
    await kept;
    const refusing = application(401, "no");
    const refused = await countersign(["resend", "--all", "--from", folder, "--to", await refusing.url]);
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining("--secret-env sign them anew")]);
    expect(
      (await countersign(["resend", "--all", "--from", folder, "--to", `localhost:${await closedPort()}`])).code,
    ).toBe(4);
    mkdirSync(join(FOLDER, "empty"), { recursive: true });
    expect((await countersign(["resend", "last", "--from", "empty", "--to", "localhost"])).code).toBe(3);
    expect((await resend("99")).code).toBe(3);
    expect((await resend("x")).code).toBe(2);
    expect((await resend()).code).toBe(2);
  });

  test("Ctrl-C between two ends with 130", async () => {
    await kept;
    const before = app.got.length;
    const child = start(["resend", "--all", "--rate", "1/m", "--from", folder, "--to", await app.url]);
    await expect.poll(() => app.got.length, { timeout: 10_000 }).toBe(before + 1);
    child.process.kill("SIGINT");
    expect((await child.ended).code).toBe(130);
  });
});
