/**
 * The main job, on loopback sockets: three receivers in three frameworks, a sender that signs what the systems document,
 * and everything else that may be sent to a webhook.
 */
import type { AddressInfo, Server } from "node:net";
import type { WebhookError } from "@countersign/core";
import type { SignedRequest } from "@countersign/core/testing";
import { serve } from "@hono/node-server";
import { build as buildAperture } from "../aperture-hono/app.ts";
import { show } from "../producers/show.ts";
import { build as buildStalwart } from "../stalwart-fastify/app.ts";
import { build as buildTailscale } from "../tailscale-express/app.ts";
import { type Case, cases, SECRETS } from "./cases.ts";
import { type Line, report } from "./report.ts";
import { createDemoSender } from "./sender.ts";

let rejected: WebhookError | undefined;
let handled = 0;
const onReject = (error: WebhookError) => {
  rejected = error;
};
const onEvent = () => {
  handled++;
};

const listening = async (server: Server) => {
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const express = buildTailscale({ secret: SECRETS.tailscale, onEvent, onReject }).listen(0, "127.0.0.1");
const fastify = await buildStalwart({ secret: SECRETS.stalwart, onEvent, onReject });
const aperture = buildAperture({ onReject });
const hono = serve({
  fetch: (request, env) => aperture.fetch(request, { ...env, APERTURE_KEY: SECRETS.aperture }),
  port: 0,
  hostname: "127.0.0.1",
}) as Server;
const urls: Readonly<Record<Case["to"], string>> = {
  tailscale: `${await listening(express)}/hooks/tailscale`,
  stalwart: `${await fastify.listen({ port: 0, host: "127.0.0.1" })}/hooks/stalwart`,
  aperture: `${await listening(hono)}/hooks/aperture`,
};

const sender = createDemoSender(urls);
/** Genuine events go through the sender, all else as the bytes that it is. */
async function deliver({ to, event, request }: Case): Promise<{ status: number; text: string }> {
  if (event !== undefined) return sender.deliver(to, event);
  const { method, headers, body } = request as SignedRequest;
  const response = await fetch(urls[to], { method, headers, body: body as Uint8Array<ArrayBuffer> });
  return { status: response.status, text: await response.text() };
}

const lines: Line[] = [];
for (const one of await cases(Date.now())) {
  const { to, what, code, action } = one;
  rejected = undefined;
  const before = handled;
  const { status, text } = await deliver(one);
  const answered = action === undefined ? undefined : (JSON.parse(text) as { action: string }).action;
  const reason = rejected as WebhookError | undefined;
  const reached = handled > before;
  const handling = reached ? "handled" : status === 200 ? "handled before" : "";
  const silent = status < 400 || text === "";
  const told = code === undefined ? action !== undefined || reason === undefined : reason?.code === code && !reached;
  lines.push({
    to,
    what,
    how: one.event === undefined ? "" : "signed by the sender",
    answer: answered === undefined ? String(status) : `${status} ${answered}`,
    why: reason?.code ?? (action === undefined ? handling : "decided"),
    right: status === one.status && answered === action && silent && told,
  });
}

// And each of the five systems, sent by its own configuration.
for (const { system, what, status, received } of await show()) {
  const right = status >= 200 && status < 300 && received !== "";
  lines.push({
    to: `own-${system}`,
    what,
    how: "by its own configuration",
    answer: String(status),
    why: received,
    right,
  });
}

await sender.close();
process.exitCode = report(lines) ? 0 : 1;
if (process.argv.includes("--stay")) {
  console.log("The receivers stay, for the page: Ctrl-C ends them.");
  await new Promise<void>((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
} else console.log("npm run page shows each of these requests, step by step, in a live page of your browser.\n");
express.close();
await fastify.close();
hono.close();
