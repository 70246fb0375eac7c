import type { EndpointOptions } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { expect, test } from "vitest";
import { apertureEvent, fromAperture, fromApono, fromStalwart, fromTailscale, fromTapPass } from "./index.ts";

const url = "https://example.com/hooks";

/** The cause and the reason for each event, as a sender tells them; `"now"` where it is sent. */
async function why(endpoints: readonly EndpointOptions[], ...events: readonly object[]): Promise<readonly string[]> {
  const { sender } = stage(endpoints);
  const findings = await Promise.all(events.map(async (event) => (await sender.explain(event as never))[0]));
  return findings.map((one) => (one?.sent === "never" ? `${one.cause}: ${one.reason}` : String(one?.sent)));
}

const typed = (...types: readonly string[]) => types.map((type) => ({ type, data: {} }));

test("Tailscale does not send it, and nobody says that no category has it, or that there is no such event", async () => {
  const webhook = { endpointUrl: url, secret: "s", subscriptions: ["categoryTailnetManagement"] };
  const events = typed("nodeCreated", "exitNodeIPForwardingNotEnabled", "nodecreated", "test");
  expect(await why(fromTailscale(webhook, { tailnet: "example.com" }), ...events)).toEqual([
    "now",
    "subscriptions: subscriptions: exitNodeIPForwardingNotEnabled is in none of categoryTailnetManagement.",
    'unknown type: "nodecreated" is no event of Tailscale\'s. Did you mean "nodeCreated"?',
    "now",
  ]);
});

test("Stalwart does not send it, and nobody says which of events, policy and level it was", async () => {
  const listed = { url, events: ["auth.success"], level: "warn" as const };
  const events = typed("auth.success", "auth.failed", "auth.sucess", "telemetry.webhook-error");
  expect(await why(fromStalwart({ ...listed, level: "info", eventsPolicy: "include" }), ...events)).toEqual([
    "now",
    "events: events: auth.failed is none of auth.success.",
    'unknown type: "auth.sucess" is no event of Stalwart\'s. Did you mean "auth.success"?',
    "events: telemetry.webhook-error is never sent to a webhook.",
  ]);
  expect(await why(fromStalwart(listed), ...events.slice(0, 2))).toEqual([
    "eventsPolicy: eventsPolicy is exclude, and events has auth.success.",
    "level: level: info is less than warn.",
  ]);
  expect(await why(fromStalwart({ url, enable: false }), ...events.slice(0, 1))).toEqual([
    "disabled: enable is false: nothing is sent, and nothing kept for later.",
  ]);
  const old = `[webhook."old"]\nurl = "${url}"\nevents = ["auth.*"]\n`;
  expect(await why(fromStalwart(old), ...typed("auth.failed", "store.data-corruption"))).toEqual([
    "now",
    "events: events: store.data-corruption is none of auth.*.",
  ]);
});

test("Aperture tells no hook, and nobody says whether by src, models or event", async () => {
  const settings = (src: string, models: string, event: string, hook: object = {}) => ({
    hooks: { h: { url, ...hook } },
    grants: [
      {
        src: [src],
        app: { "tailscale.com/cap/aperture": [{ models, send_hooks: [{ name: "h", events: [event], send: [] }] }] },
      },
    ],
  });
  const request = apertureEvent({
    metadata: { login_name: "alice@example.com", provider: "openai", model: "gpt-5.5" } as never,
  });
  const of = async (value: object, event: object = request) => (await why(fromAperture(value).endpoints, event))[0];
  expect(await of(settings("*", "**", "entire_request"))).toBe("now");
  expect(await of(settings("bob@example.com", "**", "entire_request"))).toBe(
    "src: src: alice@example.com is in none of bob@example.com.",
  );
  expect(await of(settings("*", "anthropic/**", "entire_request"))).toBe(
    "models: models: openai/gpt-5.5 matches none of anthropic/**.",
  );
  expect(await of(settings("*", "**", "tool_call_entire_request"))).toBe(
    "event: event: entire_request is none of tool_call_entire_request, and the request has no tool calls.",
  );
  expect(await of(settings("*", "**", "entire_request", { disabled: true }))).toBe(
    "disabled: hooks.h.disabled is true.",
  );
  expect(await of(settings("*", "**", "entire_request"), { type: "entire_reqest", data: {} })).toBe(
    'unknown type: "entire_reqest" is no event of Aperture\'s. Did you mean "entire_request"?',
  );
  expect(await of(settings("*", "**", "pre_request"), { ...request, type: "pre_request" })).toBe(
    "event: event: pre_request is asked, not sent.",
  );
});

test("TapPass does not export it, and nobody says by which filter", async () => {
  const file = {
    exports: [
      {
        name: "soc",
        destination: "webhook",
        webhook: { url },
        filters: { min_severity: "warn", event_kinds: ["chat"] },
      },
    ],
  };
  expect(
    await why(fromTapPass(file as never), { type: "chat", severity: "error", data: {} }, ...typed("chat", "tool")),
  ).toEqual([
    "now",
    "min_severity: filters.min_severity: info is less than warn.",
    "event_kinds: filters.event_kinds: tool is none of chat.",
  ]);
});

test("Apono does not send it, and nobody says that it is inactive, not triggered or filtered", async () => {
  const webhook = {
    name: "audit",
    url,
    method: "POST" as const,
    triggers: ["RequestCreated" as const],
    filters: [{ json_path: "$.data.status", expected_values: ["open"] }],
  };
  const events = [
    { type: "AccessRequestCreated", data: { status: "open" } },
    ...typed("RequestCreated", "RequestFailed", "RequestFaild"),
  ];
  expect(await why(fromApono(webhook), ...events)).toEqual([
    "now",
    "filters: filters: $.data.status is none of open.",
    "triggers: triggers: RequestFailed is none of RequestCreated.",
    'unknown type: "RequestFaild" is no event of Apono\'s. Did you mean "RequestFailed"?',
  ]);
  expect(await why(fromApono({ ...webhook, active: false }), ...events.slice(0, 1))).toEqual([
    "disabled: active is false: nothing is sent, and nothing kept for later.",
  ]);
});
