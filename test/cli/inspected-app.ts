/** An application during development: Express, Fastify and Hono receivers, one of them with a replay store. */
import type { AddressInfo } from "node:net";
import { memoryReplayStore } from "@countersign/core";
import { aperture, github, stripe } from "@countersign/core/providers";
import { webhook } from "@countersign/express";
import { webhookRoute } from "@countersign/fastify";
import { webhook as honoWebhook } from "@countersign/hono";
import { serve } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";

const secret = process.env.WEBHOOK_SECRET as string;
const app = express();
app.post("/hooks/github", webhook(github, { secret, inspect: true, replay: memoryReplayStore() }), (_, res) => {
  setTimeout(() => res.status(202).end(), 20);
});
app.post("/hooks/private", webhook(github, { secret, inspect: false }), (_, res) => void res.end());
const fastify = Fastify();
fastify.route(
  webhookRoute({
    url: "/hooks/stripe",
    provider: stripe,
    secret,
    handler: async (_, reply) => reply.code(204).send(),
  }),
);
const hono = new Hono();
hono.post("/hooks/key", honoWebhook(aperture({ authorization: "x-api-key" }), { secret }), (c) => c.json({}));

const one = app.listen(0, "127.0.0.1");
await new Promise((resolve) => one.once("listening", resolve));
await fastify.listen({ port: 0, host: "127.0.0.1" });
const three = serve({ fetch: hono.fetch, port: 0, hostname: "127.0.0.1" });
await new Promise((resolve) => three.once("listening", resolve));
const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
console.log(`ports ${port(one)} ${port(fastify.server)} ${port(three)} .`);
