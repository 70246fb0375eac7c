import { readFileSync } from "node:fs";
import { createSender } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { expect, test } from "vitest";
import { fromAperture } from "./aperture.ts";
import type { ApertureSettings } from "./config.ts";

const HOUR = 3_600_000;

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
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});
