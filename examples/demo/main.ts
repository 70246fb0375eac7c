/** The main job, on loopback sockets: three receivers in three frameworks, and everything that may be sent to them. */
import type { AddressInfo, Server } from "node:net";
import type { WebhookError } from "@countersign/core";
import { serve } from "@hono/node-server";
import { build as buildAperture } from "../aperture-hono/app.ts";
import { build as buildStalwart } from "../stalwart-fastify/app.ts";
import { build as buildTailscale } from "../tailscale-express/app.ts";
import { type Case, cases, SECRETS } from "./cases.ts";
import { type Line, report } from "./report.ts";

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

const lines: Line[] = [];
for (const { to, what, request, status, code, action } of await cases(Date.now())) {
  rejected = undefined;
  const before = handled;
  const { method, headers } = request;
  const response = await fetch(urls[to], { method, headers, body: request.body as Uint8Array<ArrayBuffer> });
  const text = await response.text();
  const answered = action === undefined ? undefined : (JSON.parse(text) as { action: string }).action;
  const reason = rejected as WebhookError | undefined;
  const silent = status < 400 || text === "";
  const reached = handled > before;
  lines.push({
    to,
    what,
    answer: answered === undefined ? String(response.status) : `${response.status} ${answered}`,
    why:
      action === undefined
        ? (reason?.code ?? (reached ? "handled" : status === 200 ? "handled before" : ""))
        : (reason?.code ?? "decided"),
    right:
      response.status === status &&
      answered === action &&
      silent &&
      (code === undefined ? action !== undefined || reason === undefined : reason?.code === code && !reached),
  });
}

express.close();
await fastify.close();
hono.close();
process.exitCode = report(lines) ? 0 : 1;
