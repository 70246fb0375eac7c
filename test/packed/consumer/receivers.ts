/** What a stranger's project would hold: compiled against the packages as they are published, then run by plain Node. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { slack } from "@countersign/chat";
import { createVerifier, memoryReplayStore, sign, WebhookError } from "@countersign/core";
import {
  type StalwartPayload,
  type StripeEvent,
  stalwart,
  stripe,
  type TailscaleEvent,
  tailscale,
} from "@countersign/core/providers";
import { fakeClock, signedRequest } from "@countersign/core/testing";
import { webhook as expressWebhook } from "@countersign/express";
import { webhooks } from "@countersign/fastify";
import { webhook as honoWebhook } from "@countersign/hono";
import { createSender } from "@countersign/sender";
import { recordingReceiver } from "@countersign/sender/testing";
import { serve } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where the value has exactly the type: `any` is not good enough. */
const typed =
  <Expected>() =>
  <Actual>(value: Actual, _: Same<Actual, Expected> extends true ? true : never): Actual =>
    value;

const vector = {
  secret: "tskey-webhook-xxxxx",
  seconds: 1784000000,
  body: '[{"type":"nodeCreated","tailnet":"example.com","message":"Node alice-workstation1.yak-bebop.ts.net created"}]',
  headers: {
    "tailscale-webhook-signature": "t=1784000000,v1=50eaf5dfcedb5f1c555a344d1e5318510a3fd2517389f992673ae17915546ba0",
  },
} as const;

async function verifiesVector(): Promise<void> {
  const verifier = createVerifier(tailscale, { secret: vector.secret, clock: fakeClock(vector.seconds * 1000) });
  const delivery = await verifier.verify({ method: "POST", headers: vector.headers, body: vector.body });
  const events = typed<TailscaleEvent[]>()(delivery.payload, true);
  assert.equal(events[0]?.type, "nodeCreated");
  const headers = await sign(tailscale, { secret: vector.secret, timestamp: vector.seconds, body: vector.body });
  assert.deepEqual(headers, vector.headers);
  await assert.rejects(
    async () => verifier.verify({ method: "POST", headers: vector.headers, body: `${vector.body} ` }),
    (error) => error instanceof WebhookError && error.code === "signature_mismatch",
  );
}

interface Running {
  readonly url: string;
  close(): unknown;
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;

async function onExpress(secret: string): Promise<Running> {
  const app = express();
  app.post("/hook", expressWebhook(tailscale, { secret, replay: memoryReplayStore() }), (req, res) => {
    typed<TailscaleEvent[]>()(req.webhook.payload, true);
    res.sendStatus(204);
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: urlOf(server), close: () => server.close() };
}

async function onFastify(secret: string): Promise<Running> {
  const app = Fastify();
  await app.register(webhooks);
  app.post("/hook", { config: { webhook: { provider: stalwart, secret } } }, async (request, reply) => {
    typed<StalwartPayload>()(request.webhook.payload, true);
    return reply.code(204).send();
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: urlOf(app.server), close: () => app.close() };
}

async function onHono(secret: string): Promise<Running> {
  const app = new Hono();
  app.post("/hook", honoWebhook(stripe, { secret }), (c) => {
    typed<StripeEvent>()(c.var.webhook.payload, true);
    return c.body(null, 204);
  });
  const server = await new Promise<Server>((resolve) => {
    const started: Server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, () =>
      resolve(started),
    ) as Server;
  });
  return { url: urlOf(server), close: () => server.close() };
}

const secret = "a long random secret";
const cases = [
  { name: "express", start: onExpress, request: () => signedRequest(tailscale, { secret, payload: [] }) },
  { name: "fastify", start: onFastify, request: () => signedRequest(stalwart, { secret, payload: { events: [] } }) },
  {
    name: "hono",
    start: onHono,
    request: () => signedRequest(stripe, { secret, payload: { id: "evt_1", object: "event", type: "ping" } }),
  },
];

async function answers({ start, request }: (typeof cases)[number]): Promise<void> {
  const running = await start(secret);
  const post = async (headers: Record<string, string>, body: string) =>
    (await fetch(running.url, { method: "POST", headers, body })).status;
  try {
    const { headers, body } = await request();
    const text = new TextDecoder().decode(body);
    assert.equal(await post(headers, text), 204);
    assert.equal(await post(headers, `${text} `), 401);
    assert.equal(await post({ "content-type": "application/json" }, text), 401);
  } finally {
    await running.close();
  }
}

async function sends(): Promise<void> {
  const receiver = await recordingReceiver(() => ({ status: 200, body: "ok" }));
  const slackUrl = new URL("/services/T0/B0/x", receiver.url);
  const sender = createSender({
    guard: { allow: ["127.0.0.0/8"], schemes: ["http"] },
    endpoints: [
      { name: "signed", url: receiver.url, sign: { provider: tailscale, secret } },
      { name: "chat", url: slackUrl.href, format: slack({ origin: slackUrl.origin }) },
    ],
  });
  try {
    await (
      await sender.send({ type: "nodeCreated", severity: "info", data: { deviceName: "alice-laptop" } })
    ).outcome();
    assert.equal(receiver.requests.length, 2);
  } finally {
    await sender.close();
    await receiver.close();
  }
}

await verifiesVector();
for (const each of cases) await answers(each);
await sends();
