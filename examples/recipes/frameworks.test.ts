import "reflect-metadata";
import type { AddressInfo } from "node:net";
import type { SignedRequest } from "@countersign/core/testing";
import { NestFactory } from "@nestjs/core";
import { createApp, createRouter, toNodeListener } from "h3";
import { testApiHandler } from "next-test-api-route-handler"; // Before Next itself, as it asks.
import { createStaticHandler } from "react-router";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { app as elysia } from "./elysia.ts";
import { app as koa } from "./koa.ts";
import { AppModule as NestController } from "./nest-controller.ts";
import { AppModule as NestMiddleware } from "./nest-middleware.ts";
import * as next from "./next.ts";
import { server as nodeHttp } from "./node-http.ts";
import nuxt from "./nuxt.ts";
import { action } from "./react-router.ts";
import { event, fromStripe, listen, printed, sendTo, tampered, toRequest } from "./testing.ts";

type Send = (request: SignedRequest) => Promise<Response>;

async function nest(module: new () => object): Promise<Send> {
  const app = await NestFactory.create(module, { rawBody: true, logger: false });
  await app.listen(0, "127.0.0.1");
  onTestFinished(() => app.close());
  const { port } = app.getHttpServer().address() as AddressInfo;
  return (request) => sendTo(`http://127.0.0.1:${port}`, request);
}

async function served(...server: Parameters<typeof listen>): Promise<Send> {
  const origin = await listen(...server);
  return (request) => sendTo(origin, request);
}

/** Each recipe in its own framework. SvelteKit's has a test of its own, since only its build can run it. */
const recipes: Readonly<Record<string, () => Promise<Send>>> = {
  next: async () => (request) =>
    new Promise((resolve, reject) => {
      const { method, headers, body } = request;
      const test = async ({ fetch }: { fetch: (init: RequestInit) => Promise<Response> }) =>
        resolve(await fetch({ method, headers, body: new Uint8Array(body) }));
      testApiHandler({ appHandler: next, url: "/hooks/stripe", test }).catch(reject);
    }),
  "react-router": async () => {
    const { queryRoute } = createStaticHandler([{ path: "/hooks/stripe", action }]);
    return (request) => queryRoute(toRequest(request));
  },
  nuxt: () => served(toNodeListener(createApp().use(createRouter().post("/hooks/stripe", nuxt)))),
  elysia: async () => async (request) => elysia.handle(toRequest(request)),
  koa: () => served(koa.callback()),
  "node-http": () => served(nodeHttp),
  "nest-controller": () => nest(NestController),
  "nest-middleware": () => nest(NestMiddleware),
};

describe.each(Object.entries(recipes))("%s", (_, start) => {
  it("lets a genuine webhook through and refuses a changed one", async () => {
    const lines = printed();
    const send = await start();
    const request = await fromStripe();
    expect((await send(request)).status).toBe(204);
    expect(lines).toEqual([[event.type]]);
    expect((await send(tampered(request))).status).toBe(401);
    expect((await send({ ...request, headers: { "content-type": "application/json" } })).status).toBe(401);
    expect(lines).toEqual([[event.type]]);
  });
});

it.each(["koa", "node-http", "nest-controller", "nuxt"])(
  "%s: a handler that throws is answered 500, so that the provider tries again",
  async (name) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {
      throw new Error("the database is away");
    });
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => {
      log.mockRestore();
      error.mockRestore();
    });
    const send = await (recipes[name] as () => Promise<Send>)();
    expect((await send(await fromStripe())).status).toBe(500);
  },
);
