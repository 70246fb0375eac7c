import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "@countersign/core";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { createSender, type EndpointOptions, type SenderOptions } from "@countersign/sender";
import {
  type ApertureSettings,
  fromAperture,
  fromApono,
  fromStalwart,
  fromTailscale,
  fromTapPass,
  type StalwartWebhookConfig,
  tailscaleEvent,
  tappassEvent,
} from "@countersign/systems";
import { describe, expect, it } from "vitest";
import { type StubAnswer, stubTransport, testClock } from "./support.ts";

const sample = (name: string) => readFileSync(new URL(`../fixtures/samples/${name}`, import.meta.url), "utf8");
const HOUR = 3_600_000;

/** A sender over a stub, with a clock that is moved by hand. */
function stage(
  endpoints: readonly EndpointOptions[],
  answer: (index: number) => StubAnswer = () => 200,
  own: Partial<SenderOptions> = {},
) {
  const clock = testClock(Date.UTC(2026, 0, 1));
  const start = clock.now();
  const { transport, requests } = stubTransport(clock, (_request, index) => answer(index));
  const sender = createSender({ clock, transport, endpoints, ...own });
  const headers = (index: number) => {
    const list = requests[index]?.headers ?? [];
    return Object.fromEntries(
      Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i]?.toLowerCase(), list[2 * i + 1]]),
    );
  };
  return { clock, sender, requests, headers, times: () => requests.map((request) => request.at - start) };
}

const refusing = (option: string) => expect.objectContaining({ name: "ConfigurationError", option });

describe("Tailscale", () => {
  const config = {
    endpointUrl: "https://example.com/hooks",
    subscriptions: ["nodeCreated", "policyUpdate"],
    secret: "tskey-webhook-xxxxx",
  };
  const context = { tailnet: "example.com" };

  it("sends the documented events as a signed list, each as it stands", async () => {
    const events = JSON.parse(sample("tailscale-events.json")) as TailscaleEvent[];
    const all = { ...config, subscriptions: ["categoryTailnetManagement", "categoryDeviceMisconfigurations"] };
    const { sender, requests, headers, clock } = stage(fromTailscale(all, context));
    for (const event of events) await sender.send(tailscaleEvent(event));
    await clock.pass(1_000);
    expect(requests.flatMap((request) => JSON.parse(request.text))).toEqual(events);
    expect(Object.keys(JSON.parse(requests[0]?.text as string)[0])).toEqual(Object.keys(events[0] as object));
    const verifier = createVerifier(tailscale, { secret: config.secret, clock: () => clock.now() });
    const verified = await verifier.verify({
      method: "POST",
      url: "/",
      headers: headers(0),
      body: requests[0]?.text as string,
    });
    expect((verified.payload as TailscaleEvent[])[0]?.message).toBe("This is a test event");
  });

  it("first attempt and 24 hourly retries, each signed anew; 3xx, 4xx and 410 are failures like any other", async () => {
    const statuses = [500, 301, 404, 410, 429, 503];
    const { sender, requests, headers, clock, times } = stage(
      fromTailscale(config, context),
      (index) => statuses[index % 6] as number,
    );
    const handle = await sender.send({ type: "nodeCreated", data: { message: "Node created" } });
    await clock.pass(30 * HOUR);
    expect(times()).toEqual(Array.from({ length: 25 }, (_, index) => index * HOUR));
    expect((await handle.outcome())[0]).toMatchObject({ status: "dead", attempts: 25 });
    const signatures = new Set(requests.map((_request, index) => headers(index)["tailscale-webhook-signature"]));
    expect(signatures.size).toBe(25);
    for (const [index, { text, at }] of requests.entries()) {
      const t = Math.floor(at / 1_000);
      const mac = createHmac("sha256", config.secret).update(`${t}.${text}`).digest("hex");
      expect(headers(index)["tailscale-webhook-signature"]).toBe(`t=${t},v1=${mac}`);
    }
  });

  it("later events wait behind a failing one, and then go together", async () => {
    const { sender, requests, clock } = stage(fromTailscale(config, context), (index) => (index === 0 ? 500 : 200));
    await sender.send({ type: "nodeCreated", data: { message: "1" } });
    await clock.pass(1_000);
    for (const message of ["2", "3"]) await sender.send({ type: "nodeCreated", data: { message } });
    await clock.pass(30 * 60_000);
    expect(requests).toHaveLength(1);
    await clock.pass(30 * 60_000);
    expect(JSON.parse(requests[1]?.text as string).map((event: TailscaleEvent) => event.message)).toEqual([
      "1",
      "2",
      "3",
    ]);
  });

  it.each([
    ["http", { endpointUrl: "http://example.com/" }, "tailscale.url"],
    ["another port", { endpointUrl: "https://example.com:8443/" }, "tailscale.url"],
    ["an unknown event", { subscriptions: ["nodeExploded"] }, "webhook.subscriptions[0]"],
    ["no event", { subscriptions: [] }, "webhook.subscriptions"],
    ["an unknown setting", { retries: 3 }, "webhook.retries"],
    ["a chat destination without its format", { providerType: "slack" as const }, "webhook.providerType"],
    ["no secret", { secret: undefined }, "webhook.secret"],
  ])("refuses %s", (_name, own, option) => {
    expect(() => createSender({ endpoints: fromTailscale({ ...config, ...own } as never, context) })).toThrow(
      refusing(option),
    );
  });
});

describe("Stalwart", () => {
  const config = JSON.parse(sample("stalwart-webhook.json")) as StalwartWebhookConfig;

  it("takes the documented configuration as it stands and sends the documented bytes", async () => {
    const { sender, requests, headers, clock, times } = stage(fromStalwart(config));
    await sender.send({
      id: "1687359300037",
      type: "auth.success",
      time: "2023-06-21T14:55:00Z",
      data: { accountName: "jdoe@example.org", accountId: 5, spanId: 302231454903657293n },
    });
    await sender.send({ type: "auth.error", data: {} });
    await clock.pass(5_000);
    expect(times()).toEqual([1_000]);
    expect(requests[0]?.text).toBe(sample("stalwart-events.json"));
    expect(requests[0]?.timeout).toBe(30_000);
    expect(headers(0)).toMatchObject({
      "content-type": "application/json",
      "x-my-header": "my-value",
      authorization: `Basic ${Buffer.from("account:password").toString("base64")}`,
      "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=",
    });
  });

  it("groups a throttle window and keeps the order; one request at a time", async () => {
    const { sender, requests, clock, times } = stage(fromStalwart(config));
    for (const n of [1, 2, 3]) {
      await sender.send({ type: "auth.success", data: { n } });
      await clock.pass(300);
    }
    await clock.pass(100);
    await sender.send({ type: "auth.success", data: { n: 4 } });
    await clock.pass(5_000);
    expect(times()).toEqual([1_000, 2_000]);
    expect(
      requests.map((request) => JSON.parse(request.text).events.map((event: { data: { n: number } }) => event.data.n)),
    ).toEqual([[1, 2, 3], [4]]);
  });

  it("tries everything again each throttle interval, and discards at five minutes", async () => {
    const { sender, clock, times } = stage(fromStalwart(config), (index) => [500, 404, 302, 410][index % 4] as number);
    const handle = await sender.send({ type: "auth.success", data: {} });
    await clock.pass(400_000);
    const [outcome] = await handle.outcome();
    expect(outcome?.status).toBe("discarded");
    expect(times()).toEqual(Array.from({ length: 299 }, (_, index) => (index + 1) * 1_000));
    expect(await sender.deadLetters.list()).toEqual([]);
  });

  it.each([
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
    const { sender, headers, clock } = stage(fromStalwart({ ...config, ...own } as StalwartWebhookConfig), () => 200, {
      readers,
    });
    await sender.send({ type: "auth.success", data: {} });
    await clock.pass(2_000);
    check(headers(0) as Record<string, string>);
  });

  it("eventsPolicy exclude, level, enable, lossy and allowInvalidCerts are honoured", async () => {
    const exclude = fromStalwart({ ...config, eventsPolicy: "exclude", level: "warn" });
    const { sender, requests, clock } = stage(exclude);
    await sender.send({ type: "auth.success", severity: "error", data: {} });
    await sender.send({ type: "auth.failed", severity: "info", data: {} });
    await sender.send({ type: "auth.failed", severity: "warn", data: {} });
    await clock.pass(2_000);
    expect(requests.flatMap((request) => JSON.parse(request.text).events)).toHaveLength(1);
    const off = createSender({ endpoints: fromStalwart({ ...config, enable: false, allowInvalidCerts: true }) });
    expect(off.endpoints.describe("stalwart")).toMatchObject({ enabled: false, acceptsInvalidCertificates: true });
    expect(fromStalwart({ ...config, lossy: true })[0]?.lossy).toBe(true);
  });

  it.each([
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
    ["a bad duration", { timeout: "30 seconds" }, "stalwart.timeout"],
  ])("refuses %s", (_name, own, option) => {
    expect(() => createSender({ endpoints: fromStalwart({ ...config, ...own } as never) })).toThrow(refusing(option));
  });

  it("reads no environment and no file that the application did not hand out", () => {
    const key = { "@type": "EnvironmentVariable", variableName: "PATH" } as const;
    expect(() => createSender({ endpoints: fromStalwart({ ...config, signatureKey: key }) })).toThrow(
      expect.objectContaining({ code: "no_reader" }),
    );
  });
});

describe("Aperture", () => {
  const settings = JSON.parse(sample("aperture-settings.json")) as ApertureSettings;
  const metadata = { login_name: "alice@example.com", model: "gpt-5.5", provider: "openai", request_id: "abc123" };
  const data = {
    metadata,
    request_body: { secret: "prompt" },
    estimated_cost: { dollars: 0.0342 },
    user_message: "hi",
  };

  it("takes the documented settings as they stand; `send` selects what is told", async () => {
    const { endpoints } = fromAperture(settings);
    const { sender, requests, headers, clock } = stage(endpoints);
    await sender.send({ type: "entire_request", data });
    await sender.send({ type: "tool_call_entire_request", data });
    await sender.send({ type: "pre_request", data });
    await clock.pass(1_000);
    expect(requests.map((request) => JSON.parse(request.text))).toEqual([
      { metadata, estimated_cost: { dollars: 0.0342 } },
    ]);
    expect(requests[0]?.timeout).toBe(10_000);
    expect(headers(0)).toMatchObject({ "x-api-key": "<api-key>" });
    expect(headers(0).authorization).toBeUndefined();
  });

  it("can put the cost into metadata, where the other document has it", async () => {
    const { endpoints } = fromAperture(settings, { costs: "metadata" });
    const { sender, requests, clock } = stage(endpoints);
    await sender.send({ type: "entire_request", data });
    await clock.pass(1_000);
    expect(JSON.parse(requests[0]?.text as string)).toEqual({
      metadata: { ...metadata, estimated_cost: { dollars: 0.0342 } },
    });
  });

  it.each([
    ["bearer", "authorization", "Bearer key"],
    ["x-api-key", "x-api-key", "key"],
    ["x-goog-api-key", "x-goog-api-key", "key"],
    ["hec", "authorization", "Splunk key"],
    ["cf-aig-authorization", "cf-aig-authorization", "Bearer key"],
  ] as const)("authorization %s", async (authorization, header, value) => {
    const hooks = { "my-webhook": { url: "https://example.com/", apikey: "key", authorization } };
    const { sender, headers, clock } = stage(fromAperture({ ...settings, hooks }).endpoints);
    await sender.send({ type: "entire_request", data });
    await clock.pass(1_000);
    expect(headers(0)[header]).toBe(value);
  });

  it("grants choose by source and model; nothing is tried again", async () => {
    const grant = (src: string[], models: string) => ({
      ...settings,
      grants: [
        {
          src,
          app: {
            "tailscale.com/cap/aperture": [
              { models, send_hooks: [{ name: "my-webhook", events: ["entire_request" as const] }] },
            ],
          },
        },
      ],
    });
    const count = async (changed: ApertureSettings, context = {}) => {
      const { sender, requests, clock } = stage(fromAperture(changed, context).endpoints, () => 503);
      await sender.send({ type: "entire_request", data });
      await clock.pass(HOUR);
      return requests.length;
    };
    expect(await count(grant(["alice@example.com"], "openai/*"))).toBe(1);
    expect(await count(grant(["bob@example.com"], "openai/*"))).toBe(0);
    expect(await count(grant(["*"], "openai/gpt-5*"))).toBe(1);
    expect(await count(grant(["*"], "anthropic/**"))).toBe(0);
    expect(await count(grant(["*"], "gpt-5.5"))).toBe(0);
    expect(await count(grant(["group:dev"], "**"), { inSource: (source: string) => source === "group:dev" })).toBe(1);
    expect(await count({ ...settings, hooks: { "my-webhook": { url: "https://example.com/", disabled: true } } })).toBe(
      0,
    );
  });

  it.each([
    [
      "a source that only the application can judge",
      {
        grants: [
          {
            src: ["group:dev"],
            app: {
              "tailscale.com/cap/aperture": [{ send_hooks: [{ name: "my-webhook", events: ["entire_request"] }] }],
            },
          },
        ],
      },
      "settings.grants.src",
    ],
    [
      "a hook that is not there",
      {
        grants: [{ src: ["*"], app: { "tailscale.com/cap/aperture": [{ send_hooks: [{ name: "x", events: [] }] }] } }],
      },
      'settings.grants[0].app["tailscale.com/cap/aperture"][0].send_hooks[0].name',
    ],
    [
      "an unknown authorization",
      { hooks: { "my-webhook": { url: "https://example.com/", authorization: "digest" } } },
      "settings.hooks.my-webhook.authorization",
    ],
    [
      "an unknown setting",
      { hooks: { "my-webhook": { url: "https://example.com/", retries: 1 } } },
      "settings.hooks.my-webhook.retries",
    ],
    [
      "a bad duration",
      { hooks: { "my-webhook": { url: "https://example.com/", timeout: "ten" } } },
      "my-webhook.timeout",
    ],
  ])("refuses %s", (_name, own, option) => {
    expect(() => createSender({ endpoints: fromAperture({ ...settings, ...own } as never).endpoints })).toThrow(
      refusing(option),
    );
  });

  describe("pre_request", () => {
    const all = {
      send_hooks: ["first", "second"].map((name) => ({
        name,
        events: ["pre_request" as const],
        send: ["request_body" as const],
      })),
    };
    const ask = async (answers: StubAnswer[], own: object = {}, capability: object = all) => {
      const hooks = {
        second: { url: "https://second.example.com/" },
        first: { url: "https://first.example.com/", preference: 10, ...own },
      };
      const { endpoints, preRequest } = fromAperture({
        hooks,
        grants: [{ src: ["*"], app: { "tailscale.com/cap/aperture": [capability as never] } }],
      });
      const { sender, requests } = stage(endpoints, (index) => answers[index] as StubAnswer);
      const decision = await preRequest(sender, data);
      return {
        decision,
        asked: requests.map((request) => request.url.host),
        bodies: requests.map((request) => JSON.parse(request.text)),
      };
    };
    const say = (answer: object) => ({ status: 200, body: JSON.stringify(answer) });

    it("allow asks all, in descending preference", async () => {
      const { decision, asked } = await ask([say({ action: "allow" }), say({ action: "allow" })]);
      expect(decision).toEqual({ action: "allow", failed: [] });
      expect(asked).toEqual(["first.example.com", "second.example.com"]);
    });

    it("block ends the chain, with 403 when it names none", async () => {
      const { decision, asked } = await ask([say({ action: "block", message: "no" })]);
      expect(decision).toEqual({ action: "block", status_code: 403, message: "no", hook: "first", failed: [] });
      expect(asked).toHaveLength(1);
      expect((await ask([say({ action: "block", status_code: 451 })])).decision).toMatchObject({ status_code: 451 });
    });

    it("modify replaces the body, and feeds the next hook", async () => {
      const { decision, bodies } = await ask([
        say({ action: "modify", request_body: { clean: true } }),
        say({ action: "allow" }),
      ]);
      expect(decision).toEqual({ action: "allow", request_body: { clean: true }, failed: [] });
      expect(bodies[1].request_body).toEqual({ clean: true });
    });

    it.each([
      ["a status", 500],
      ["no answer", { error: "timeout" as const }],
      ["bad JSON", { status: 200, body: "{" }],
      ["an unknown action", say({ action: "shrug" })],
      ["a modify without a body", say({ action: "modify" })],
    ])("%s: the fail policy decides", async (_name, answer) => {
      expect((await ask([answer, say({ action: "allow" })])).decision).toEqual({ action: "allow", failed: ["first"] });
      expect((await ask([answer], { fail_policy: "fail_closed" })).decision).toEqual({
        action: "block",
        status_code: 503,
        hook: "first",
        failed: ["first"],
      });
    });

    it("modify from a hook that was not shown the body fails", async () => {
      const blind = { send_hooks: [{ name: "first", events: ["pre_request"] }] };
      expect((await ask([say({ action: "modify", request_body: {} })], {}, blind)).decision).toEqual({
        action: "allow",
        failed: ["first"],
      });
    });
  });
});

describe("TapPass", () => {
  const file = sample("tappass-observability.yaml");
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

  it("takes the documented file as it stands: templates, headers, filters", async () => {
    const { sender, requests, headers, clock } = stage(fromTapPass(file, { env }));
    await sender.send(tappassEvent(event));
    await clock.pass(1_000);
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
    expect(headers(pager)).toMatchObject({
      authorization: `Token token=${values.PD_ROUTING_KEY}`,
      "content-type": "application/json",
    });
    const bridge = requests.find((request) => request.url.host === "bridge.example.com");
    expect(JSON.parse(bridge?.text as string)).toEqual(event);
  });

  it("five retries after 1, 2, 4, 8 and 16 seconds, then the dead letter, and webhook.dlq to the other exports", async () => {
    const { sender, requests, clock } = stage(fromTapPass(file, { env }), () => 503);
    await sender.send(tappassEvent(event), { to: "pagerduty-alerts" });
    await clock.pass(300_000);
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
    expect((await sender.deadLetters.list()).map((letter) => letter.endpoint).sort()).toEqual([
      "pagerduty-alerts",
      "s3-archive",
    ]);
  });

  it.each([
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
    await clock.pass(60_000);
    expect(requests).toHaveLength(attempts);
  });

  it("redact masks or removes, before anything is rendered", async () => {
    const yaml = (strategy: string) =>
      `exports: [{ name: a, destination: webhook, webhook: { url: "https://example.com/" }, redact: { categories: [email, project], strategy: ${strategy} } }]`;
    const seen = async (strategy: string) => {
      const { sender, requests, clock } = stage(fromTapPass(yaml(strategy), { redactors: { project: /PRJ-\d+/ } }));
      await sender.send({
        type: "chat",
        data: { text: "alice@example.com on PRJ-1 and PRJ-22", deep: [{ who: "bob@example.com" }] },
      });
      await clock.pass(1_000);
      return JSON.parse(requests[0]?.text as string);
    };
    expect(await seen("mask")).toMatchObject({ text: "*** on *** and ***", deep: [{ who: "***" }] });
    expect(await seen("remove")).toMatchObject({ text: " on  and ", deep: [{ who: "" }] });
  });

  it.each([
    ["a variable that may not be read", file, { env: () => undefined }, "exports[0].webhook.headers.Authorization"],
    [
      "cef",
      "exports: [{ name: a, destination: webhook, format: cef, webhook: { url: 'https://example.com/' } }]",
      {},
      "exports[0].format",
    ],
    [
      "another destination",
      "exports: [{ name: a, destination: s3, webhook: { url: 'https://example.com/' } }]",
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
    expect(() => fromTapPass(yaml, context)).toThrow(refusing(option));
  });
});

describe("Apono", () => {
  const config = {
    name: "audit",
    method: "PUT" as const,
    url: "https://example.com/apono",
    headers: { Authorization: "Bearer a-long-random-token" },
    triggers: ["RequestCreated" as const],
    body_template:
      '{ "type": "{{ event_type }}", "at": {{ event_time }}, "why": "{{ data.justification }}", "who": {{ data.requester }} }',
  };
  const data = {
    id: "123",
    justification: 'I "need"\n{{ data.id }}',
    requester: { id: "user-1", name: "User" },
    access_flow: { name: "Flow 1" },
  };

  it("sends what the template renders, by the operator's method", async () => {
    const { sender, requests, headers, clock } = stage(fromApono(config));
    await sender.send({ type: "AccessRequestCreated", time: 1_696_263_265_851, data });
    await sender.send({ type: "AccessRequestApproved", data });
    await clock.pass(1_000);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.method).toBe("PUT");
    expect(JSON.parse(requests[0]?.text as string)).toEqual({
      type: "AccessRequestCreated",
      at: 1_696_263_265.851,
      why: data.justification,
      who: data.requester,
    });
    expect(headers(0)).toMatchObject({ authorization: "Bearer a-long-random-token" });
  });

  it("no retries; success also by the answer's body", async () => {
    const validators = { response_validators: [{ json_path: "$.result['status']", expected_values: ["ok", 1] }] };
    const end = async (answer: StubAnswer, own: object = {}) => {
      const { sender, requests, clock } = stage(fromApono({ ...config, ...own }), () => answer);
      const handle = await sender.send({ type: "RequestCreated", data });
      await clock.pass(HOUR);
      expect(requests).toHaveLength(1);
      return (await handle.outcome())[0];
    };
    expect((await end(503))?.status).toBe("dead");
    expect((await end({ status: 200, body: '{"result":{"status":"ok"}}' }, validators))?.status).toBe("delivered");
    expect((await end({ status: 200, body: '{"result":{"status":1}}' }, validators))?.status).toBe("delivered");
    expect((await end({ status: 200, body: '{"result":{"status":"bad"}}' }, validators))?.history[0]).toMatchObject({
      status: 200,
      error: "rejected",
    });
    expect((await end({ status: 200, body: "<html>" }, validators))?.status).toBe("dead");
  });

  it("filters choose by the payload", async () => {
    const { sender, requests, clock } = stage(
      fromApono({ ...config, filters: [{ json_path: "$.data.access_flow.name", expected_values: ["Flow 1"] }] }),
    );
    await sender.send({ type: "RequestCreated", data });
    await sender.send({ type: "RequestCreated", data: { ...data, access_flow: { name: "Flow 2" } } });
    await clock.pass(1_000);
    expect(requests).toHaveLength(1);
  });

  it("test shows the invocation data: request and response, masked", async () => {
    const { sender } = stage(fromApono(config), () => ({
      status: 403,
      body: "token a-long-random-token is not known",
    }));
    const { ok, exchanges } = await sender.test("audit");
    expect(ok).toBe(false);
    expect(exchanges[0]).toMatchObject({
      request: { method: "PUT", url: "https://example.com/***", headers: { authorization: "***" } },
      response: { status: 403, body: "token *** is not known" },
      ruling: "permanent",
    });
    expect(JSON.parse(exchanges[0]?.request.body as string)).toMatchObject({ type: "AccessRequestCreated" });
    expect(JSON.stringify(exchanges)).not.toContain("a-long-random-token");
  });

  it.each([
    ["http", { url: "http://example.com/" }, "audit.url"],
    ["a port", { url: "https://example.com:8443/" }, "audit.url"],
    ["another method", { method: "HEAD" }, "webhook.method"],
    ["an unknown trigger", { triggers: ["RequestSneezed"] }, "webhook.triggers[0]"],
    ["GET with a template", { method: "GET" }, "webhook.body_template"],
    [
      "a path that is more than a path",
      { response_validators: [{ json_path: "$..*", expected_values: ["x"] }] },
      "webhook.response_validators[0].json_path",
    ],
    ["an unknown setting", { retries: 3 }, "webhook.retries"],
  ])("refuses %s", (_name, own, option) => {
    expect(() => createSender({ endpoints: fromApono({ ...config, ...own } as never) })).toThrow(refusing(option));
  });
});
