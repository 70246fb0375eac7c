/** Attacked: receivers that are right, official SDKs used as their pages say, and what tutorials write. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createVerifier, memoryReplayStore, type Provider } from "@countersign/core";
import {
  aperture,
  discord,
  github,
  providers,
  shopify,
  slack,
  standardWebhooks,
  stripe,
  twilio,
} from "@countersign/core/providers";
import { Webhooks } from "@octokit/webhooks";
import express, { type Express } from "express";
import Stripe from "stripe";
import { Webhook } from "svix";
import { afterAll, describe, expect, test } from "vitest";
import { tableUnder } from "../docs/table.ts";
import { ROOT } from "../packed/pack.ts";
import { closedPort, countersign, file, SECRETS, seen, shell, start } from "./command.ts";
import * as schemas from "./schemas.ts";
import { oneOfEach } from "./shapes.ts";

afterAll(() => expect(seen()).toEqual([]));

/** The page's own table: receiver, and what it accepts. */
const PAGE = join(ROOT, "packages/cli/docs/attack.md");
const page = tableUnder(readFileSync(PAGE, "utf8"), "What they accept");
const documented = (receiver: string) =>
  [...(page.find(([name]) => name === receiver)?.[1] ?? "not on the page").matchAll(/`(\w+)`|not on the page/g)].map(
    ([all, name]) => name ?? all,
  );

const secret = SECRETS.WEBHOOK_SECRET;
const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`)),
  );
}

async function attack(url: string, provider: string, ...args: string[]) {
  const patience = args.includes("--patience") ? [] : ["--patience", "1s"];
  const named = args.some((one) => one.startsWith("--secret")) ? [] : ["--secret-env", "WEBHOOK_SECRET"];
  const { code, stdout, stderr } = await countersign([
    "attack",
    url,
    "--provider",
    provider,
    ...named,
    "--json",
    ...patience,
    ...args,
  ]);
  const report = stdout.startsWith('{"error"') ? undefined : schemas.attack.parse(JSON.parse(stdout));
  const of = (...outcomes: string[]) =>
    (report?.results ?? []).filter(({ outcome }) => outcomes.includes(outcome)).map(({ name }) => name);
  return {
    code,
    stderr,
    stdout,
    report,
    accepted: report?.accepted,
    bad: of("accepted", "broke", "leaks"),
    look: of("look"),
  };
}

/** With the receiver's own URL: what is signed must be it. */
function verified(provider: Provider<any>, key: string, options: object = {}): RequestListener {
  const verifier = createVerifier(provider, {
    secret: key,
    log: false,
    publicUrl: "http://app.example.com",
    ...(provider.repeats ? {} : { replay: memoryReplayStore() }),
    ...options,
  });
  return (request, response) =>
    void verifier.handleIncoming(request, response, () => undefined).catch(() => response.destroy());
}

describe.concurrent("a receiver that is right accepts nothing", () => {
  const rows: [name: string, provider: Provider<any>, key: string, args: string[]][] = [
    ["stripe", stripe, secret, []],
    ["github", github, secret, []],
    ["slack", slack, secret, []],
    ["shopify", shopify, secret, []],
    ["standard-webhooks", standardWebhooks, SECRETS.STANDARD_SECRET, ["--secret-env", "STANDARD_SECRET"]],
    ["twilio", twilio, secret, ["--url", "http://app.example.com/hooks"]],
    ["aperture", aperture(), secret, []],
  ];
  test.each(rows)("%s", async (name, provider, key, args) => {
    // Equal requests are duplicates to a store where no time and no id is signed, and a duplicate is no failure.
    const { code, bad, look, report } = await attack(await serve(verified(provider, key)), name, ...args);
    expect([code, bad]).toEqual([0, []]);
    expect(look.filter((one) => one !== "replayed")).toEqual([]);
    expect(report?.results.length).toBeGreaterThan(provider.scheme.kind === "token" ? 8 : 13);
  });

  test("a provider of each shape", async () => {
    const found: string[] = [];
    const tryOne = async (provider: Provider<any>) => {
      const { name, handshake } = provider;
      const made = schemas.secret.parse(JSON.parse((await countersign(["secret", "new", name, "--json"])).stdout));
      const needs =
        handshake?.needs === "token" ? { handshake: "x" } : handshake?.needs ? { handshake: () => false } : {};
      const url = await serve(verified(provider, made.publicKey ?? made.secret, { replay: undefined, ...needs }));
      // Linear has its time in the payload.
      const body = file(`${name}.json`, `{"type":"test","webhookTimestamp":${Date.now()}}`);
      const extra = name === "linear" ? ["--body", body] : [];
      const key = file(`${name}.key`, made.secret);
      const { code, bad, look, stdout } = await attack(
        url,
        name,
        "--secret-file",
        key,
        "--url",
        "http://app.example.com/hooks",
        ...extra,
      );
      if (code !== 0 || bad.length > 0 || look.join() !== "replayed") found.push(`${name}: ${stdout}`);
    };
    const all = oneOfEach(Object.values(providers));
    expect(all.length).toBeGreaterThan(30);
    for (let i = 0; i < all.length; i += 3) await Promise.all(all.slice(i, i + 3).map(tryOne));
    expect(found).toEqual([]);
  }, 120_000);

  test("discord, with a key pair", async () => {
    const pair = schemas.secret.parse(JSON.parse((await countersign(["secret", "new", "discord", "--json"])).stdout));
    const url = await serve(verified(discord, pair.publicKey ?? ""));
    const { code, bad } = await attack(url, "discord", "--secret-file", file("discord.key", pair.secret));
    expect([code, bad]).toEqual([0, []]);
  });

  test("and one that refuses duplicates leaves nothing to look at", async () => {
    const { look } = await attack(await serve(verified(stripe, secret, { onDuplicate: "refuse" })), "stripe");
    expect(look).toEqual([]);
  });
});

describe.concurrent("official SDKs, as their pages show them", () => {
  test("stripe-node with express.raw()", async ({ task }) => {
    const app = express();
    const { webhooks } = new Stripe("sk_x");
    app.post("/hooks", express.raw({ type: "application/json" }), (request, response) => {
      try {
        webhooks.constructEvent(request.body, request.headers["stripe-signature"] as string, secret);
        response.json({ received: true });
      } catch {
        response.status(400).end();
      }
    });
    const { code, bad, look } = await attack(await serve(app), "stripe");
    // Its window has one side: https://github.com/stripe/stripe-node, src/Webhooks.ts.
    expect([code, bad, look]).toEqual([1, documented(task.name), ["replayed", "hanging"]]);
    expect(bad).toEqual(["from_the_future"]);
  });

  test("svix with express.raw()", async ({ task }) => {
    const app = express();
    const webhook = new Webhook(SECRETS.STANDARD_SECRET);
    app.post("/hooks", express.raw({ type: "*/*" }), (request, response) => {
      try {
        webhook.verify(request.body, request.headers as Record<string, string>);
        response.json({});
      } catch {
        response.status(400).end();
      }
    });
    const { code, bad } = await attack(await serve(app), "standard-webhooks", "--secret-env", "STANDARD_SECRET");
    expect([code, bad]).toEqual([0, documented(task.name)]);
  });

  test("octokit behind express.text()", async ({ task }) => {
    const app = express();
    const webhooks = new Webhooks({ secret });
    app.post("/hooks", express.text({ type: "*/*" }), async (request, response) => {
      const signature = request.get("x-hub-signature-256") ?? "";
      const ok = signature !== "" && (await webhooks.verify(request.body, signature).catch(() => false));
      response.status(ok ? 200 : 401).end();
    });
    const { code, bad } = await attack(await serve(app), "github");
    expect([code, bad]).toEqual([0, documented(task.name)]);
  });
});

describe.concurrent("what tutorials write", () => {
  const hmac = (body: string | Buffer, key: string = secret, digest = "sha256") =>
    createHmac(digest, key).update(body).digest("hex");
  const github = (check: (signature: string, body: Buffer, parsed: unknown) => boolean) => {
    const app = express();
    app.post("/hooks", express.raw({ type: "*/*" }), (request, response) => {
      const parsed = () => JSON.parse(request.body.toString());
      const signature = request.get("x-hub-signature-256") ?? "";
      response.sendStatus(check(signature, request.body, parsed) ? 200 : 401);
    });
    return app;
  };
  const parsed = (value: unknown) => JSON.stringify((value as () => unknown)());

  const apps: [name: string, app: Express, found: string[]][] = [
    [
      "nothing is checked",
      github(() => true),
      [
        "unsigned",
        "unsigned_other_type",
        "empty_signature",
        "forged",
        "empty_secret",
        "guessable_secret",
        "tampered",
        "reserialised",
        "truncated",
        "weaker_algorithm",
        "malformed",
        "no_json",
      ],
    ],
    [
      "checked only where there is a signature",
      github((signature, body) => signature === "" || signature === `sha256=${hmac(body)}`),
      ["unsigned", "unsigned_other_type", "empty_signature"],
    ],
    [
      "JSON.stringify(req.body)",
      github((signature, _, value) => signature === `sha256=${hmac(parsed(value))}`),
      ["reserialised"],
    ],
    [
      "startsWith",
      github((signature, body) => signature !== "" && `sha256=${hmac(body)}`.startsWith(signature)),
      ["empty_signature", "truncated"],
    ],
    [
      "the secret is an absent variable",
      github((signature, body) => [secret, ""].some((key) => signature === `sha256=${hmac(body, key)}`)),
      ["empty_secret"],
    ],
    [
      'the secret is the text "undefined"',
      github((signature, body) => [secret, "undefined"].some((key) => signature === `sha256=${hmac(body, key)}`)),
      ["empty_secret"],
    ],
    [
      "a secret of a tutorial",
      github((signature, body) => [secret, "mysecret"].some((key) => signature === `sha256=${hmac(body, key)}`)),
      ["guessable_secret"],
    ],
    [
      "the sender chooses the algorithm",
      github((signature, body) => {
        const [digest = "", hash] = signature.split("=");
        return ["sha1", "sha256"].includes(digest) && hash === hmac(body, secret, digest);
      }),
      ["weaker_algorithm"],
    ],
  ];
  test.each(apps)("%s", async (name, app, found) => {
    const { code, accepted, report } = await attack(await serve(app), "github");
    expect([code, accepted, documented(name)]).toEqual([1, found, found]);
    for (const { outcome, mend } of report?.results ?? []) expect(mend !== "").toBe(outcome !== "refused");
  });

  test("timingSafeEqual throws for another length, and Express answers 500 with the stack", async () => {
    const app = github((signature, body) =>
      timingSafeEqual(Buffer.from(signature), Buffer.from(`sha256=${hmac(body)}`)),
    );
    app.use(((_error, _request, response, _next) => response.sendStatus(500)) as express.ErrorRequestHandler);
    const { code, report } = await attack(await serve(app), "github");
    const broke = (report?.results ?? []).filter(({ outcome }) => outcome === "broke").map(({ name }) => name);
    expect([code, broke]).toEqual([1, expect.arrayContaining(["unsigned", "truncated", "malformed"])]);
  });

  test("the answer tells what the signature should have been", async () => {
    const app = express();
    app.post("/hooks", express.raw({ type: "*/*" }), (request, response) => {
      const right = `sha256=${hmac(request.body)}`;
      if (request.get("x-hub-signature-256") === right) response.sendStatus(200);
      else response.status(401).send(`expected ${right}`);
    });
    const { report } = await attack(await serve(app), "github");
    expect(report?.results.find(({ name }) => name === "forged")).toMatchObject({ outcome: "leaks" });
  });

  const slackish = (check: (time: string, signature: string, right: (time: string) => string) => boolean) => {
    const app = express();
    app.post("/hooks", express.raw({ type: "*/*" }), (request, response) => {
      const right = (time: string) => `v0=${hmac(`v0:${time}:${request.body}`)}`;
      const ok = check(request.get("x-slack-request-timestamp") ?? "", request.get("x-slack-signature") ?? "", right);
      response.sendStatus(ok ? 200 : 401);
    });
    return app;
  };
  const far = (time: string) => Math.abs(Date.now() / 1_000 - Number(time)) > 300;

  test("no window", async ({ task }) => {
    const { accepted } = await attack(
      await serve(slackish((time, signature, right) => signature === right(time))),
      "slack",
    );
    expect(accepted).toEqual(["stale", "from_the_future"]);
    expect(documented(task.name)).toEqual(accepted);
  });

  test("a window with one side, as many have it", async ({ task }) => {
    const app = slackish(
      (time, signature, right) => Date.now() / 1_000 - Number(time) < 300 && signature === right(time),
    );
    expect((await attack(await serve(app), "slack")).accepted).toEqual(["from_the_future"]);
    expect(documented(task.name)).toEqual(["from_the_future"]);
  });

  test("a time that is checked and not signed", async ({ task }) => {
    const app = express();
    app.post("/hooks", express.raw({ type: "*/*" }), (request, response) => {
      const [, time = "", hash] = /^t=(.*),v1=(.*)$/.exec(request.get("stripe-signature") ?? "") ?? [];
      const signedAt = [time, ...[-3_600, 3_600, -604_800].map((off) => String(Number(time) + off))];
      const ok = signedAt.some((one) => hash === hmac(`${one}.${request.body}`));
      response.sendStatus(ok && !far(time) ? 200 : 401);
    });
    expect((await attack(await serve(app), "stripe")).accepted).toEqual(["moved_time"]);
    expect(documented(task.name)).toEqual(["moved_time"]);
  });

  test("a comparison with NaN lets a request without time through", async () => {
    const lax = slackish((time, signature, right) => !far(time) && (signature === right(time) || !/^\d+$/.test(time)));
    expect((await attack(await serve(lax), "slack")).accepted).toContain("no_time");
  });

  test("credentials: includes, case, part of them", async () => {
    const app = (check: (token: string) => boolean) => {
      const one = express();
      one.post(
        "/hooks",
        (request, response) =>
          void response.sendStatus(check((request.get("authorization") ?? "").replace(/^Bearer ?/, "")) ? 200 : 401),
      );
      return serve(one);
    };
    expect((await attack(await app((token) => secret.includes(token)), "aperture")).accepted).toEqual([
      "unsigned",
      "unsigned_other_type",
      "empty_credential",
      "part_of_credential",
      "oversized",
      "hanging",
    ]);
    expect((await attack(await app((token) => token.startsWith(secret)), "aperture")).accepted).toEqual([
      "part_of_credential",
    ]);
    expect((await attack(await app((token) => token.toLowerCase() === secret), "aperture")).accepted).toEqual([
      "other_case",
    ]);
  });

  test("an application that ends at the first exception", async () => {
    const port = await closedPort();
    const source = file(
      "fragile.mjs",
      `import { createHmac, timingSafeEqual } from "node:crypto";
       import { createServer } from "node:http";
       createServer(async (request, response) => {
         const chunks = [];
         for await (const chunk of request) chunks.push(chunk);
         const right = "sha256=" + createHmac("sha256", process.env.WEBHOOK_SECRET).update(Buffer.concat(chunks)).digest("hex");
         response.writeHead(timingSafeEqual(Buffer.from(request.headers["x-hub-signature-256"] ?? ""), Buffer.from(right)) ? 200 : 401).end();
       }).listen(${port}, "127.0.0.1", () => console.log("up"));`,
    );
    const app = shell(`exec node ${source}`);
    const connects = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
        socket.on("connect", () => socket.destroy());
      });
    await expect.poll(connects, { timeout: 10_000 }).toBe(true);
    const { code, report } = await attack(`http://127.0.0.1:${port}`, "github");
    await app;
    expect([code, report?.results[0]]).toEqual([
      1,
      expect.objectContaining({ name: "unsigned", outcome: "broke", statuses: [0] }),
    ]);
    expect(report?.results.at(-1)).toMatchObject({ name: "still_there", outcome: "broke" });
  });
});

describe("attack itself", () => {
  test("sends what its page says, in the words of its page", async () => {
    const rows = tableUnder(readFileSync(PAGE, "utf8"), "Mistakes").map(([name = "", tries]) => [
      name.replaceAll("`", ""),
      tries,
    ]);
    const signed = await attack(await serve(verified(stripe, secret)), "stripe");
    const token = await attack(await serve(verified(aperture(), secret)), "aperture");
    const sent = [...(signed.report?.results ?? []), ...(token.report?.results ?? [])].map(({ name, tries }) => [
      name,
      tries,
    ]);
    expect(new Set(rows.map(String))).toEqual(new Set(sent.map(String)));
  });

  test("prints each as it is known, with the mend", async () => {
    const app = express();
    app.post("/hooks", (_, response) => void response.sendStatus(200));
    const { code, stdout } = await countersign([
      "attack",
      await serve(app),
      "--provider",
      "stripe",
      "--secret-env",
      "WEBHOOK_SECRET",
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ACCEPTED {2}no signature at all \(unsigned: 200\)\n {10}Mend: .+\n/);
    expect(stdout).toMatch(/mistakes found\.\n$/);
  });

  test("finds a receiver that listens on one of localhost's addresses alone", async () => {
    const url = (await serve(verified(github, secret))).replace("127.0.0.1", "localhost");
    const { code, report } = await attack(url, "github");
    expect(code).toBe(0);
    expect(report?.results.find(({ name }) => name === "hanging")).toMatchObject({
      outcome: "refused",
      statuses: [401],
    });
  });

  test("concludes nothing where what is genuine is refused", async () => {
    const { code, stdout } = await attack(await serve((_, response) => response.writeHead(401).end()), "stripe");
    expect([code, schemas.failure.parse(JSON.parse(stdout)).error.code]).toEqual([3, "genuine_refused"]);
  });

  const elsewhere = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address;
  test.each([
    "https://example.com",
    "http://10.0.0.1",
    "http://169.254.169.254",
    "http://[::ffff:10.0.0.1]",
    "http://0.0.0.0:1",
    "http://nowhere.invalid",
    ...(elsewhere === undefined ? [] : [`http://${elsewhere}`]),
  ])("%s is not this machine's loopback, and is sent nothing", async (url) => {
    const { code, stdout } = await attack(url, "stripe");
    expect([code, schemas.failure.parse(JSON.parse(stdout)).error.code]).toEqual([2, "not_this_machine"]);
  });

  describe.runIf(elsewhere !== undefined)("a host elsewhere", () => {
    const TOKEN = /countersign-attack-[0-9a-f]{40}/;
    /** A receiver that is bound to an address which is not loopback, and counts what it is asked. */
    async function host(served: () => string | undefined) {
      const paths: string[] = [];
      const receiver = verified(github, secret);
      const server = createServer((request, response) => {
        paths.push(`${request.method} ${request.url}`);
        if (request.method === "POST") return receiver(request, response);
        const text = request.url === "/.well-known/countersign-attack" ? served() : undefined;
        if (text === "moved") response.writeHead(302, { location: "/elsewhere" }).end();
        else response.writeHead(text === undefined ? 404 : 200).end(text);
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, elsewhere, resolve));
      return { paths, url: `http://${elsewhere}:${(server.address() as AddressInfo).port}/hooks` };
    }
    const errorOf = (stdout: string) => schemas.failure.parse(JSON.parse(stdout)).error;

    test("is attacked once it serves the token that was printed, without what is oversized or hangs", async () => {
      let token: string | undefined;
      const { paths, url } = await host(() => token && `${token}\n`);
      const first = errorOf((await attack(url, "github")).stdout);
      expect([first.code, paths]).toEqual(["not_this_machine", []]);
      [token] = TOKEN.exec(first.mend) ?? [];
      expect(token).toBeDefined();
      const { code, report, bad } = await attack(url, "github", "--elsewhere");
      expect([code, bad, paths[0]]).toEqual([0, [], "GET /.well-known/countersign-attack"]);
      const names = report?.results.map(({ name }) => name) ?? [];
      expect(names).toEqual(expect.arrayContaining(["forged", "replayed", "still_there"]));
      expect(names).not.toContain("oversized");
      expect(names).not.toContain("hanging");
      expect(paths.length).toBeLessThan(70);
    });

    test.each(["nothing", "countersign-attack-00", "moved", "the token of another host"])(
      "is sent nothing more when it serves %s",
      async (served) => {
        const other = TOKEN.exec((await attack(`http://${elsewhere}:1/`, "github")).stdout)?.[0];
        const { paths, url } = await host(() =>
          served === "nothing" ? undefined : served.startsWith("the") ? other : served,
        );
        const { code, stdout } = await attack(url, "github", "--elsewhere");
        expect([code, errorOf(stdout).code, paths]).toEqual([
          2,
          "not_proven_yours",
          ["GET /.well-known/countersign-attack"],
        ]);
      },
    );
  });

  test("is bounded: some sixty requests, and no more than its patience for each", async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests++;
      request.resume();
      const good = request.headers["x-hub-signature-256"];
      // Answers what is genuine, and lets everything else hang once.
      if (good !== undefined && requests < 3) response.writeHead(200).end();
      else if (requests > 5) response.writeHead(401).end();
    });
    const started = performance.now();
    const { code } = await attack(url, "github", "--patience", "300ms");
    expect(code).toBe(1);
    expect(requests).toBeLessThan(70);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("Ctrl-C ends it with 130", async () => {
    const child = start([
      "attack",
      await serve((_, response) => void setTimeout(() => response.writeHead(200).end(), 200)),
      "--provider",
      "stripe",
      "--secret-env",
      "WEBHOOK_SECRET",
    ]);
    await child.says("ACCEPTED");
    child.process.kill("SIGINT");
    expect((await child.ended).code).toBe(130);
  });
});
