import { ConfigurationError } from "@countersign/core";
import { standardWebhooks } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import { json } from "../body/json.ts";
import { memoryOutbox } from "../outbox/memory/outbox.ts";
import { waits } from "../pace/schedule.ts";
import { createSender } from "../sender.ts";
import { stubTransport } from "../testing/stub-transport.ts";
import { machineClock } from "../time/steady.ts";

/** What a mistaken configuration may hold in any place. */
const JUNK: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  5.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  10n,
  "",
  "junk",
  "\0",
  "__proto__",
  Symbol("junk"),
  [],
  [null],
  ["junk"],
  [[]],
  {},
  { junk: 1 },
  Object.create(null),
  () => 5,
  new Date(Number.NaN),
  new Map(),
  new Uint8Array(2),
  Buffer.from("junk"),
  Promise.resolve(),
];

const endpoint = {
  name: "e",
  url: "https://example.com/hooks",
  method: "POST",
  sign: { provider: standardWebhooks, secret: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] },
  auth: { kind: "basic", username: "u", password: "p" },
  headers: { "x-key": "value" },
  body: json({ root: "array" }),
  filter: {
    include: ["a"],
    exclude: ["b"],
    patterns: true,
    minSeverity: "info",
    deadLetters: true,
    where: () => true,
  },
  timeout: "30s",
  retry: waits(["1s"]),
  statuses: { "404": "retry" },
  judge: () => ({ kind: "success" }),
  retryAfterCeiling: "1h",
  discardAfter: "1h",
  throttle: { window: "1s", maxEvents: 5 },
  rate: { requests: 1, per: "1s" },
  concurrency: 1,
  order: "any",
  breaker: { failures: 0.5, minimum: 2, window: "1m", cooldown: "1s" },
  tls: { servername: "example.com", allowInvalidCertificates: false, passphrase: "x" },
  responseLimit: 1_000,
  excerpt: 10,
  bodyLimit: 1_000,
  lossy: false,
  enabled: true,
  schemes: ["https"],
  ports: [443],
  testEvent: { type: "t", data: 1 },
};
const { auth: _auth, body: _body, throttle: _throttle, ...bare } = endpoint;
const format = {
  platform: "p",
  contentType: "application/json",
  destination: (url: URL) => url,
  messages: () => [],
  judge: () => undefined,
  rate: { requests: 1, per: 1_000 },
};

const clock = machineClock;
const sender = {
  endpoints: [],
  outbox: memoryOutbox(),
  guard: { allow: ["10.0.0.0/8"], allowNames: ["localhost"], schemes: ["https"], ports: [443] },
  readers: { env: () => "x", file: () => "x" },
  hooks: { dead: () => {} },
  deadLetterEvents: true,
  clock: { ...clock },
  random: () => 0.5,
  makeId: () => "id",
  resolve: async () => [],
  transport: Object.freeze(stubTransport(clock)),
};

type Path = readonly (string | number)[];

/** Every place in an option that a caller writes: objects of ours have no places of their own. */
function places(value: unknown, path: Path = []): Path[] {
  const own = path.length === 0 ? [] : [path];
  const plain =
    Array.isArray(value) ||
    (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);
  if (!plain || Object.isFrozen(value)) return own;
  return [...own, ...Object.entries(value as object).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, junk: unknown): unknown {
  if (key === undefined) return junk;
  if (Array.isArray(value)) return value.map((one, index) => (index === Number(key) ? replaced(one, rest, junk) : one));
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, junk) };
}

/** Accepted, or refused by a `ConfigurationError` that names the option. */
function judge(make: () => unknown, root: string): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) return `${error}`;
    return error.option.startsWith(root) && error.message !== "" ? undefined : `names ${error.option}`;
  }
}

const shown = (junk: unknown) =>
  typeof junk === "symbol" ? "symbol" : typeof junk === "object" ? Object.prototype.toString.call(junk) : String(junk);

describe("a junk value in any option is accepted or refused by the option's path, never a raw error", () => {
  const subjects = [
    ...places(endpoint).map((path) => ({ path, whole: endpoint as object })),
    ...places({ auth: { kind: "bearer", token: "t" } }).map((path) => ({
      path,
      whole: { ...bare, auth: { kind: "bearer", token: "t" } },
    })),
    ...places({ auth: { kind: "header", name: "x-a", value: "v", prefix: "p" } }).map((path) => ({
      path,
      whole: { ...bare, auth: { kind: "header", name: "x-a", value: "v", prefix: "p" } },
    })),
    ...places({ format }).map((path) => ({ path, whole: { ...bare, format } })),
    { path: ["sign", "provider", "scheme"], whole: endpoint },
    { path: ["body", "render"], whole: endpoint },
    { path: ["body", "contentType"], whole: endpoint },
    { path: ["body", "secrets"], whole: endpoint },
    { path: ["retry", "next"], whole: endpoint },
    { path: ["retry", "attempts"], whole: endpoint },
  ];

  test.each(subjects.map((subject) => [subject.path.join("."), subject] as const))(
    "endpoint: %s",
    (_name, { path, whole }) => {
      const own = sender as never as { transport: never };
      for (const junk of JUNK) {
        const make = () =>
          createSender({
            transport: own.transport,
            endpoints: [replaced(whole, path, junk) as never],
          }).endpoints.list();
        const root = path[0] === "name" ? "" : "e.";
        expect(judge(make, root), `${path.join(".")} = ${shown(junk)}`).toBeUndefined();
      }
      if (path.length > 0 && path[0] !== "testEvent" && path[0] !== "format") {
        const make = () => createSender({ endpoints: [replaced(whole, path, Symbol("junk")) as never] });
        expect(make, `${path.join(".")} takes a symbol`).toThrow(ConfigurationError);
      }
    },
  );

  const ofSender: Path[] = [...places(sender), ["transport", "request"], ["transport", "close"], ["outbox", "claim"]];
  test.each(ofSender.map((path) => [path.join("."), path] as const))("sender: %s", (name, path) => {
    const root = path[0] === "endpoints" ? "endpoint" : (path[0] as string);
    for (const junk of JUNK) {
      const make = () => createSender(replaced(sender, path, junk) as never);
      expect(judge(make, root), `${name} = ${shown(junk)}`).toBeUndefined();
    }
    for (const junk of [0.5, "Not a name", Symbol("junk")]) {
      const make = () => createSender(replaced(sender, path, junk) as never);
      expect(make, `${name} = ${shown(junk)} is taken`).toThrow(ConfigurationError);
    }
  });

  test.each(["send", "to", "test", "call", "close", "add", "replace", "redriveAll", "list"])(
    "what %s is given",
    async (method) => {
      for (const junk of JUNK) {
        const one = createSender({
          ...sender,
          outbox: memoryOutbox(),
          endpoints: [{ name: "e", url: endpoint.url }],
        } as never);
        const calls: Record<string, () => unknown> = {
          send: () => one.send(junk as never),
          to: () => one.send({ type: "t", data: 1 }, { to: junk } as never),
          test: () => one.test(junk as never),
          call: () => one.call("e", junk as never),
          close: () => one.close({ timeout: junk } as never),
          add: () => one.endpoints.add(junk as never),
          replace: () => one.endpoints.replace(junk as never),
          redriveAll: () => one.deadLetters.redriveAll(junk as never),
          list: () => one.deadLetters.list({ limit: junk } as never),
        };
        const error = await (async () => calls[method]?.())().then(
          () => undefined,
          (thrown) => thrown,
        );
        if (error !== undefined) expect(error, `${method}(${shown(junk)})`).toBeInstanceOf(ConfigurationError);
      }
    },
  );
});
