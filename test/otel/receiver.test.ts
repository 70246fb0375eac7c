/** What the metrics of receivers say. */
import { createVerifier, defineReplayStore, memoryReplayStore, type ReplayStore, sign } from "@countersign/core";
import { standardWebhooks, tailscale } from "@countersign/core/providers";
import { fakeClock, signedRequest } from "@countersign/core/testing";
import { createTelemetry } from "@countersign/otel";
import { trace } from "@opentelemetry/api";
import { afterEach, expect, test } from "vitest";
import { startSdk, sum } from "./sdk.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const START = Date.UTC(2026, 0, 15, 12);
const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

function set(store: ReplayStore | undefined = undefined) {
  const sdk = startSdk();
  const telemetry = createTelemetry(sdk.options);
  closes.push(
    () => sdk.close(),
    () => telemetry.stop(),
  );
  const clock = fakeClock(START);
  const replay = store ?? memoryReplayStore({ clock });
  const verifier = createVerifier(standardWebhooks, {
    secret,
    log: false,
    clock,
    replay: { store: replay, lease: "60s" },
  });
  const request = async (id: string, more: Record<string, string> = {}) => {
    const body = `{"id":"${id}"}`;
    const headers = await sign(standardWebhooks, { secret, id, body, timestamp: new Date(clock.now()) });
    return { headers: { ...headers, ...more }, body };
  };
  return { sdk, telemetry, clock, verifier, request, replay };
}

const provider = { "countersign.provider": "standard-webhooks" };

test("verdicts by code and provider, duplicates, and claims held and lost", async () => {
  const { sdk, clock, verifier, request, replay } = set();
  const first = await verifier.verify(await request("msg_1"));
  const second = await verifier.verify(await request("msg_2"));
  const held = async () => sum((await sdk.collect())["countersign.receiver.claims.held"], provider);
  expect(await held()).toBe(2);
  await first.commit();
  await expect(verifier.verify(await request("msg_1"))).rejects.toMatchObject({ code: "duplicate" });
  await expect(verifier.verify({ headers: {}, body: "" })).rejects.toMatchObject({ code: "missing_signature" });
  const other = createVerifier(tailscale, { secret, log: false, clock });
  await other.verify(await signedRequest(tailscale, { secret, payload: [], timestamp: new Date(clock.now()) }));
  // Frozen for longer than its lease: another process has it meanwhile.
  clock.advance(60_001);
  const another = createVerifier(standardWebhooks, { secret, log: false, clock, replay });
  await (await another.verify(await request("msg_2"))).commit();
  expect(await second.commit()).toBe(false);
  expect(await held()).toBe(0);
  const found = await sdk.collect();
  const verdicts = found["countersign.receiver.verdicts"];
  expect(sum(verdicts, { ...provider, "countersign.verdict": "accepted" })).toBe(3);
  expect(sum(verdicts, { ...provider, "countersign.verdict": "missing_signature" })).toBe(1);
  expect(sum(verdicts, { "countersign.provider": "tailscale", "countersign.verdict": "accepted" })).toBe(1);
  const claims = found["countersign.receiver.claims"];
  for (const [claim, count] of Object.entries({ claimed: 3, committed: 2, duplicate: 1, lost: 1 })) {
    expect(sum(claims, { ...provider, "countersign.claim": claim })).toBe(count);
  }
});

test("failures of the store, by what was asked and how it failed", async () => {
  const down = () => Promise.reject(new Error("redis://user:hunter2@db failed"));
  const store = defineReplayStore({ claim: down, commit: down, release: down, extend: down });
  const { sdk, verifier, request } = set(store);
  await expect(verifier.verify(await request("msg_1"))).rejects.toMatchObject({ code: "store_unavailable" });
  const found = (await sdk.collect())["countersign.receiver.store.failures"];
  expect(sum(found, { "countersign.store.operation": "claim", "countersign.reason": "failed" })).toBe(1);
  expect(await sdk.everything()).not.toContain("hunter2");
});

test("hostile headers and payloads make no series and stand in no attribute", async () => {
  const { sdk, telemetry, verifier, request } = set();
  const count = async () => Object.values(await sdk.collect()).flat().length;
  const once = async (id: string, header: string) => {
    const delivery = await verifier.verify(
      await request(id, { traceparent: header, tracestate: `x=${header}`, "x-evil": header }),
    );
    telemetry.process(delivery, () => {});
    await delivery.commit();
    await expect(verifier.verify({ headers: { "webhook-id": header }, body: "" })).rejects.toThrow();
  };
  await once("msg_evil_0", "evil");
  const before = await count();
  for (let index = 1; index < 50; index += 1) await once(`msg_evil_${index}`, `evil${index}`);
  expect(await count()).toBe(before);
  expect(await sdk.everything()).not.toContain("evil");
});

test("a handler's span is what is active in it, and its result and its errors are its own", async () => {
  const { sdk, telemetry, verifier, request } = set();
  const delivery = await verifier.verify(await request("msg_1"));
  expect(telemetry.process(delivery, (span) => trace.getActiveSpan() === span)).toBe(true);
  expect(await telemetry.process(delivery, async () => 17)).toBe(17);
  expect(() =>
    telemetry.process(delivery, () => {
      throw new RangeError("Ada");
    }),
  ).toThrow("Ada");
  await expect(telemetry.process(delivery, () => Promise.reject(new RangeError("Ada")))).rejects.toThrow("Ada");
  const found = (await sdk.collect())["messaging.process.duration"];
  expect(sum(found, { ...provider, "error.type": "RangeError" })).toBe(2);
  expect(sum(found, { ...provider, "error.type": undefined })).toBe(2);
  expect(sdk.spans()).toHaveLength(4);
  expect(await sdk.everything()).not.toContain("Ada");
});
