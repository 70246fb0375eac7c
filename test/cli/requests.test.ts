import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { apono, providers, tappass } from "@countersign/core/providers";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { afterAll, describe, expect, test } from "vitest";
import { atTerminal, countersign, file, SECRETS, seen, shell, start } from "./command.ts";
import * as schemas from "./schemas.ts";
import { oneOfEach } from "./shapes.ts";

const secret = SECRETS.WEBHOOK_SECRET;
const BODY = '{"action":"opened","number":17}';
const github = (body: string, key: string = secret) => `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
const raw = (body: string, ...headers: string[]) =>
  `POST /hooks HTTP/1.1\nHost: example.com\n${headers.join("\n")}\n\n${body}`;
const GITHUB = ["--provider", "github", "--secret-env", "WEBHOOK_SECRET"];
const STRIPE = ["--provider", "stripe", "--secret-env", "WEBHOOK_SECRET"];

const good = file("good.http", raw(BODY, `X-Hub-Signature-256: ${github(BODY)}`));
const forged = file("forged.http", raw(BODY, `X-Hub-Signature-256: ${github(BODY, "x")}`));
file("body.json", BODY);

afterAll(() => expect(seen()).toEqual([]));

describe("verify", () => {
  test("says yes with 0, and no with 1", async () => {
    const yes = await countersign(["verify", good, ...GITHUB]);
    expect(yes).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^github: genuine\n/) });
    const no = await countersign(["verify", forged, ...GITHUB]);
    expect(no).toMatchObject({
      code: 1,
      stderr: "",
      stdout: expect.stringMatching(/^github: refused: signature_mismatch\n/),
    });
  });

  test("prints JSON for scripts", async () => {
    const { stdout } = await countersign(["verify", good, ...GITHUB, "--json"]);
    expect(schemas.verify.parse(JSON.parse(stdout))).toMatchObject({
      provider: "github",
      ok: true,
      code: "genuine",
      secret: 1,
      bytes: BODY.length,
    });
    const refused = await countersign(["verify", forged, ...GITHUB, "--json"]);
    expect(refused.code).toBe(1);
    expect(schemas.verify.parse(JSON.parse(refused.stdout))).toMatchObject({ ok: false, status: 401 });
  });

  test("reads standard input, named or not", async () => {
    const curl = `curl https://example.com/hooks -H 'X-Hub-Signature-256: ${github(BODY)}' -d '${BODY}'`;
    expect((await countersign(["verify", "-", ...GITHUB], { input: curl })).code).toBe(0);
    expect((await countersign(["verify", ...GITHUB], { input: curl })).stdout).toContain("read as a curl command");
  });

  test("takes the secret from a file, without the line break that editors put at its end", async () => {
    const { code, stderr } = await countersign([
      "verify",
      good,
      "--provider",
      "github",
      "--secret-file",
      file("key", `${secret}\n`),
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("line break")]);
  });

  test("tells which of several secrets matched", async () => {
    const { stdout } = await countersign([
      "verify",
      good,
      "--provider",
      "github",
      "--secret-env",
      "OTHER_SECRET",
      "--secret-env",
      "WEBHOOK_SECRET",
    ]);
    expect(stdout).toContain("matched by secret 2 of 2");
  });

  test("judges what stripe's own library signed at the time when the saved request arrived, or as told", async () => {
    const time = Date.parse("2026-04-17T10:15:03Z");
    const payload = '{"id":"evt_1","object":"event","type":"invoice.paid"}';
    const header = new Stripe("sk_x").webhooks.generateTestHeaderString({ payload, secret, timestamp: time / 1_000 });
    const har = JSON.stringify({
      log: {
        entries: [
          {
            startedDateTime: "2026-04-17T10:15:05Z",
            request: {
              method: "POST",
              url: "https://example.com/",
              headers: [{ name: "Stripe-Signature", value: header }],
              postData: { text: payload },
            },
          },
        ],
      },
    });
    const { code, stdout } = await countersign(["verify", ...STRIPE], { input: har });
    expect([code, stdout]).toEqual([0, expect.stringContaining("signed at 2026-04-17T10:15:03.000Z")]);
    const late = await countersign(["verify", ...STRIPE, "--at", "now"], { input: har });
    expect([late.code, late.stdout]).toEqual([1, expect.stringContaining("timestamp_too_old")]);
    const later = await countersign(["verify", ...STRIPE, "--at", "2026-04-17T11:15:03Z", "--json"], { input: har });
    expect(JSON.parse(later.stdout).code).toBe("timestamp_too_old");
    expect((await countersign(["verify", ...STRIPE, "--at", "noon"], { input: har })).code).toBe(2);
  });

  test.each([
    ["a file that is not there", ["nowhere.http"], ""],
    ["a folder", ["."], ""],
    ["nothing", ["-"], ""],
    ["no request", ["-"], "hello"],
    ["a body alone", ["-"], BODY],
  ])("%s ends with 3", async (_, args, input) => {
    const { code, stdout, stderr } = await countersign(["verify", ...args, ...GITHUB], { input });
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/^countersign: .+\n.+/);
    const json = await countersign(["verify", ...args, ...GITHUB, "--json"], { input });
    schemas.failure.parse(JSON.parse(json.stdout));
  });

  test("more than 32 MiB is not read", async () => {
    const { code, stderr } = await shell(`head -c 40000000 /dev/zero | countersign verify ${GITHUB.join(" ")}`);
    expect([code, stderr]).toEqual([3, expect.stringContaining("32 MiB")]);
  });

  test("hostile text moves no cursor", async () => {
    const hostile = JSON.stringify({
      headers: {
        "webhook-id": "\u001b[2Jx\u009b1m\u202e",
        "webhook-timestamp": "1",
        "webhook-signature": "v1,\u001b]0;x\u0007",
      },
      body: "\u001b[31m",
    });
    for (const command of ["verify", "explain"]) {
      const { stdout, stderr } = await countersign(
        [command, "--provider", "standard-webhooks", "--secret-env", "STANDARD_SECRET"],
        { input: hostile },
      );
      expect(stdout + stderr).not.toMatch(/[\p{Cc}\p{Cf}](?<!\n)/u);
    }
  });

  test("asks for the secret where somebody sits there, and shows nothing of it", async () => {
    const { code, stdout } = await atTerminal(["verify", good, "--provider", "github"], `${secret}\r`);
    expect(stdout).toContain("genuine");
    expect(code).toBe(0);
  });

  test("Ctrl-C while it waits for standard input ends with 130", async () => {
    const child = start(["verify", ...GITHUB]);
    setTimeout(() => child.process.kill("SIGINT"), 300);
    expect(await child.ended).toEqual({ code: 130, stdout: "", stderr: "" });
  });
});

describe("explain", () => {
  test("names the cause and the mend", async () => {
    const request = raw(JSON.stringify(JSON.parse(BODY), null, 2), `X-Hub-Signature-256: ${github(BODY)}`);
    const { code, stdout } = await countersign(["explain", ...GITHUB], { input: request });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^github: refused: signature_mismatch\n• .+\n {2}Mend: .+/);
    const json = await countersign(["explain", ...GITHUB, "--json"], { input: request });
    expect(schemas.explain.parse(JSON.parse(json.stdout)).findings.length).toBeGreaterThan(0);
  });

  test("says what a parsed body means", async () => {
    const dump = JSON.stringify({
      originalUrl: "/",
      headers: { "x-hub-signature-256": github('{ "a": 1 }') },
      body: { a: 1 },
    });
    expect((await countersign(["explain", ...GITHUB], { input: dump })).stdout).toContain(
      "the sender's own bytes are lost",
    );
  });

  test("names whose headers they are, where another provider was chosen", async () => {
    const { stdout } = await countersign(["explain", good, ...STRIPE, "--json"]);
    expect(schemas.explain.parse(JSON.parse(stdout)).fits).toContain("github");
  });

  test("says yes with 0", async () => {
    expect(await countersign(["explain", good, ...GITHUB])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("genuine"),
    });
  });
});

describe("sign", () => {
  test("prints what node:crypto makes", async () => {
    const { stdout } = await countersign(["sign", "--body", "body.json", ...GITHUB]);
    expect(stdout).toBe(`x-hub-signature-256: ${github(BODY)}\n`);
  });

  test("signs what standardwebhooks' own library takes", async () => {
    const { stdout } = await countersign([
      "sign",
      "--body",
      "body.json",
      "--provider",
      "standard-webhooks",
      "--secret-env",
      "STANDARD_SECRET",
      "--id",
      "0123456789012345678901",
      "--json",
    ]);
    const { headers } = schemas.sign.parse(JSON.parse(stdout));
    expect(headers["webhook-id"]).toBe("0123456789012345678901");
    new Webhook(SECRETS.STANDARD_SECRET).verify(BODY, headers);
  });

  test("for a time that is told", async () => {
    const { stdout } = await countersign(["sign", "--body", "body.json", ...STRIPE, "--timestamp", "1700000000"]);
    expect(stdout).toBe(
      `stripe-signature: t=1700000000,v1=${createHmac("sha256", secret).update(`1700000000.${BODY}`).digest("hex")}\n`,
    );
  });

  test("replaces the signature of a saved request and keeps its other headers", async () => {
    const { stdout } = await countersign(["sign", forged, ...GITHUB, "--url", "example.com/hooks", "--curl"]);
    expect(stdout).toContain(`-H 'x-hub-signature-256: ${github(BODY)}'`);
    expect(stdout).not.toContain(github(BODY, "x"));
    expect((await countersign(["verify", ...GITHUB], { input: stdout })).code).toBe(0);
  });

  test.each([
    ["two bodies", ["sign", "good.http", "--body", "body.json", ...GITHUB]],
    ["an id where none is signed", ["sign", "--body", "body.json", "--id", "1", ...GITHUB]],
    [
      "a secret that is none of the provider's",
      ["sign", "--body", "body.json", "--provider", "discord", "--secret-env", "WEBHOOK_SECRET"],
    ],
  ])("%s ends with 2", async (_, args) => {
    expect((await countersign(args)).code).toBe(2);
  });
});

describe("what is sent", () => {
  interface Got {
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: Buffer;
  }
  const got: Got[] = [];
  let answer: (url: string) => { status: number; body: string } = () => ({ status: 200, body: "ok" });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    got.push({ url: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    if (request.url === "/hang") return;
    const { status, body } = answer(request.url ?? "");
    response.writeHead(status, { "content-type": "text/plain" }).end(body);
  });
  const listening = new Promise<string>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
  afterAll(() => server.close().closeAllConnections());

  test("send shows the whole exchange, the answer's body included", async () => {
    const { code, stdout } = await countersign(["send", `${await listening}/hooks`, "--body", "body.json", ...GITHUB]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^POST http.+\/hooks\nContent-Type: application\/json\nx-hub-signature-256: sha256=.+\n\n.+\n\n200 after \d+ ms\n/,
    );
    expect(stdout).toMatch(/\n\nok\n$/);
    expect(got.at(-1)?.body.toString()).toBe(BODY);
    expect(got.at(-1)?.headers["x-hub-signature-256"]).toBe(github(BODY));
  });

  test("send says no with 1, and prints JSON", async () => {
    answer = () => ({ status: 401, body: `echo ${secret} ${encodeURIComponent(secret)}` });
    const { code, stdout } = await countersign([
      "send",
      `${await listening}/hooks`,
      "--body",
      "body.json",
      ...GITHUB,
      "--json",
    ]);
    expect(code).toBe(1);
    expect(schemas.send.parse(JSON.parse(stdout)).response).toMatchObject({
      status: 401,
      body: "echo [secret] [secret]",
    });
  });

  test("a credential is sent and not shown; curl puts it in from the environment", async () => {
    answer = () => ({ status: 204, body: "" });
    const args = ["--body", "body.json", "--provider", "aperture", "--secret-env", "WEBHOOK_SECRET"];
    const { stdout } = await countersign(["send", await listening, ...args]);
    expect(stdout).toContain("authorization: [secret]");
    expect(got.at(-1)?.headers.authorization).toBe(`Bearer ${secret}`);
    const line = await countersign(["sign", ...args, "--url", await listening, "--curl"]);
    expect(line.stdout).toContain('-H "authorization: Bearer $WEBHOOK_SECRET"');
    await shell(line.stdout);
    expect(got.at(-1)?.headers.authorization).toBe(`Bearer ${secret}`);
  });

  test.each([
    ["text with quotes", Buffer.from(`{"it's":"a \\"test\\" $HOME \`x\`\\n"}\r\n`)],
    ["bytes that are no text", Buffer.from([0, 255, 10, 13, 128])],
    ["a body that begins with @", Buffer.from("@file")],
    ["nothing", Buffer.alloc(0)],
  ])("the curl line sends %s byte for byte", async (_, body) => {
    answer = () => ({ status: 204, body: "" });
    const { stdout } = await countersign([
      "sign",
      "--body",
      file("any.bin", body),
      ...GITHUB,
      "--url",
      `${await listening}/a?b=c&d='e'`,
      "--curl",
    ]);
    await shell(stdout);
    expect(got.at(-1)?.body).toEqual(body);
    expect(got.at(-1)?.headers["x-hub-signature-256"]).toBe(
      `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    );
  });

  test("nobody there, no such host, and no answer in time end with 4", async () => {
    const send = (url: string) =>
      countersign(["send", url, "--body", "body.json", ...GITHUB, "--timeout", "300ms", "--json"]);
    const all = await Promise.all([
      send("127.0.0.1:1"),
      send("http://nowhere.invalid"),
      send(`${await listening}/hang`),
    ]);
    for (const { code, stdout } of all) {
      expect(code).toBe(4);
      expect(schemas.failure.parse(JSON.parse(stdout)).error.code).toBe("no_answer");
    }
  });

  test("what takes longer than a second is told: turning at a terminal, in one line elsewhere", async () => {
    const args = ["send", `${await listening}/hang`, "--body", "body.json", ...GITHUB, "--timeout", "2s"];
    const [there, elsewhere, script] = await Promise.all([
      atTerminal(args),
      countersign(args),
      countersign([...args, "--json"]),
    ]);
    expect(there.stdout).toMatch(/Waiting for 127[\s\S]+\[\d+s\]/);
    expect(elsewhere.stderr).toMatch(/^Waiting for 127\.0\.0\.1:\d+ …\ncountersign: /);
    expect(script.stderr).toBe("");
  });

  test("Ctrl-C while it waits for the answer ends with 130", async () => {
    const before = got.length;
    const child = start(["send", `${await listening}/hang`, "--body", "body.json", ...GITHUB]);
    await expect.poll(() => got.length).toBeGreaterThan(before);
    child.process.kill("SIGINT");
    expect(await child.ended).toMatchObject({ code: 130, stdout: "" });
  });
});

describe("providers", () => {
  test("lists all, and tells one", async () => {
    const { stdout } = await countersign(["providers", "--json"]);
    const all = JSON.parse(stdout).map((one: unknown) => schemas.provider.parse(one));
    expect(all.length).toBeGreaterThan(40);
    const plain = await countersign(["providers"]);
    for (const { name } of all) expect(plain.stdout).toMatch(new RegExp(`^${name} `, "m"));
    const one = await countersign(["providers", "tappass", "--set", "header=x-key"]);
    expect(one.stdout).toMatch(/a static credential in x-key[\s\S]+Open: /);
    expect((await countersign(["providers", "nobody"])).code).toBe(2);
  });
});

describe("secret new", () => {
  test("draws what the provider reads, each time another", async () => {
    const draw = async (...args: string[]) =>
      schemas.secret.parse(JSON.parse((await countersign(["secret", "new", ...args, "--json"])).stdout));
    const one = await draw("standard-webhooks");
    expect(one.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect((await draw("standard-webhooks")).secret).not.toBe(one.secret);
    new Webhook(one.secret);
    const pair = await draw("discord");
    file("seed", pair.secret);
    file("public", pair.publicKey ?? "");
    const signed = await countersign([
      "sign",
      "--body",
      "body.json",
      "--provider",
      "discord",
      "--secret-file",
      "seed",
      "--curl",
    ]);
    expect(
      (await countersign(["verify", "--provider", "discord", "--secret-file", "public"], { input: signed.stdout }))
        .code,
    ).toBe(0);
  });

  test("a provider of each shape takes what was drawn for it", async () => {
    const names = oneOfEach([...Object.values(providers), tappass({ header: "x" }), apono({ header: "x" })]).map(
      ({ name }) => name,
    );
    expect(names.length).toBeGreaterThan(30);
    const script = names.map((name) => {
      const set = name === "tappass" || name === "apono" ? "--set header=x-key" : "";
      return `countersign secret new ${name} --out ${name}.key && countersign sign --body body.json --provider ${name} ${set} --secret-file ${name}.key --url https://example.com/ >out.txt 2>err.txt || echo "${name}: $(cat err.txt)"`;
    });
    const { stdout } = await shell(script.join("\n"));
    const failed = stdout.split("\n").filter((line) => /^[\w-]+: /.test(line));
    expect(failed).toEqual([]);
  }, 60_000);

  test("writes a file that nobody else reads, and never over another", async () => {
    const { code, stdout } = await shell(
      "countersign secret new --out fresh.key && stat -c %a fresh.key && countersign secret new --out fresh.key",
    );
    expect([code, stdout]).toEqual([2, expect.stringMatching(/\n600\n$/)]);
  });
});
