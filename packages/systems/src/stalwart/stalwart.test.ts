import { readFileSync } from "node:fs";
import { createSender, memoryOutbox } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";
import type { StalwartWebhookConfig } from "./config.ts";
import { stalwartEventTypes } from "./events.ts";
import { fromStalwart } from "./stalwart.ts";

const sample = (name: string) =>
  readFileSync(new URL(`../../../../test/fixtures/samples/${name}`, import.meta.url), "utf8");
const config = JSON.parse(sample("stalwart-webhook.json")) as StalwartWebhookConfig;

test("takes the documented configuration as it stands and sends the documented bytes", async () => {
  const { sender, requests, clock, times } = stage(fromStalwart(config));
  await sender.send({
    id: "1687359300037",
    type: "auth.success",
    time: "2023-06-21T14:55:00Z",
    data: { accountName: "jdoe@example.org", accountId: 5, spanId: 302231454903657293n },
  });
  await sender.send({ type: "auth.error", data: {} });
  await clock.advanceAsync(5_000);
  expect(times()).toEqual([0]);
  expect(requests[0]?.text).toBe(sample("stalwart-events.json"));
  expect(requests[0]?.timeout).toBe(30_000);
  expect(requests[0]?.named).toMatchObject({
    "content-type": "application/json",
    "x-my-header": "my-value",
    authorization: `Basic ${Buffer.from("account:password").toString("base64")}`,
    "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=",
  });
});

test("the first event of a quiet time waits a whole window: it goes at once, and the next after the throttle", async () => {
  const { sender, requests, clock, times } = stage(fromStalwart(config));
  for (const n of [1, 2, 3]) {
    await sender.send({ type: "auth.success", data: { n } });
    await clock.advanceAsync(300);
  }
  await clock.advanceAsync(5_000);
  await sender.send({ type: "auth.success", data: { n: 4 } });
  await clock.advanceAsync(5_000);
  expect(times()).toEqual([0, 1_000, 5_900]);
  expect(
    requests.map((request) => JSON.parse(request.text).events.map((event: { data: { n: number } }) => event.data.n)),
  ).toEqual([[1], [2, 3], [4]]);
});

test("two requests begin closer together than the throttle: never, in a steady stream", async () => {
  const { sender, clock, times } = stage(fromStalwart(config));
  for (let n = 0; n < 50; n += 1) {
    await sender.send({ type: "auth.success", data: { n } });
    await clock.advanceAsync(170);
  }
  await clock.advanceAsync(5_000);
  const starts = times();
  expect(starts.slice(1).map((at, index) => at - (starts[index] as number))).toEqual(starts.slice(1).map(() => 1_000));
});

test("300 attempts in five minutes, where the server makes 301: the age counts when an attempt has failed", async () => {
  const { sender, clock, times } = stage(
    fromStalwart(config),
    (_request, index) => [500, 404, 302, 410][index % 4] as number,
  );
  const handle = await sender.send({ type: "auth.success", data: {} });
  await clock.advanceAsync(400_000);
  const [outcome] = await handle.outcome();
  expect(outcome?.status).toBe("discarded");
  // The one at 299 s came back younger than five minutes, and went again; the one at 300 s did not.
  expect(times()).toEqual(Array.from({ length: 301 }, (_, index) => index * 1_000));
  expect(await sender.deadLetters.list()).toEqual({ letters: [] });
});

test("a retry goes at once where the throttle has passed since the last start", async () => {
  const { sender, clock, times } = stage(fromStalwart({ ...config, timeout: "5s" }), (_request, index) =>
    index === 0 ? { error: "timeout" as const, after: 5_000 } : 200,
  );
  await sender.send({ type: "auth.success", data: {} });
  await clock.advanceAsync(20_000);
  expect(times()).toEqual([0, 5_000]);
});

test("a throttle longer than discardAfter discards events that were never attempted", async () => {
  const { sender, clock, requests } = stage(fromStalwart({ ...config, throttle: "10m", discardAfter: "1m" }));
  await sender.send({ type: "auth.success", data: { n: 1 } });
  await clock.advanceAsync(1_000);
  const second = await sender.send({ type: "auth.success", data: { n: 2 } });
  await clock.advanceAsync(3_600_000);
  expect((await second.outcome())[0]).toMatchObject({ status: "delivered", attempts: 1 });
  expect(requests).toHaveLength(2);
});

test("lossy keeps on trying for five minutes: it drops what an endpoint keeps refusing, or does not answer", async () => {
  const { sender, clock, times } = stage(fromStalwart({ ...config, lossy: true }), () => 503);
  const handle = await sender.send({ type: "auth.success", data: {} });
  await clock.advanceAsync(400_000);
  expect((await handle.outcome())[0]?.status).toBe("discarded");
  expect(times()).toEqual([0, 1_000, 2_000]);
  expect(await sender.deadLetters.list()).toEqual({ letters: [] });
  const silent = stage(fromStalwart({ ...config, lossy: true }), () => ({ error: "timeout", after: 30_000 }));
  await silent.sender.send({ type: "auth.success", data: {} });
  await silent.clock.advanceAsync(400_000);
  expect(silent.times()).toEqual([0]);
});

test("lossy drops nothing that an endpoint takes late: a second failure is not yet the end", async () => {
  const { sender, clock, times } = stage(fromStalwart({ ...config, lossy: true }), (_request, index) =>
    index < 2 ? 503 : 200,
  );
  const handle = await sender.send({ type: "auth.success", data: {} });
  await clock.advanceAsync(400_000);
  expect((await handle.outcome())[0]?.status).toBe("delivered");
  expect(times()).toEqual([0, 1_000, 2_000]);
});

test("lossy with a full outbox refuses the event: it drops it", async () => {
  const outbox = memoryOutbox({ capacity: 1 });
  const { sender } = stage(fromStalwart({ ...config, lossy: true }), () => ({ error: "timeout", after: 30_000 }), {
    outbox,
  });
  await sender.send({ type: "auth.success", data: { n: 1 } });
  const second = await sender.send({ type: "auth.success", data: { n: 2 } });
  expect(second.placements).toEqual([{ endpoint: "stalwart", status: "dropped" }]);
});

test("enable: false keeps events for later: it is off, not a queue", async () => {
  const { sender, clock, requests } = stage(fromStalwart({ ...config, enable: false }));
  const handle = await sender.send({ type: "auth.success", data: {} });
  expect(handle.placements).toEqual([]);
  await sender.endpoints.enable("stalwart");
  await clock.advanceAsync(10_000);
  expect(requests).toEqual([]);
});

test("with nothing listed nothing is sent: the default policy excludes, so everything goes", async () => {
  const { sender, clock, requests } = stage(fromStalwart({ url: "https://example.com/" }));
  for (const type of ["auth.success", "store.data-corruption", "telemetry.webhook-error"]) {
    await sender.send({ type, data: {} });
  }
  await clock.advanceAsync(10_000);
  const types = requests.flatMap(({ text }) => JSON.parse(text).events.map((event: { type: string }) => event.type));
  expect(types).toEqual(["auth.success", "store.data-corruption"]);
});

test("level debug lets no debug event through, trace no trace event", async () => {
  const count = async (level: "info" | "debug" | "trace") => {
    const { sender, clock, requests } = stage(
      fromStalwart({ url: "https://example.com/", level }, { levelOf: (event) => event.data as "debug" }),
    );
    for (const data of ["error", "warn", "info", "debug", "trace"]) await sender.send({ type: "auth.success", data });
    await clock.advanceAsync(10_000);
    return requests.flatMap(({ text }) => JSON.parse(text).events).length;
  };
  expect([await count("info"), await count("debug"), await count("trace")]).toEqual([3, 4, 5]);
});

test("events as the API's set are refused: they are taken, and false is not in it", async () => {
  const { sender, clock, requests } = stage(
    fromStalwart({ ...config, events: { "auth.success": true, "auth.failed": false } }),
  );
  for (const type of ["auth.failed", "auth.success"]) await sender.send({ type, data: {} });
  await clock.advanceAsync(10_000);
  expect(requests.flatMap(({ text }) => JSON.parse(text).events)).toMatchObject([{ type: "auth.success" }]);
});

test("null for an optional field is refused: it means absent", () => {
  const nulls = Object.fromEntries(Object.keys(config).map((key) => [key, null]));
  expect(() => createSender({ endpoints: fromStalwart({ ...nulls, url: config.url }) })).not.toThrow();
});

describe("whole files", () => {
  const secrets = { b: { signatureKey: "key-of-b", httpAuth: "password-of-b" } };
  const readers = { env: () => "from-the-environment", file: () => "from-the-file" };

  test("the API's x:WebHook/set does not load", () => {
    const endpoints = fromStalwart(sample("stalwart-webhooks.json"));
    expect(endpoints.map(({ name, enabled }) => [name, enabled])).toEqual([
      ["auth-audit", true],
      ["collector", true],
      ["everything", true],
      ["off", false],
    ]);
    expect(endpoints[1]).toMatchObject({ timeout: "5000ms", discardAfter: "200ms", lossy: true });
    expect(() =>
      createSender({ endpoints, readers, guard: { schemes: ["http", "https"], ports: [443, 8821] } }),
    ).not.toThrow();
  });

  test("the API's x:WebHook/get signs with four stars", () => {
    const text = sample("stalwart-webhooks-get.json");
    expect(() => fromStalwart(text)).toThrow(
      expect.objectContaining({
        code: "masked_secret",
        option: "methodResponses[0][1].list[0].signatureKey.secret",
        line: 12,
      }),
    );
    const endpoints = fromStalwart(text, { secrets });
    expect(endpoints.map(({ name }) => name)).toEqual(["b", "c"]);
    expect(endpoints[0]).toMatchObject({ sign: { secret: "key-of-b" }, auth: { password: "password-of-b" } });
  });

  test("the old config.toml does not load", async () => {
    const endpoints = fromStalwart(sample("stalwart-webhooks.toml"));
    expect(endpoints.map(({ name }) => name)).toEqual(["auth-audit", "ingest", "everything", "both"]);
    expect(endpoints.notes.map(({ option }) => option)).toEqual([
      "webhook.draft",
      "server",
      "storage",
      "store",
      "tracer",
    ]);
    const [audit, ingest, everything, both] = endpoints;
    expect(audit).toMatchObject({
      url: "https://hooks.example.org/stalwart/auth",
      timeout: "30000ms",
      discardAfter: "300000ms",
      rate: { per: "1000ms" },
      headers: { "X-My-Header": "my-value", "X-Env": "prod" },
      sign: { secret: "placeholder-signature-key" },
      auth: { kind: "basic", username: "account", password: "placeholder-password" },
    });
    expect(ingest).toMatchObject({
      rate: { per: "100ms" },
      auth: { kind: "bearer", token: "placeholder-token" },
      tls: { allowInvalidCertificates: true },
      lossy: true,
    });
    expect(everything?.sign).toBeUndefined();
    expect(both).toMatchObject({ sign: { secret: { env: "STALWART_HOOK_KEY" } }, auth: { kind: "basic" } });
    const { sender } = stage(endpoints, undefined, {
      readers,
      guard: { schemes: ["http", "https"], ports: [443, 8821] },
    });
    const to = async (type: string) =>
      (await sender.send({ type, data: {} })).placements.map(({ endpoint }) => endpoint);
    expect(await to("auth.failed")).toEqual(["auth-audit", "everything"]);
    expect(await to("imap.error")).toEqual(["auth-audit", "everything"]);
    expect(await to("delivery.dsn-perm-fail")).toEqual(["ingest", "everything"]);
  });

  test.each([
    ["%{env:}% in a URL", 'url = "https://%{env:HOST}%/a"', "https://from-the-environment/a"],
    ["%{cfg:}% in a URL", 'url = "https://%{cfg:server.hostname}%/a"', "https://mail.example.org/a"],
  ])("%s is taken as it is", (_name, line, url) => {
    const text = `[server]\nhostname = "mail.example.org"\n[webhook.a]\n${line}\nevents = "*"\n`;
    expect(fromStalwart(text, { readers })[0]?.url).toBe(url);
  });

  test.each([
    [
      "a misspelt key",
      '[webhook."a"]\nurl = "https://example.com/"\nthrotle = "1s"\n',
      "webhook.a.throtle",
      3,
      1,
      "throttle",
    ],
    [
      "a misspelt event",
      '[webhook.a]\nurl = "https://example.com/"\nevents = ["auth.sucess"]\n',
      "webhook.a.events[0]",
      3,
      10,
      "auth.success",
    ],
    [
      "two stars",
      '[webhook.a]\nurl = "https://example.com/"\nevents = "*auth*"\n',
      "webhook.a.events",
      3,
      10,
      "one star",
    ],
    [
      "a compound duration",
      '[webhook.a]\nurl = "https://example.com/"\nevents = "*"\ntimeout = "1m30s"\n',
      "webhook.a.timeout",
      4,
      11,
      "1m30s",
    ],
    [
      "a header without a colon",
      '[webhook.a]\nurl = "https://example.com/"\nevents = "*"\nheaders = ["X"]\n',
      "webhook.a.headers[0]",
      4,
      11,
      "Name: value",
    ],
    ["no TOML", "[webhook.a]\nurl = \n", "config", 2, 7, "TOML"],
    ["a JSON mistake", '{\n  "url": "https://example.com/"\n  "events": []\n}', "config", 3, 3, "JSON"],
    ["a misspelt JSON key", '{ "url": "https://example.com/",\n  "evnts": [] }', "webhook.evnts", 2, 3, "events"],
  ])("%s is refused without saying where", (_name, text, option, line, column, says) => {
    expect(() => fromStalwart(text)).toThrow(
      expect.objectContaining({
        name: "ConfigurationError",
        option,
        line,
        column,
        message: expect.stringContaining(says),
      }),
    );
  });
});

test("there are 637 event types, as in Stalwart's source", () => {
  expect([...stalwartEventTypes].sort()).toEqual(sample("stalwart-event-types.txt").split("\n").filter(Boolean).sort());
  expect(stalwartEventTypes).toHaveLength(637);
});

test.each([
  [
    "None",
    { signatureKey: { "@type": "None" } },
    (h: Record<string, string>) => expect(h["x-signature"]).toBeUndefined(),
  ],
  [
    "EnvironmentVariable",
    { signatureKey: { "@type": "EnvironmentVariable", variableName: "KEY" } },
    (h: Record<string, string>) => expect(h["x-signature"]).toHaveLength(44),
  ],
  [
    "File",
    { signatureKey: { "@type": "File", filePath: "/run/key" } },
    (h: Record<string, string>) => expect(h["x-signature"]).toHaveLength(44),
  ],
  [
    "Bearer",
    { httpAuth: { "@type": "Bearer", bearerToken: { "@type": "Value", secret: "token" } } },
    (h: Record<string, string>) => expect(h.authorization).toBe("Bearer token"),
  ],
  [
    "Unauthenticated",
    { httpAuth: { "@type": "Unauthenticated" } },
    (h: Record<string, string>) => expect(h.authorization).toBeUndefined(),
  ],
])("secret variant %s", async (_name, own, check) => {
  const readers = { env: (name: string) => (name === "KEY" ? "from-env" : undefined), file: () => "from-file\n" };
  const { sender, requests, clock } = stage(fromStalwart({ ...config, ...own } as StalwartWebhookConfig), () => 200, {
    readers,
  });
  await sender.send({ type: "auth.success", data: {} });
  await clock.advanceAsync(2_000);
  check(requests[0]?.named as Record<string, string>);
});

test("eventsPolicy exclude, level, enable, lossy and allowInvalidCerts are followed", async () => {
  const exclude = fromStalwart({ ...config, eventsPolicy: "exclude", level: "warn" });
  const { sender, requests, clock } = stage(exclude);
  await sender.send({ type: "auth.success", severity: "error", data: {} });
  await sender.send({ type: "auth.failed", severity: "info", data: {} });
  await sender.send({ type: "auth.failed", severity: "warn", data: {} });
  await clock.advanceAsync(2_000);
  expect(requests.flatMap((request) => JSON.parse(request.text).events)).toHaveLength(1);
  const off = createSender({ endpoints: fromStalwart({ ...config, enable: false, allowInvalidCerts: true }) });
  expect(off.endpoints.describe("stalwart")).toMatchObject({ enabled: false, acceptsInvalidCertificates: true });
  expect(fromStalwart({ ...config, lossy: true })[0]?.lossy).toBe(true);
});

test.each([
  ["patterns", { events: ["auth.*"] }, "webhook.events[0]"],
  ["an unknown policy", { eventsPolicy: "only" }, "webhook.eventsPolicy"],
  ["an unknown level", { level: "loud" }, "webhook.level"],
  ["an unknown setting", { retries: 3 }, "webhook.retries"],
  ["a secret of another kind", { signatureKey: { "@type": "Vault", path: "x" } }, "webhook.signatureKey.@type"],
  [
    "a secret with a stray field",
    { signatureKey: { "@type": "Value", secret: "x", path: "y" } },
    "webhook.signatureKey.path",
  ],
  ["a bad duration", { timeout: "30 seconds" }, "webhook.timeout"],
  ["a duration of two units", { timeout: "1m30s" }, "webhook.timeout"],
  ["no throttle at all", { throttle: 0 }, "webhook.throttle"],
  ["a misspelt event type", { events: ["auth.sucess"] }, "webhook.events[0]"],
  ["a misspelt event type in a set", { events: { "auth.sucess": true } }, "webhook.events.auth.sucess"],
  [
    "a key that the API shows as stars",
    { signatureKey: { "@type": "Value", secret: "****" } },
    "webhook.signatureKey.secret",
  ],
  ["an inclusion of nothing", { events: [], eventsPolicy: "include" }, "webhook.events"],
  ["an empty header", { httpHeaders: { "X-A": " " } }, "webhook.httpHeaders.X-A"],
  ["a URL that is none", { url: "example.com" }, "webhook.url"],
])("refuses %s", (_name, own, option) => {
  expect(() => createSender({ endpoints: fromStalwart({ ...config, ...own } as never) })).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});

test("reads no environment and no file that the application did not hand out", () => {
  const key = { "@type": "EnvironmentVariable", variableName: "PATH" } as const;
  expect(() => createSender({ endpoints: fromStalwart({ ...config, signatureKey: key }) })).toThrow(
    expect.objectContaining({ code: "no_reader" }),
  );
});

test.each([
  [
    "an unreadable file does not say why",
    { signatureKey: { "@type": "File", filePath: "/run/key" } },
    "webhook.signatureKey.filePath",
    "ENOENT",
  ],
  [
    "a missing variable is called by the sender's name",
    { signatureKey: { "@type": "EnvironmentVariable", variableName: "KEY" } },
    "webhook.signatureKey.variableName",
    '"KEY" is not set',
  ],
  [
    "an unreadable password is called by the sender's name",
    { httpAuth: { "@type": "Bearer", bearerToken: { "@type": "File", filePath: "/run/token" } } },
    "webhook.httpAuth.bearerToken.filePath",
    "ENOENT",
  ],
])("%s", (_name, own, option, says) => {
  const file = () => {
    throw Object.assign(new Error("no such file"), { code: "ENOENT" });
  };
  expect(() => fromStalwart({ ...config, ...own } as never, { readers: { env: () => undefined, file } })).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option, message: expect.stringContaining(says) }),
  );
});

test("durations are whole milliseconds, as its interface writes them, or text as its documentation does", () => {
  const of = (own: object) => fromStalwart({ ...config, ...own } as never)[0];
  expect(of({ timeout: 5_000, throttle: 1_000, discardAfter: 300_000 })).toMatchObject({
    timeout: "5000ms",
    rate: { requests: 1, per: "1000ms" },
    discardAfter: "300000ms",
  });
  expect(of({ timeout: "5s" })).toMatchObject({ timeout: "5000ms" });
});
