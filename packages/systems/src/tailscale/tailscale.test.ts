import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "@countersign/core";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { createSender } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { expect, test } from "vitest";
import { fromTailscale, tailscaleEvent } from "./tailscale.ts";

const HOUR = 3_600_000;

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
  ["http", { endpointUrl: "http://example.com/" }, "tailscale.url"],
  ["another port", { endpointUrl: "https://example.com:8443/" }, "tailscale.url"],
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

test.each([
  ["no tailnet", {}, "context.tailnet"],
  ["null", { tailnet: "example.com", name: null }, "context.name"],
  ["an unknown option", { tailnet: "example.com", format: {} }, "context.format"],
])("refuses a context with %s", (_name, own, option) => {
  expect(() => fromTailscale(config, own as never)).toThrow(
    expect.objectContaining({ name: "ConfigurationError", option }),
  );
});
