import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "@countersign/core";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { createSender } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { describe, expect, test } from "vitest";
import { manageTailscale } from "./manage.ts";
import { fromTailscale, tailscaleEvent } from "./tailscale.ts";

const HOUR = 3_600_000;

const sample = (name: string) =>
  readFileSync(new URL(`../../../../test/fixtures/samples/${name}`, import.meta.url), "utf8");
const config = {
  endpointUrl: "https://example.com/hooks",
  subscriptions: ["nodeCreated", "policyUpdate"],
  secret: "tskey-webhook-xxxxx",
};
const context = { tailnet: "example.com" };

test("sends the documented events as a signed list, each as it stands", async () => {
  const events = JSON.parse(
    readFileSync(new URL("../../../../test/fixtures/samples/tailscale-events.json", import.meta.url), "utf8"),
  ) as TailscaleEvent[];
  const all = { ...config, subscriptions: ["categoryTailnetManagement", "categoryDeviceMisconfigurations"] };
  const { sender, requests, clock } = stage(fromTailscale(all, context));
  for (const event of events) await sender.send(tailscaleEvent(event));
  await clock.advanceAsync(1_000);
  expect(requests.flatMap((request) => JSON.parse(request.text))).toEqual(events);
  expect(Object.keys(JSON.parse(requests[0]?.text as string)[0])).toEqual(Object.keys(events[0] as object));
  const verifier = createVerifier(tailscale, { secret: config.secret, clock: () => clock.now() });
  const verified = await verifier.verify({
    method: "POST",
    url: "/",
    headers: requests[0]?.named ?? {},
    body: requests[0]?.text as string,
  });
  expect((verified.payload as TailscaleEvent[])[0]?.message).toBe("This is a test event");
});

test("first attempt and 24 hourly retries, each signed anew; 3xx, 4xx and 410 are failures like any other", async () => {
  const statuses = [500, 301, 404, 410, 429, 503];
  const { sender, requests, clock, times } = stage(
    fromTailscale(config, context),
    (_request, index) => statuses[index % 6] as number,
  );
  const handle = await sender.send({ type: "nodeCreated", data: { message: "Node created" } });
  await clock.advanceAsync(30 * HOUR);
  expect(times()).toEqual(Array.from({ length: 25 }, (_, index) => index * HOUR));
  expect((await handle.outcome())[0]).toMatchObject({ status: "dead", attempts: 25 });
  const signatures = new Set(requests.map((_request, index) => requests[index]?.named["tailscale-webhook-signature"]));
  expect(signatures.size).toBe(25);
  for (const [index, { text, at }] of requests.entries()) {
    const t = Math.floor(at / 1_000);
    const mac = createHmac("sha256", config.secret).update(`${t}.${text}`).digest("hex");
    expect(requests[index]?.named["tailscale-webhook-signature"]).toBe(`t=${t},v1=${mac}`);
  }
});

test("later events wait behind a failing one, and then go together", async () => {
  const { sender, requests, clock } = stage(fromTailscale(config, context), (_request, index) =>
    index === 0 ? 500 : 200,
  );
  await sender.send({ type: "nodeCreated", data: { message: "1" } });
  await clock.advanceAsync(1_000);
  for (const message of ["2", "3"]) await sender.send({ type: "nodeCreated", data: { message } });
  await clock.advanceAsync(30 * 60_000);
  expect(requests).toHaveLength(1);
  await clock.advanceAsync(30 * 60_000);
  expect(JSON.parse(requests[1]?.text as string).map((event: TailscaleEvent) => event.message)).toEqual([
    "1",
    "2",
    "3",
  ]);
});

test.each([
  ["http", { endpointUrl: "http://example.com/" }, "webhook.endpointUrl"],
  ["another port", { endpointUrl: "https://example.com:8443/" }, "webhook.endpointUrl"],
  ["an unknown event", { subscriptions: ["nodeExploded"] }, "webhook.subscriptions[0]"],
  ["no event", { subscriptions: [] }, "webhook.subscriptions"],
  ["an unknown setting", { retries: 3 }, "webhook.retries"],
  ["a chat destination without its format", { providerType: "slack" as const }, "webhook.providerType"],
  ["no secret", { secret: undefined }, "webhook.secret"],
])("refuses %s", (_name, own, option) => {
  expect(() => createSender({ endpoints: fromTailscale({ ...config, ...own } as never, context) })).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});

test('order "any": a failing event holds back the others for an hour; each has its own schedule', async () => {
  const { sender, requests, clock, times } = stage(fromTailscale(config, { ...context, order: "any" }), (request) =>
    request.text.includes('"1"') ? 500 : 200,
  );
  await sender.send({ type: "nodeCreated", data: { message: "1" } });
  await clock.advanceAsync(600_000);
  await sender.send({ type: "nodeCreated", data: { message: "2" } });
  await clock.advanceAsync(30 * HOUR);
  expect(times().slice(0, 3)).toEqual([0, 600_000, HOUR]);
  expect(requests).toHaveLength(26);
});

test("a category leaves out events that Tailscale adds to it later", async () => {
  const to = async (subscriptions: string[], type: string) => {
    const { sender } = stage(fromTailscale({ ...config, subscriptions }, context));
    return (await sender.send({ type, data: {} })).placements.length;
  };
  expect(await to(["categoryTailnetManagement"], "nodeTagsChanged")).toBe(1);
  expect(await to(["categoryTailnetManagement"], "userInvited")).toBe(1);
  expect(await to(["categoryTailnetManagement"], "auth.success")).toBe(0);
  expect(await to(["categoryTailnetManagement"], "subnetIPForwardingNotEnabled")).toBe(0);
  expect(await to(["categoryDeviceMisconfigurations"], "nodeClockSyncNotEnabled")).toBe(1);
  expect(await to(["categoryDeviceMisconfigurations"], "nodeCreated")).toBe(0);
  expect(await to(["nodeCreated"], "nodeTagsChanged")).toBe(0);
});

test("the test event has no data: it is null, as documented", async () => {
  const { sender, requests } = stage(fromTailscale(config, context));
  await sender.test("tailscale");
  expect(JSON.parse(requests[0]?.text as string)).toMatchObject([
    { type: "test", message: "This is a test event", data: null, tailnet: "example.com", version: 1 },
  ]);
});

describe("chat destinations", () => {
  const format = {
    platform: "slack",
    contentType: "application/json",
    rate: { requests: 100, per: 1_000 },
    destination: (url: URL) => url,
    judge: ({ status }: { status: number }) =>
      status < 300 ? { kind: "success" } : { kind: "retry", reason: "busy", after: 30_000 },
    messages: (events: readonly object[]) => [{ body: JSON.stringify(events), cuts: [] }],
  } as never;

  test.each([
    ["slack", "https://hooks.slack.com/services/T0/B0/x"],
    ["discord", "https://discord.com/api/webhooks/1/x"],
    ["discord", "https://discordapp.com/api/v10/webhooks/1/x"],
  ])("%s is not known by its URL %s", (chat, endpointUrl) => {
    const { secret: _secret, ...unsigned } = config;
    const [endpoint] = fromTailscale({ ...unsigned, endpointUrl }, { ...context, formats: { [chat]: format } });
    expect(endpoint?.format?.platform).toBe("slack");
    expect(() => fromTailscale({ ...unsigned, endpointUrl }, context)).toThrow(
      expect.objectContaining({ option: "webhook.providerType" }),
    );
  });

  test("a chat that asks for 30 seconds is left alone for an hour", async () => {
    const endpointUrl = "https://hooks.slack.com/services/T0/B0/x";
    const endpoints = fromTailscale({ ...config, endpointUrl }, { ...context, formats: { slack: format } });
    const { sender, clock, times } = stage(endpoints, (_request, index) => (index < 2 ? 429 : 200));
    await sender.send({ type: "nodeCreated", data: { message: "1" } });
    await clock.advanceAsync(HOUR);
    expect(times()).toEqual([0, 30_000, 60_000]);
  });

  test("the API's list answer does not load", () => {
    const secrets = { nQx7EXAMPLE1: "tskey-webhook-1", nQx7EXAMPLE2: { env: "SECOND" } };
    const formats = { slack: format, mattermost: format };
    const text = sample("tailscale-webhooks-api.json");
    const endpoints = fromTailscale(text, { ...context, secrets, formats });
    expect(endpoints.map(({ name }) => name)).toEqual([1, 2, 3, 4].map((n) => `nQx7EXAMPLE${n}`));
    expect(endpoints[1]).toMatchObject({ sign: { secret: { env: "SECOND" } } });
    expect(() => createSender({ endpoints, readers: { env: () => "secret-of-the-second" } })).not.toThrow();
    expect(() => fromTailscale(text, { ...context, formats })).toThrow(
      expect.objectContaining({
        option: "webhooks[0].secret",
        line: 3,
        message: expect.stringContaining("context.secrets"),
      }),
    );
  });
});

test.each([
  [
    "its names",
    { endpoint_url: "https://example.com/", provider_type: null, subscriptions: ["nodeCreated"], secret: "s" },
  ],
  [
    "its JSON syntax",
    {
      resource: {
        tailscale_webhook: { a: { endpoint_url: "https://example.com/", subscriptions: ["nodeCreated"], secret: "s" } },
      },
    },
  ],
])("Terraform: %s do not load", (_name, value) => {
  for (const input of [value, JSON.stringify(value)]) {
    expect(fromTailscale(input, context)).toMatchObject([{ name: "tailscale", url: "https://example.com/" }]);
  }
});

test.each([
  [
    "a misspelt event",
    '{ "endpointUrl": "https://example.com/",\n  "subscriptions": ["nodeCreatd"], // one\n}',
    "webhook.subscriptions[0]",
    2,
    21,
    "nodeCreated",
  ],
  ["a misspelt key", '{ "endpointURL": "https://example.com/" }', "webhook.endpointURL", 1, 3, "endpointUrl"],
  ["Terraform's URL", '{\n "endpoint_url": "http://example.com/" }', "webhook.endpoint_url", 2, 18, "https"],
  [
    "the second of a list",
    '[{ "endpointUrl": "https://example.com/", "subscriptions": ["test"], "secret": "x" },\n {}]',
    "webhooks[1].endpointUrl",
    2,
    2,
    "endpointUrl",
  ],
])("%s is refused without saying where", (_name, text, option, line, column, says) => {
  expect(() => fromTailscale(text, context)).toThrow(
    expect.objectContaining({
      name: "ConfigurationError",
      option,
      line,
      column,
      message: expect.stringContaining(says),
    }),
  );
});

test("webhook management: a change, a test and a removal raise no event", async () => {
  const { sender, requests, clock } = stage([]);
  const webhooks = manageTailscale(sender, context);
  const { name, secret } = webhooks.create({ endpointUrl: "https://example.com/", subscriptions: ["nodeCreated"] });
  expect(secret).toMatch(/^tskey-webhook-.{43}$/);
  await webhooks.update(name, ["nodeDeleted"]);
  await clock.advanceAsync(1_000);
  await webhooks.test(name);
  await clock.advanceAsync(1_000);
  await sender.send({ type: "nodeCreated", data: { message: "not any more" } });
  const { secret: next } = webhooks.rotate(name);
  expect(next).not.toBe(secret);
  await webhooks.remove(name);
  const types = requests.flatMap(({ text }) => JSON.parse(text).map((event: TailscaleEvent) => event.type));
  expect(types).toEqual(["webhookUpdated", "test", "webhookDeleted"]);
  const body = requests[2]?.text as string;
  const headers = requests[2]?.named ?? {};
  const verify = (key: string) =>
    createVerifier(tailscale, { secret: key, clock: () => clock.now() }).verify({
      method: "POST",
      url: "/",
      headers,
      body,
    });
  await expect(verify(next)).resolves.toBeDefined();
  await expect(verify(secret as string)).rejects.toThrow();
  expect(sender.endpoints.has(name)).toBe(false);
});

test.each([
  ["no tailnet", {}, "context.tailnet"],
  ["null", { tailnet: "example.com", name: null }, "context.name"],
  ["an unknown option", { tailnet: "example.com", format: {} }, "context.format"],
])("refuses a context with %s", (_name, own, option) => {
  expect(() => fromTailscale(config, own as never)).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});
