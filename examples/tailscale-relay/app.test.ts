import { createVerifier } from "@countersign/core";
import { stalwart, tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { recordingReceiver } from "@countersign/sender/testing";
import request from "supertest";
import { afterEach, expect, it } from "vitest";
import { build } from "./app.ts";

const secret = "tskey-webhook-xxxxx";
const key = "my-secret-key";
const events = ["nodeCreated", "policyUpdate"].map((type, index) => ({
  timestamp: `2026-01-0${index + 1}T13:37:51.658918-04:00`,
  version: 1,
  type,
  tailnet: "example.com",
  message: "Something happened",
  data: { actor: "alice@example.com" },
}));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

interface Scene {
  readonly answer?: (index: number) => number;
  readonly sent?: readonly object[];
  /** The least time between two requests to the target. */
  readonly throttle?: string;
}

async function start({ answer = () => 204, sent = events, throttle = "500ms" }: Scene = {}) {
  const receiver = await recordingReceiver((_request, index) => ({ status: answer(index) }));
  cleanups.push(() => receiver.close());
  const { app, sender } = build({
    secret,
    target: {
      url: receiver.url,
      eventsPolicy: "exclude",
      throttle,
      signatureKey: { "@type": "Value", secret: key },
    },
    sender: { guard: { allow: ["127.0.0.0/8"], schemes: ["http"] } },
  });
  cleanups.push(() => sender.close({ timeout: 0 }));
  const body = JSON.stringify(sent);
  const { headers } = await signedRequest(tailscale, { secret, body });
  const post = () => request(app).post("/hooks/tailscale").set(headers).send(body);
  return { receiver, app, post };
}

it("sends on what Tailscale sent, signed as Stalwart does", async () => {
  const { receiver, post } = await start();
  expect((await post()).status).toBe(204);
  // The first event of a quiet time goes at once, and the other when the throttle has passed.
  await receiver.received(2);
  const verifier = createVerifier(stalwart, { secret: key });
  const deliveries = await Promise.all(receiver.requests.map((one) => verifier.verify(one)));
  expect(deliveries.flatMap(({ payload }) => payload.events)).toMatchObject([
    {
      type: "tailscale.nodeCreated",
      createdAt: "2026-01-01T17:37:51Z",
      data: { tailnet: "example.com", actor: "alice@example.com" },
    },
    { type: "tailscale.policyUpdate", createdAt: "2026-01-02T17:37:51Z" },
  ]);
});

it("tries the target again, while Tailscale has long been answered", async () => {
  const { receiver, post } = await start({
    answer: (index) => (index < 2 ? 503 : 204),
    sent: events.slice(0, 1),
    throttle: "10ms",
  });
  expect((await post()).status).toBe(204);
  await receiver.received(3);
  const bodies = receiver.requests.map((one) => one.body.toString());
  expect(new Set(bodies).size).toBe(1);
});

it("sends nothing on that Tailscale did not sign", async () => {
  const { receiver, app } = await start();
  expect((await request(app).post("/hooks/tailscale").send(events)).status).toBe(401);
  expect(receiver.requests).toHaveLength(0);
});
