import { readFileSync } from "node:fs";
import { createSender } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";
import { fromTapPass, tappassEvent } from "./tappass.ts";

const file = readFileSync(
  new URL("../../../../test/fixtures/samples/tappass-observability.yaml", import.meta.url),
  "utf8",
);
const values: Record<string, string> = {
  PD_ROUTING_KEY: 'key"with\\{{ audit_id }}',
  SLACK_WEBHOOK_URL: "https://hooks.example.com/slack",
  S3_WEBHOOK_BRIDGE_URL: "https://bridge.example.com/s3",
};
const env = (name: string) => values[name];
const event = {
  audit_id: "ae_01JC",
  timestamp: "2026-04-17T10:15:03Z",
  event_kind: "policy_block" as const,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: hostile on purpose
  agent_id: 'bot"\n${PD_ROUTING_KEY}{{ severity }}',
  policy_result: { verdict: "deny", rule: "no_pii_to_external" },
  severity: "error" as const,
};

test("takes the documented file as it stands: templates, requests, filters", async () => {
  const { sender, requests, clock } = stage(fromTapPass(file, { env }));
  await sender.send(tappassEvent(event));
  await clock.advanceAsync(1_000);
  expect(requests.map((request) => request.url.host).sort()).toEqual(["bridge.example.com", "events.pagerduty.com"]);
  const pager = requests.findIndex((request) => request.url.host === "events.pagerduty.com");
  expect(JSON.parse(requests[pager]?.text as string)).toEqual({
    routing_key: values.PD_ROUTING_KEY,
    event_action: "trigger",
    payload: {
      summary: `TapPass policy_block on ${event.agent_id}`,
      severity: "error",
      source: "tappass",
      custom_details: event,
    },
  });
  expect(requests[pager]?.named).toMatchObject({
    authorization: `Token token=${values.PD_ROUTING_KEY}`,
    "content-type": "application/json",
  });
  const bridge = requests.find((request) => request.url.host === "bridge.example.com");
  expect(JSON.parse(bridge?.text as string)).toEqual(event);
});

test("five retries after 1, 2, 4, 8 and 16 seconds, then the dead letter, and webhook.dlq to the other exports", async () => {
  const { sender, requests, clock } = stage(fromTapPass(file, { env }), () => 503);
  await sender.send(tappassEvent(event), { to: "pagerduty-alerts" });
  await clock.advanceAsync(300_000);
  const start = Date.UTC(2026, 0, 1);
  const pager = requests.filter((request) => request.url.host === "events.pagerduty.com");
  expect(pager.map((request) => (request.at - start) / 1_000)).toEqual([0, 1, 3, 7, 15, 31]);
  // Only s3-archive takes everything; its own failure raises nothing more.
  const archive = requests.filter((request) => request.url.host === "bridge.example.com");
  expect(archive).toHaveLength(6);
  expect(JSON.parse(archive[0]?.text as string)).toMatchObject({
    event_kind: "webhook.dlq",
    endpoint: "pagerduty-alerts",
    reason: "exhausted",
  });
  expect((await sender.deadLetters.list()).letters.map((letter) => letter.endpoint).sort()).toEqual([
    "pagerduty-alerts",
    "s3-archive",
  ]);
});

test.each([
  [500, 6],
  [503, 6],
  [408, 1],
  [425, 1],
  [429, 1],
  [400, 1],
  [410, 1],
  [301, 1],
])("status %i makes %i attempts: only 5xx and connection errors are tried again", async (status, attempts) => {
  const { sender, requests, clock } = stage(fromTapPass(file, { env }), () => status, { deadLetterEvents: false });
  await sender.send(tappassEvent(event), { to: "s3-archive" });
  await clock.advanceAsync(60_000);
  expect(requests).toHaveLength(attempts);
});

test("redact masks or removes, before anything is rendered", async () => {
  const yaml = (strategy: string) =>
    `exports: [{ name: a, destination: webhook, webhook: { url: "https://example.com/" }, redact: { categories: [email, project], strategy: ${strategy} } }]`;
  const seen = async (strategy: string) => {
    const { sender, requests, clock } = stage(fromTapPass(yaml(strategy), { redactors: { project: /PRJ-\d+/ } }));
    await sender.send({
      type: "chat",
      data: { text: "alice@example.com on PRJ-1 and PRJ-22", deep: [{ who: "bob@example.com" }] },
    });
    await clock.advanceAsync(1_000);
    return JSON.parse(requests[0]?.text as string);
  };
  expect(await seen("mask")).toMatchObject({ text: "*** on *** and ***", deep: [{ who: "***" }] });
  expect(await seen("remove")).toMatchObject({ text: " on  and ", deep: [{ who: "" }] });
});

test("the whole documented file does not load: native exporters and other keys are skipped, because …", async () => {
  const text = readFileSync(new URL("../../../../test/fixtures/samples/tappass-full.yaml", import.meta.url), "utf8");
  const values = (name: string) => `https://${name.toLowerCase().replaceAll("_", "-")}.example.com`;
  const loaded = fromTapPass(`${text}\nagents: []\n`, { env: values });
  expect(loaded.map(({ name }) => name)).toEqual([
    "pagerduty-alerts",
    "datadog-logs",
    "slack-detections",
    "partner-feed",
    "s3-archive",
    "dead-letters",
  ]);
  expect(loaded.notes).toEqual([
    { option: "agents", message: expect.stringContaining("skipped, because") },
    { option: "exports[0]", message: expect.stringMatching(/security-splunk.*skipped, because.*splunk_hec/) },
    { option: "exports[1]", message: expect.stringMatching(/sentinel-prod.*skipped, because.*azure_sentinel/) },
  ]);
  const { sender, requests, clock } = stage(loaded);
  await sender.send(tappassEvent({ ...event, agent_id: "bot of alice@example.com, 4111 1111 1111 1111" }));
  await clock.advanceAsync(5_000);
  const feed = requests.find((request) => request.url.host === "partner.example.com");
  expect(JSON.parse(feed?.text as string).agent_id).toBe("bot of , ");
});

test.each([
  ["pii.email", "write to alice@example.com now", "write to *** now"],
  ["pii.phone", "call +49 30 123456, (555) 123-4567 or 555-123-4567.", "call ***, *** or ***."],
  ["pii.financial", "card 4111-1111-1111-1111, IBAN DE89 3704 0044 0532 0130 00.", "card ***, IBAN ***."],
  ["pii.ssn", "SSN 123-45-6789", "SSN ***"],
])("the documented category %s is unknown", async (category, text, expected) => {
  const yaml = `exports: [{ name: a, destination: webhook, webhook: { url: "https://example.com/" }, redact: { categories: [${category}] } }]`;
  const { sender, requests, clock } = stage(fromTapPass(yaml));
  await sender.send({ type: "chat", data: { text } });
  await clock.advanceAsync(1_000);
  expect(JSON.parse(requests[0]?.text as string).text).toBe(expected);
});

const templated = (body: string) =>
  `exports:\n  - name: a\n    destination: webhook\n    webhook:\n      url: https://example.com/\n      body_template: '${body}'\n`;
test.each([
  [
    "a misspelt field",
    templated('{ "who": "{{agent_nme}}" }'),
    "exports[0].webhook.body_template",
    6,
    22,
    '"agent_id"',
  ],
  [
    "a misspelt inner field",
    templated('{ "v": "{{ policy_result.verdct }}" }'),
    "exports[0].webhook.body_template",
    6,
    22,
    '"policy_result.verdict"',
  ],
  [
    "a misspelt key",
    "exports:\n  - name: a\n    destination: webhook\n    fliters: {}\n",
    "exports[0].fliters",
    4,
    5,
    '"filters"',
  ],
  [
    "a misspelt category",
    "exports:\n  - name: a\n    destination: webhook\n    webhook: { url: https://example.com/ }\n    redact:\n      categories: [pii.emial]\n",
    "exports[0].redact.categories[0]",
    6,
    20,
    '"pii.email"',
  ],
  ["a key twice", "exports: []\nexports: []\n", "config", 2, 1, "twice"],
  ["a wrong indentation", "exports:\n  - name: a\n   destination: webhook\n", "config", 3, 1, "YAML"],
  ["a list that never ends", "exports: [\n", "config", 2, 1, "YAML"],
])("%s is refused without saying where", (_name, yaml, option, line, column, says) => {
  expect(() => fromTapPass(yaml)).toThrow(
    expect.objectContaining({
      name: "ConfigurationError",
      option,
      line,
      column,
      message: expect.stringContaining(says),
    }),
  );
});

test("fields of the application's own can be used when they are named", () => {
  const yaml = templated('{ "team": "{{ labels.team }}" }');
  expect(() => fromTapPass(yaml)).toThrow(/labels\.team/);
  expect(() => fromTapPass(yaml, { fields: ["labels"] })).not.toThrow();
});

test("formats: detections arrive at Slack as JSON that it refuses, not as messages", async () => {
  const format = {
    platform: "slack",
    contentType: "application/json",
    rate: { requests: 100, per: 1_000 },
    destination: (url: URL) => url,
    judge: () => ({ kind: "success" }),
    messages: (events: readonly { data: { agent_id: string } }[]) =>
      events.map(({ data }) => ({ body: `message of ${data.agent_id}`, cuts: [] })),
  } as never;
  const env = (name: string) =>
    name === "SLACK_WEBHOOK_URL" ? "https://hooks.slack.com/services/T0/B0/x" : values[name];
  const { sender, requests, clock } = stage(fromTapPass(file, { env, formats: { slack: format } }));
  await sender.send(tappassEvent({ ...event, event_kind: "detection", agent_id: "bot" }), { to: ["slack-detections"] });
  await clock.advanceAsync(1_000);
  expect(requests.map(({ text }) => text)).toEqual(["message of bot"]);
});

test("events of its own have ids and times of another kind: they are ae_… and whole seconds", async () => {
  const { sender, requests } = stage(fromTapPass(file, { env }));
  await sender.test("s3-archive");
  expect(JSON.parse(requests[0]?.text as string)).toMatchObject({
    audit_id: expect.stringMatching(/^ae_[0-9A-Za-z]+$/),
    timestamp: "2026-01-01T00:00:00Z",
  });
});

test.each([
  ["a variable that may not be read", file, { env: () => undefined }, "exports[0].webhook.headers.Authorization"],
  [
    "cef",
    "exports: [{ name: a, destination: webhook, format: cef, webhook: { url: 'https://example.com/' } }]",
    {},
    "exports[0].format",
  ],
  [
    "a misspelt destination",
    "exports: [{ name: a, destination: webhok, webhook: { url: 'https://example.com/' } }]",
    {},
    "exports[0].destination",
  ],
  [
    "a batch with a template",
    "exports: [{ name: a, destination: webhook, batch: { max_size: 5 }, webhook: { url: 'https://example.com/', body_template: '{}' } }]",
    {},
    "exports[0].batch",
  ],
  [
    "a category that nobody knows",
    "exports: [{ name: a, destination: webhook, webhook: { url: 'https://example.com/' }, redact: { categories: [mood] } }]",
    {},
    "exports[0].redact.categories[0]",
  ],
  [
    "a template that cannot be JSON",
    "exports: [{ name: a, destination: webhook, webhook: { url: 'https://example.com/', body_template: '{ {{ a }} }' } }]",
    {},
    "exports[0].webhook.body_template",
  ],
  [
    "a tag in a template",
    "exports: [{ name: a, destination: webhook, webhook: { url: 'https://example.com/', body_template: \"{% include 'x' %}\" } }]",
    {},
    "exports[0].webhook.body_template",
  ],
  [
    "an unknown setting",
    "exports: [{ name: a, destination: webhook, colour: red, webhook: { url: 'https://example.com/' } }]",
    {},
    "exports[0].colour",
  ],
  ["what is no YAML", "exports: [", {}, "config"],
  [
    "a bomb of aliases",
    `a: &a [x]\n${Array.from({ length: 9 }, (_, i) => `${"bcdefghij"[i]}: &${"bcdefghij"[i]} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]`).join("\n")}\nexports: *j`,
    {},
    "config",
  ],
])("refuses %s", (_name, yaml, context, option) => {
  expect(() => fromTapPass(yaml, context)).toThrow(expect.objectContaining({ name: "ConfigurationError", option }));
});

test("a TapPass template cannot be left by an event", () => {
  const yaml =
    "exports: [{ name: a, destination: webhook, webhook: { url: 'https://example.com/', body_template: '{ \"a\": {{a}} {{b}} }' } }]";
  expect(() => fromTapPass(yaml)).toThrow(/valid JSON/);
});

test("seconds of any size are no durations in doubt: a fraction, a few, many", async () => {
  const of = (retry: string, wait: number) =>
    fromTapPass(
      `exports: [{ name: a, destination: webhook, webhook: { url: "https://example.com/" }, retry: { max_attempts: 7, backoff_seconds: ${retry} }, batch: { max_wait_seconds: ${wait} } }]`,
    );
  for (const wait of [0, 1e-7, 0.1, 1, 1.1, 5, 9.999, 300, 3_600]) {
    const endpoints = of("[0, 0.0000000001, 0.1, 1, 1.1, 300, 86400]", wait);
    expect(() => createSender({ endpoints })).not.toThrow();
    const { retry, throttle } = endpoints[0] as (typeof endpoints)[number];
    expect([1, 2, 3, 4, 5, 6, 7].map((attempts) => retry?.next(attempts, 0, Math.random))).toEqual([
      0, 0, 100, 1_000, 1_100, 300_000, 86_400_000,
    ]);
    expect(throttle?.window).toBe(`${Math.round(wait * 1_000)}ms`);
  }
});

describe("YAML that a stranger wrote", () => {
  const refused = (yaml: string) => {
    const said: string[] = [];
    const listen = (warning: Error) => void said.push(`${warning.name}: ${warning.message}`);
    const write = process.stderr.write;
    process.stderr.write = ((chunk: string) => said.push(String(chunk)) > 0) as typeof write;
    process.on("warning", listen);
    try {
      fromTapPass(yaml);
    } catch (error) {
      return { error: error as Error & { option?: string }, said: () => said };
    } finally {
      process.stderr.write = write;
      setImmediate(() => process.off("warning", listen));
    }
    throw new Error("It was taken.");
  };
  const entry = (more: string) =>
    `exports:\n  - name: a\n    destination: webhook\n    webhook:\n      url: https://example.com/\n      headers:\n        authorization: ${more}\n`;

  test.each([
    ["an unknown tag", entry("!secret hunter2-token")],
    ["a tag of another language", entry("!!python/object:os.system hunter2-token")],
    ["binary", entry("!!binary aHVudGVyMg== # hunter2-token")],
    ["an unresolved alias", entry("*hunter2-token")],
    ["a bad escape", entry('"\\q hunter2-token"')],
    ["a text that never ends", entry('"hunter2-token')],
    ["a key that is a map", `? { hunter2-token: 1 }\n: 2\n${entry("x")}`],
    ["a second document", `${entry("hunter2-token")}---\nhunter2-token: 1\n`],
    ["an unknown directive", `%HUNTER hunter2-token\n---\n${entry("x")}`],
    ["the same key twice", `${entry("hunter2-token")}exports: hunter2-token\n`],
  ])("%s is an error that quotes no line, and nothing is written to stderr", async (_name, yaml) => {
    const { error, said } = refused(yaml);
    await new Promise((resolve) => setImmediate(resolve));
    expect(error).toMatchObject({ name: "ConfigurationError", option: "config" });
    expect(`${error.message} ${error.stack} ${error.cause ?? ""}`).not.toContain("hunter2");
    expect(said()).toEqual([]);
  });

  test("more than 64 KiB is refused", () => {
    expect(refused(`# ${"é".repeat(33_000)}\n${entry("x")}`).error.message).toContain("65536 bytes");
  });

  test.each([
    [
      "20,000 keys",
      Array.from({ length: 20_000 }, (_, n) => `${n.toString(36)}:`)
        .join("\n")
        .slice(0, 65_000),
    ],
    ["keys in one line", `{${Array.from({ length: 12_000 }, (_, n) => n.toString(36)).join(",")}}`.slice(0, 65_000)],
    ["lists in lists", "[".repeat(60_000)],
    ["maps in maps", Array.from({ length: 350 }, (_, n) => `${" ".repeat(n)}a:`).join("\n")],
    ["aliases", `a: &a 1\nb: [${Array(15_000).fill("*a").join(",")}]`],
    ["many anchors and aliases", Array.from({ length: 3_000 }, (_, n) => `k${n}: &a${n} 1\nl${n}: *a${n}`).join("\n")],
    ["comments", "#\n".repeat(32_000)],
    ["one long text", `a: "${"x\\\\".repeat(20_000)}"`],
  ])("%s take no quadratic time", (_name, yaml) => {
    const started = process.cpuUsage().user;
    expect(refused(yaml.slice(0, 65_536)).error).toMatchObject({ name: "ConfigurationError" });
    // CPU time, which a busy machine does not stretch by much; in quadratic time it would be minutes.
    expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
  });
});
