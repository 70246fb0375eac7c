// biome-ignore-all lint/suspicious/noTemplateCurlyInString: one is a template.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { standardWebhooks } from "@countersign/core/providers";
import {
  createSender,
  type EndpointOptions,
  exponential,
  never,
  type SenderEvents,
  senderChannels,
  template,
  waits,
} from "@countersign/sender";
import { type RecordedRequest, recordingReceiver } from "@countersign/sender/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { answer, hostileServer } from "./hostile.ts";
import { loopback } from "./loopback.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  vi.restoreAllMocks();
});

const SECRETS = {
  signing: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  signingBare: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  password: 'p&ss/w"rd <ü> 100%',
  header: "header-secret-0123456789/+=",
  path: "T0000-path-secret-B1111",
  query: "query-secret-abcdef",
  variable: 'env"secret\\value',
};

/** Every way in which a server may echo a secret. */
const spellings = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
  ].filter((one) => one.length > 5);
};

/** The same in the middle of something else that is base64, and the part of that which is the secret's alone. */
const within = (secret: string): { readonly text: string; readonly part: string }[] =>
  ["x", "xy", "xyz"].map((before) => {
    const text = Buffer.from(`${before}${secret}zzz`).toString("base64");
    return { text, part: text.slice(4, -8) };
  });

/** Everything that comes out of a sender: hooks, channels, handles, dead letters, descriptions, the console, warnings. */
async function everythingSaid(endpoint: Partial<EndpointOptions> & { url: string }) {
  const said: string[] = [];
  const hear = (name: string) => (value: unknown) =>
    void said.push(name, inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value));
  for (const method of ["log", "info", "warn", "error", "debug", "trace"] as const)
    vi.spyOn(console, method).mockImplementation(hear(`console.${method}`));
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => said.push(String(text)) > 0);
  const onWarning = hear("warning");
  process.on("warning", onWarning);
  const names = Object.keys(senderChannels) as (keyof SenderEvents)[];
  const listeners = names.map((name) => [senderChannels[name], hear(`channel ${name}`)] as const);
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  const sender = createSender({
    guard: loopback,
    hooks: Object.fromEntries(names.map((name) => [name, hear(`hook ${name}`)])),
    endpoints: [
      {
        name: "e",
        timeout: "2s",
        retry: waits(["1ms"]),
        sign: { provider: standardWebhooks, secret: SECRETS.signing },
        auth: { kind: "basic", username: "account", password: SECRETS.password },
        headers: { "x-token": SECRETS.header, "x-api": `Token token=${SECRETS.header}` },
        body: template('{ "key": "${KEY}", "type": "{{ type }}" }', { env: () => SECRETS.variable }),
        ...endpoint,
      },
      { name: "listener", url: "http://127.0.0.1:4999/", enabled: false, filter: { include: ["webhook.dlq"] } },
    ],
  });
  const handle = await sender.send({ type: "t", data: {} }, { to: "e" });
  hear("handle")(handle);
  hear("outcome")(await handle.outcome());
  hear("test")(await sender.test("e"));
  hear("letters")(await sender.deadLetters.list());
  hear("description")(sender.endpoints.describe("e"));
  hear("list")(sender.endpoints.list());
  hear("sender")(sender);
  await sender.close({ timeout: 0 });
  for (const [channel, listener] of listeners) unsubscribe(channel, listener);
  process.off("warning", onWarning);
  vi.restoreAllMocks();
  return said.join("\n");
}

function expectNoSecret(said: string): void {
  expect(said.length).toBeGreaterThan(1_000);
  for (const secret of Object.values(SECRETS)) {
    for (const spelling of [...spellings(secret), ...within(secret).map(({ part }) => part)]) {
      // inspect() escapes once more.
      for (const seen of [spelling, inspect(spelling).slice(1, -1), JSON.stringify(spelling).slice(1, -1)]) {
        expect(said.includes(seen), `${seen} was shown`).toBe(false);
      }
    }
  }
}

const path = `/hooks/${SECRETS.path}?token=${SECRETS.query}`;
const urlOf = (base: string) => base.replace("/hook", path);

/** An answer that repeats the whole request, and every secret in every spelling. */
const echo = (request: RecordedRequest): string =>
  [
    `${request.method} ${request.url}`,
    JSON.stringify(request.headers),
    request.body.toString(),
    ...Object.values(SECRETS).flatMap(spellings),
    ...Object.values(SECRETS).flatMap((secret) => within(secret).map(({ text }) => text)),
  ].join("\n");

describe("secrets and webhook URLs", () => {
  test.each([200, 400, 503, 307, 410])("are shown nowhere when a server echoes them with status %i", async (status) => {
    const receiver = await recordingReceiver((request) => ({
      status,
      headers: { location: `http://127.0.0.1${path}`, "x-echo": SECRETS.header, "content-type": "text/plain" },
      body: echo(request),
    }));
    cleanups.push(() => receiver.close());
    const url = urlOf(receiver.url);
    // A 410 would keep the event: the handle is not waited for then.
    const said = await everythingSaid({ url, excerpt: 65_536, statuses: { "410": "permanent" } });
    expectNoSecret(said);
    expect(said).toContain("***");
    expect(receiver.requests[0]?.url).toBe(path);
    expect(receiver.requests[0]?.body.toString()).toBe(
      JSON.stringify({ key: SECRETS.variable, type: "t" })
        .replace('{"key":', '{ "key": ')
        .replace(',"type":', ', "type": ')
        .replace(/}$/, " }"),
    );
  });

  test("are shown nowhere when the cut of an answer goes through them", async () => {
    for (let limit = 100; limit <= 100 + SECRETS.header.length; limit += 3) {
      const receiver = await recordingReceiver(() => ({
        status: 400,
        body: `${"a".repeat(95)}${SECRETS.header}${"b".repeat(500)}`,
      }));
      cleanups.push(() => receiver.close());
      const sender = createSender({
        guard: loopback,
        endpoints: [
          {
            name: "e",
            url: receiver.url,
            headers: { "x-token": SECRETS.header },
            responseLimit: limit,
            retry: never(),
          },
        ],
      });
      const [outcome] = await (await sender.send({ type: "t", data: {} })).outcome();
      const excerpt = outcome?.history[0]?.excerpt as string;
      for (let length = 4; length <= SECRETS.header.length; length += 1)
        expect(excerpt).not.toContain(SECRETS.header.slice(0, length));
      await sender.close();
    }
  });

  test("are shown nowhere by an excerpt that ends inside the mask's own place", async () => {
    const receiver = await recordingReceiver(() => ({ status: 400, body: `${"a".repeat(30)}${SECRETS.header}tail` }));
    cleanups.push(() => receiver.close());
    for (let excerpt = 28; excerpt < 70; excerpt += 1) {
      const sender = createSender({
        guard: loopback,
        endpoints: [{ name: "e", url: receiver.url, headers: { "x-token": SECRETS.header }, excerpt, retry: never() }],
      });
      const [outcome] = await (await sender.send({ type: "t", data: {} })).outcome();
      expect(outcome?.history[0]?.excerpt).toBe(`${"a".repeat(30)}***tail`.slice(0, excerpt));
      await sender.close();
    }
  });

  test.each([
    ["refuses the connection", undefined],
    ["resets it", "reset"],
    ["answers what is no HTTP", `SSH-2.0-${SECRETS.header}\r\n`],
    ["is silent", ""],
  ])("are shown nowhere when the server %s", async (_name, text) => {
    const server = await hostileServer((socket) => {
      if (text === "reset") socket.resetAndDestroy();
      else if (text !== "") socket.write(text ?? answer(200));
    });
    if (text === undefined) await server.close();
    else cleanups.push(() => server.close());
    expectNoSecret(await everythingSaid({ url: urlOf(server.url), timeout: "200ms", retry: never() }));
  });

  test("are shown nowhere by the address guard", async () => {
    const sender = createSender({
      resolve: async () => [{ address: "10.0.0.1", family: 4 }],
      endpoints: [{ name: "e", url: `https://inside.example.com${path}`, retry: exponential() }],
    });
    const [outcome] = await (await sender.send({ type: "t", data: {} })).outcome();
    expect(outcome?.history[0]?.error).toBe("address_refused");
    expect(JSON.stringify(outcome)).not.toMatch(/path-secret|query-secret/);
  });

  test.each([
    ["a URL that is refused", { url: `http://10.0.0.1${path}` }],
    ["a URL that is none", { url: `nonsense ${path}` }],
    ["credentials in the URL", { url: `https://user:${SECRETS.query}@example.com${path}` }],
    ["a header with a line break", { url: `https://example.com${path}`, headers: { "x-a": `${SECRETS.header}\r\n` } }],
    [
      "a secret of the wrong form",
      { url: `https://example.com${path}`, sign: { provider: standardWebhooks, secret: `${SECRETS.header}!` } },
    ],
    ["a bad certificate", { url: `https://example.com${path}`, tls: { cert: SECRETS.header, key: SECRETS.header } }],
    [
      "a template that cannot be JSON",
      { url: `https://example.com${path}`, auth: { kind: "header", name: "x-a", value: `${SECRETS.header}\0` } },
    ],
  ])("are shown nowhere by the error about %s", (_name, own) => {
    let thrown: unknown;
    try {
      createSender({ endpoints: [{ name: "e", ...own } as EndpointOptions] });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: "ConfigurationError" });
    const said = inspect(thrown, { depth: 20, showHidden: true });
    for (const secret of Object.values(SECRETS)) for (const one of spellings(secret)) expect(said).not.toContain(one);
  });
});
