import { tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { type RecordedRequest, recordingReceiver } from "@countersign/sender/testing";
import request from "supertest";
import { afterEach, expect, test } from "vitest";
import { build, type Destination, readDestinations } from "./app.ts";

const secret = "tskey-webhook-xxxxx";
const guard = { allow: ["127.0.0.0/8"], schemes: ["http"] } as const;
const event = (name: string) => ({
  timestamp: "2022-09-21T13:59:02.949217-04:00",
  version: 1,
  type: "nodeCreated",
  tailnet: "example.com",
  message: `Node ${name} created`,
  data: { deviceName: name, url: "https://login.tailscale.com/admin/machines/1" },
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** Stands in for all four platforms at once: each has its own path. */
async function platforms() {
  const answer = ({ url }: RecordedRequest) =>
    url.startsWith("/services/") || url.startsWith("/hooks/")
      ? { status: 200, body: "ok" }
      : { status: 200, body: "{}" };
  const receiver = await recordingReceiver(answer);
  open.push(() => receiver.close());
  const { origin } = new URL(receiver.url);
  const destinations: Destination[] = [
    { platform: "slack", origin, url: `${origin}/services/T/B/x` },
    { platform: "discord", origin, url: `${origin}/api/webhooks/1/x` },
    { platform: "mattermost", origin, url: `${origin}/hooks/${"x".repeat(26)}` },
    { platform: "googlechat", origin, url: `${origin}/v1/spaces/A/messages?key=k&token=t` },
  ];
  return { receiver, destinations };
}

test("tells a delivery of two events in four channels, as one message each", async () => {
  const { receiver, destinations } = await platforms();
  const { app, sender } = build({ secret, destinations, sender: { guard } });
  const signed = await signedRequest(tailscale, { secret, body: JSON.stringify([event("alice"), event("bob")]) });
  const answer = await request(app)
    .post("/hooks/tailscale")
    .set(signed.headers)
    .send(Buffer.from(signed.body).toString());
  expect(answer.status).toBe(204);
  await sender.close();
  expect(receiver.requests).toHaveLength(4);
  for (const { body } of receiver.requests) {
    expect(body.toString()).toContain("2 events from Tailscale · example.");
    expect(body.toString()).toMatch(/Node created: alice.*Node created: bob/s);
  }
});

test("tells nothing that Tailscale did not sign", async () => {
  const { receiver, destinations } = await platforms();
  const { app, sender } = build({ secret, destinations, sender: { guard } });
  expect(
    (
      await request(app)
        .post("/hooks/tailscale")
        .send([event("mallory")])
    ).status,
  ).toBe(401);
  await sender.close();
  expect(receiver.requests).toHaveLength(0);
});

test("refuses a destination that it cannot tell, without quoting it", () => {
  const url = "https://chat.example.com/hooks/s3cret";
  expect(() => build({ secret, destinations: [{ url }] })).toThrow(/set chat\.platform/);
  expect(() => build({ secret, destinations: [{ url }] })).not.toThrow(/s3cret/);
});

test("reads destinations from a line", () => {
  expect(
    readDestinations(" https://discord.com/api/webhooks/1/x  mattermost=https://chat.example.com/hooks/y "),
  ).toEqual([
    { url: "https://discord.com/api/webhooks/1/x" },
    { platform: "mattermost", url: "https://chat.example.com/hooks/y" },
  ]);
});
