import { readFileSync } from "node:fs";
import { createSender } from "@countersign/sender";
import { stage } from "@countersign/sender/testing";
import { expect, test } from "vitest";
import { fromStalwart, type StalwartWebhookConfig } from "./stalwart.ts";

const config = JSON.parse(
  readFileSync(new URL("../../../../test/fixtures/samples/stalwart-webhook.json", import.meta.url), "utf8"),
) as StalwartWebhookConfig;

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
  expect(times()).toEqual([1_000]);
  expect(requests[0]?.text).toBe(
    readFileSync(new URL("../../../../test/fixtures/samples/stalwart-events.json", import.meta.url), "utf8"),
  );
  expect(requests[0]?.timeout).toBe(30_000);
  expect(requests[0]?.named).toMatchObject({
    "content-type": "application/json",
    "x-my-header": "my-value",
    authorization: `Basic ${Buffer.from("account:password").toString("base64")}`,
    "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=",
  });
});

test("groups a throttle window and keeps the order; one request at a time", async () => {
  const { sender, requests, clock, times } = stage(fromStalwart(config));
  for (const n of [1, 2, 3]) {
    await sender.send({ type: "auth.success", data: { n } });
    await clock.advanceAsync(300);
  }
  await clock.advanceAsync(100);
  await sender.send({ type: "auth.success", data: { n: 4 } });
  await clock.advanceAsync(5_000);
  expect(times()).toEqual([1_000, 2_000]);
  expect(
    requests.map((request) => JSON.parse(request.text).events.map((event: { data: { n: number } }) => event.data.n)),
  ).toEqual([[1, 2, 3], [4]]);
});

test("tries everything again each throttle interval, and discards at five minutes", async () => {
  const { sender, clock, times } = stage(
    fromStalwart(config),
    (_request, index) => [500, 404, 302, 410][index % 4] as number,
  );
  const handle = await sender.send({ type: "auth.success", data: {} });
  await clock.advanceAsync(400_000);
  const [outcome] = await handle.outcome();
  expect(outcome?.status).toBe("discarded");
  expect(times()).toEqual(Array.from({ length: 299 }, (_, index) => (index + 1) * 1_000));
  expect(await sender.deadLetters.list()).toEqual([]);
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

test("durations are whole milliseconds, as its interface writes them, or text as its documentation does", () => {
  const of = (own: object) => fromStalwart({ ...config, ...own } as never)[0];
  expect(of({ timeout: 5_000, throttle: 1_000, discardAfter: 300_000 })).toMatchObject({
    timeout: "5000ms",
    throttle: { window: "1000ms" },
    discardAfter: "300000ms",
  });
  expect(of({ timeout: "5s" })).toMatchObject({ timeout: "5000ms" });
});
