import { readFileSync } from "node:fs";
import { createSender } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";
import { apertureEvent, fromAperture } from "./aperture.ts";
import type { ApertureSettings } from "./config.ts";

const HOUR = 3_600_000;

const sample = (name: string) =>
  readFileSync(new URL(`../../../../test/fixtures/samples/${name}`, import.meta.url), "utf8");
const settings = JSON.parse(
  readFileSync(new URL("../../../../test/fixtures/samples/aperture-settings.json", import.meta.url), "utf8"),
) as ApertureSettings;
const metadata = { login_name: "alice@example.com", model: "gpt-5.5", provider: "openai", request_id: "abc123" };
const data = {
  metadata,
  request_body: { secret: "prompt" },
  estimated_cost: { dollars: 0.0342 },
  user_message: "hi",
};

test("takes the documented settings as they stand; `send` selects what is told", async () => {
  const { endpoints } = fromAperture(settings);
  const { sender, requests, clock } = stage(endpoints);
  await sender.send({ type: "entire_request", data });
  await sender.send({ type: "tool_call_entire_request", data });
  await sender.send({ type: "pre_request", data });
  await clock.advanceAsync(1_000);
  expect(requests.map((request) => JSON.parse(request.text))).toEqual([
    { metadata, estimated_cost: { dollars: 0.0342 } },
  ]);
  expect(requests[0]?.timeout).toBe(10_000);
  expect(requests[0]?.named).toMatchObject({ "x-api-key": "<api-key>" });
  expect(requests[0]?.named.authorization).toBeUndefined();
});

test("can put the cost into metadata, where the other document has it", async () => {
  const { endpoints } = fromAperture(settings, { costs: "metadata" });
  const { sender, requests, clock } = stage(endpoints);
  await sender.send({ type: "entire_request", data });
  await clock.advanceAsync(1_000);
  expect(JSON.parse(requests[0]?.text as string)).toEqual({
    metadata: { ...metadata, estimated_cost: { dollars: 0.0342 } },
  });
});

test.each([
  ["bearer", "authorization", "Bearer key"],
  ["x-api-key", "x-api-key", "key"],
  ["x-goog-api-key", "x-goog-api-key", "key"],
  ["hec", "authorization", "Splunk key"],
  ["cf-aig-authorization", "cf-aig-authorization", "Bearer key"],
] as const)("authorization %s", async (authorization, header, value) => {
  const hooks = { "my-webhook": { url: "https://example.com/", apikey: "key", authorization } };
  const { sender, requests, clock } = stage(fromAperture({ ...settings, hooks }).endpoints);
  await sender.send({ type: "entire_request", data });
  await clock.advanceAsync(1_000);
  expect(requests[0]?.named[header]).toBe(value);
});

test("grants choose by source and model; nothing is tried again", async () => {
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
    await clock.advanceAsync(HOUR);
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

test.each([
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
    "grants[0].src[0]",
  ],
  [
    "a hook that is not there",
    {
      grants: [{ src: ["*"], app: { "tailscale.com/cap/aperture": [{ send_hooks: [{ name: "x", events: [] }] }] } }],
    },
    'grants[0].app["tailscale.com/cap/aperture"][0].send_hooks[0].name',
  ],
  [
    "an unknown authorization",
    { hooks: { "my-webhook": { url: "https://example.com/", authorization: "digest" } } },
    "hooks.my-webhook.authorization",
  ],
  [
    "an unknown setting",
    { hooks: { "my-webhook": { url: "https://example.com/", retries: 1 } } },
    "hooks.my-webhook.retries",
  ],
  [
    "a bad duration",
    { hooks: { "my-webhook": { url: "https://example.com/", timeout: "ten" } } },
    "hooks.my-webhook.timeout",
  ],
])("refuses %s", (_name, own, option) => {
  expect(() => createSender({ endpoints: fromAperture({ ...settings, ...own } as never).endpoints })).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});

/** Settings with one hook and these grants, each for everybody. */
const granting = (...sends: { events: string[]; send?: string[]; models?: string }[]) => ({
  hooks: { h: { url: "https://example.com/" } },
  grants: sends.map(({ models, ...send }) => ({
    src: ["*"],
    app: {
      "tailscale.com/cap/aperture": [
        { ...(models === undefined ? {} : { models }), send_hooks: [{ name: "h", ...send }] },
      ],
    },
  })),
});

describe("grants are united", () => {
  test("a hook of two grants is called once for a request, with what both send", async () => {
    const { endpoints } = fromAperture(
      granting(
        { events: ["entire_request"], send: ["user_message"] },
        { events: ["entire_request"], send: ["request_body"] },
      ),
    );
    const { sender, requests, clock } = stage(endpoints);
    await sender.send(apertureEvent(data));
    await clock.advanceAsync(1_000);
    expect(requests.map(({ text }) => Object.keys(JSON.parse(text)))).toEqual([
      ["metadata", "user_message", "request_body"],
    ]);
  });

  test("send of a grant whose own event did not fire is left out", async () => {
    const { endpoints } = fromAperture(
      granting({ events: ["entire_request"] }, { events: ["tool_call_entire_request"], send: ["user_message"] }),
    );
    const { sender, requests, clock } = stage(endpoints);
    await sender.send(apertureEvent(data));
    await clock.advanceAsync(1_000);
    expect(JSON.parse(requests[0]?.text as string)).toEqual({ metadata, user_message: "hi" });
  });

  test("send of a grant for another model is not added", async () => {
    const { endpoints } = fromAperture(
      granting(
        { events: ["entire_request"] },
        { events: ["entire_request"], send: ["user_message"], models: "anthropic/**" },
      ),
    );
    const { sender, requests, clock } = stage(endpoints);
    await sender.send(apertureEvent(data));
    await clock.advanceAsync(1_000);
    expect(JSON.parse(requests[0]?.text as string)).toEqual({ metadata });
  });
});

test("tool_call_entire_request does not fire by itself: it does, once per request with tool calls, never without", async () => {
  const calls = [{ name: "search", params: { q: "weather" } }];
  const count = async (events: string[], ...sent: object[]) => {
    const { sender, requests, clock } = stage(fromAperture(granting({ events })).endpoints);
    for (const event of sent) await sender.send(event as never);
    await clock.advanceAsync(1_000);
    return requests.length;
  };
  const withCalls = { ...data, tool_calls: calls };
  expect(await count(["tool_call_entire_request"], apertureEvent(withCalls))).toBe(1);
  expect(await count(["tool_call_entire_request"], apertureEvent(data))).toBe(0);
  expect(await count(["tool_call_entire_request"], apertureEvent({ ...data, tool_calls: [] }))).toBe(0);
  expect(await count(["tool_call_entire_request"], { type: "tool_call_entire_request", data })).toBe(0);
  expect(await count(["tool_call_entire_request", "entire_request"], apertureEvent(withCalls))).toBe(1);
  const twice = { ...apertureEvent(withCalls), type: "tool_call_entire_request" };
  expect(await count(["tool_call_entire_request", "entire_request"], apertureEvent(withCalls), twice)).toBe(1);
});

test("the test request carries no more than metadata: it has what send selects", async () => {
  const { endpoints } = fromAperture(granting({ events: ["entire_request"], send: ["tools", "estimated_cost"] }));
  const { sender, requests } = stage(endpoints);
  await sender.test("h");
  expect(Object.keys(JSON.parse(requests[0]?.text as string))).toEqual(["metadata", "tool_calls", "estimated_cost"]);
});

test("nothing fires, and nobody says why", () => {
  const why = (changed: object, event: object = apertureEvent(data)) =>
    fromAperture({ ...granting({ events: ["entire_request"], models: "openai/*" }), ...changed }).explain(
      event as never,
    )[0];
  const from = (src: string[], models = "**") => ({
    grants: [
      {
        src,
        app: { "tailscale.com/cap/aperture": [{ models, send_hooks: [{ name: "h", events: ["pre_request"] }] }] },
      },
    ],
  });
  expect(why({})).toMatchObject({ hook: "h", told: true });
  expect(why(from(["bob@example.com"]))).toEqual({
    hook: "h",
    told: false,
    cause: "src",
    reason: "src: alice@example.com is in none of bob@example.com.",
  });
  expect(why(from(["*"], "anthropic/**"))?.reason).toBe("models: openai/gpt-5.5 matches none of anthropic/**.");
  expect(why(from(["*"]))?.reason).toBe("event: entire_request is none of pre_request.");
  expect(why({ grants: [] })?.reason).toBe("No grant names it in send_hooks.");
  expect(why({ hooks: { h: { url: "https://example.com/", disabled: true } } })?.reason).toBe(
    "hooks.h.disabled is true.",
  );
});

describe("whole files", () => {
  const text = sample("aperture-full.hujson");
  const inSource = (source: string) => source === "group:engineering";

  test("the whole configuration does not load: comments, trailing commas and other sections", () => {
    const { endpoints, notes } = fromAperture(text, { inSource });
    expect(endpoints.map(({ name }) => name)).toEqual([
      "ssn-scrubber",
      "policy-engine",
      "audit",
      "splunk",
      "google-sink",
      "cf-sink",
      "compressor",
      "paused",
      "unreferenced",
    ]);
    expect(endpoints.find(({ name }) => name === "policy-engine")?.timeout).toBe("90000ms");
    expect(endpoints.find(({ name }) => name === "compressor")?.auth).toBeUndefined();
    const noted = notes.map(({ option }) => option);
    const aperture = (grant: number, index: number) => `grants[${grant}].app["tailscale.com/cap/aperture"][${index}]`;
    for (const option of [
      "providers",
      "quotas",
      "exporters",
      "database",
      "flags",
      `${aperture(0, 0)}.role`,
      `${aperture(1, 2)}.quotas`,
      `${aperture(3, 0)}.add_headers`,
      'grants[3].app["example.com/cap/policy"]',
      "hooks.paused",
      "hooks.unreferenced",
    ]) {
      expect(noted).toContain(option);
    }
    expect(() =>
      createSender({ endpoints, guard: { schemes: ["http", "https"], ports: [80, 443, 8080, 8088] } }),
    ).not.toThrow();
  });

  test("a documented section is taken for a misspelt one", () => {
    const sections = "providers quotas connectors exporters database flags mcp temp_grants".split(" ");
    const fields =
      "role quotas add_headers connectors skills filterable_headers direct_paths read_pricing read_metrics enable_chat_ui set_cors cors_paths Access-Control-Allow-Origin Access-Control-Allow-Methods Access-Control-Allow-Headers mcp_tools mcp_resources mcp_templates".split(
        " ",
      );
    const capability = Object.fromEntries(fields.map((field) => [field, []]));
    const { notes } = fromAperture({
      ...Object.fromEntries(sections.map((section) => [section, {}])),
      hooks: {},
      grants: [{ src: ["*"], app: { "tailscale.com/cap/aperture": [capability] } }],
    });
    expect(notes).toHaveLength(sections.length + fields.length);
  });

  test("the API's answer does not load", () => {
    expect(fromAperture(JSON.stringify({ config: text, hash: "x" }), { inSource }).endpoints).toHaveLength(9);
  });

  test("send: grants has no source: it has the capabilities of the grants that match", async () => {
    const { endpoints, preRequest } = fromAperture(text, { inSource });
    const { sender, requests } = stage(endpoints, () => ({ status: 200, body: '{"action":"allow"}' }), {
      guard: { schemes: ["http", "https"], ports: [80, 443, 8080, 8088] },
    });
    await preRequest(sender, { ...data, metadata: { ...metadata, provider: "anthropic", model: "claude-sonnet-4-6" } });
    const asked = requests.find(({ url }) => url.host === "policy.example.com");
    expect(JSON.parse(asked?.text as string).grants).toEqual({
      "example.com/cap/policy": [{ tier: "enterprise", department: "engineering", limits: { rpm: 60 } }],
    });
  });

  test("a tailnet policy file with its grants does not load", async () => {
    const policy = sample("aperture-tailnet-policy.hujson");
    const alone = fromAperture(policy);
    expect(alone.endpoints).toEqual([]);
    const noted = alone.notes.map(({ option }) => option);
    expect(noted).toEqual([
      "tagOwners",
      "nodeAttrs",
      "grants[0]",
      "grants[1].dst",
      "grants[1].ip",
      'grants[1].app["tailscale.com/cap/aperture"][0].role',
      'grants[1].app["tailscale.com/cap/aperture"][1].send_hooks[0]',
      'grants[1].app["example.com/cap/policy"]',
      "grants[2]",
    ]);
    expect(alone.notes.at(-1)?.message).toContain("dst");
    const { endpoints } = fromAperture({ hooks: { audit: { url: "https://example.com/" } } }, { policy });
    const { sender, requests, clock } = stage(endpoints);
    const asked = (login_name: string) => ({ ...metadata, login_name, provider: "anthropic", request_id: login_name });
    await sender.send(apertureEvent({ metadata: asked("alice@example.com") }));
    await sender.send(apertureEvent({ metadata: asked("bob@example.com") }));
    await clock.advanceAsync(1_000);
    expect(requests.map((request) => JSON.parse(request.text))).toEqual([
      { metadata: asked("alice@example.com"), grants: { "example.com/cap/policy": [{ tier: "enterprise" }] } },
    ]);
  });

  test.each([
    [
      "a misspelt key of a hook",
      '{ "hooks": {\n  "h": { "url": "https://example.com/", "api_key": "x" }, // one\n} }',
      "hooks.h.api_key",
      2,
      41,
      '"apikey"',
    ],
    [
      "a key that cannot be a header",
      '{ "hooks": { "h": { "url": "https://example.com/",\n "apikey": "a\\nb" } } }',
      "hooks.h.apikey",
      2,
      12,
      "Latin-1",
    ],
    ["a source that only the application can judge", text, "grants[3].src[0]", 104, 15, "context.inSource"],
    ["a misspelt section", '{ "hoks": {} }', "hoks", 1, 3, '"hooks"'],
    ["a comma too few", '{ "hooks": {}\n  "grants": [] }', "config", 2, 3, "JSON"],
    [
      "a misspelt hook",
      '{ "hooks": { "audit": { "url": "https://example.com/" } }, "grants": [{ "src": ["*"],\n "app": { "tailscale.com/cap/aperture": [{ "send_hooks": [\n{ "name": "adit", "events": ["entire_request"] }] }] } }] }',
      'grants[0].app["tailscale.com/cap/aperture"][0].send_hooks[0].name',
      3,
      11,
      '"audit"',
    ],
  ])("%s is refused without saying where", (_name, wrong, option, line, column, says) => {
    expect(() => fromAperture(wrong)).toThrow(
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
