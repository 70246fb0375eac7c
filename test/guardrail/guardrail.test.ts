import type { AddressInfo } from "node:net";
import {
  allow,
  block,
  type Decision,
  defineReplayStore,
  type GuardrailOptions,
  guardrail,
  modify,
} from "@countersign/core";
import { type AperturePayload, aperture } from "@countersign/core/providers";
import { type FakeClock, fakeClock } from "@countersign/core/testing";
import { guardrail as expressGuardrail } from "@countersign/express";
import { guardrail as fastifyGuardrail } from "@countersign/fastify";
import { guardrail as honoGuardrail } from "@countersign/hono";
import { serve } from "@hono/node-server";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";

const SECRET = "a-key-that-aperture-knows";
const provider = aperture({ event: "pre_request" });
const PROMPT = {
  metadata: { login_name: "alice@example.com", request_id: "req_abc123", model: "claude-sonnet-4-20250514" },
  request_body: { model: "claude-sonnet-4-20250514", max_tokens: 4096 },
  user_message: "Write a function that sorts a list",
};

type Options = Omit<GuardrailOptions<any, any, any>, "secret">;
type Handler = (payload: AperturePayload, signal: AbortSignal) => Decision | Promise<Decision>;
interface Server {
  readonly url: string;
  close(): unknown;
}

const FRAMEWORKS: Readonly<Record<string, (options: Options, handler: Handler) => Promise<Server>>> = {
  async express(options, handler) {
    const app = express();
    app.post(
      "/",
      expressGuardrail(provider, { secret: SECRET, ...options } as never, (d, { signal }) =>
        handler(d.payload as AperturePayload, signal),
      ),
    );
    const server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
  },
  async fastify(options, handler) {
    const app = Fastify();
    app.route({
      method: "POST",
      url: "/",
      ...fastifyGuardrail(provider, { secret: SECRET, ...options } as never, (d, { signal }) =>
        handler(d.payload as AperturePayload, signal),
      ),
    });
    return { url: `${await app.listen({ port: 0, host: "127.0.0.1" })}/`, close: () => app.close() };
  },
  async hono(options, handler) {
    const app = new Hono();
    app.post(
      "/",
      honoGuardrail(provider, { secret: SECRET, ...options } as never, (d, { signal }) =>
        handler(d.payload as AperturePayload, signal),
      ),
    );
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
  },
};

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

function post(url: string, body: unknown = PROMPT, authorization = `Bearer ${SECRET}`): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const BLOCKED = { action: "block", status_code: 403 };
const down = defineReplayStore({
  claim: () => Promise.reject(new Error("down")),
  commit: () => Promise.reject(new Error("down")),
  release: () => Promise.reject(new Error("down")),
  extend: () => Promise.reject(new Error("down")),
});

describe.each(Object.keys(FRAMEWORKS))("guardrail on %s", (name) => {
  async function start(options: Options, handler: Handler): Promise<string> {
    const server = await (FRAMEWORKS[name] as (typeof FRAMEWORKS)[string])(options, handler);
    open.push(server);
    return server.url;
  }
  async function decided(options: Options, handler: Handler, body?: unknown): Promise<unknown> {
    const response = await post(await start(options, handler), body);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    return response.json();
  }

  test("allows, blocks and modifies in the documented JSON", async () => {
    expect(await decided({}, () => allow())).toEqual({ action: "allow" });
    expect(await decided({}, () => block())).toEqual(BLOCKED);
    expect(await decided({}, () => block({ status: 451, message: "Not here." }))).toEqual({
      action: "block",
      status_code: 451,
      message: "Not here.",
    });
    expect(await decided({}, ({ request_body }) => modify({ ...(request_body as object), max_tokens: 100 }))).toEqual({
      action: "modify",
      request_body: { model: "claude-sonnet-4-20250514", max_tokens: 100 },
    });
  });

  test("tells a stranger nothing", async () => {
    const url = await start({}, () => allow());
    for (const authorization of ["", "Bearer wrong", `Basic ${SECRET}`, SECRET]) {
      const response = await post(url, PROMPT, authorization);
      expect(response.status).toBe(401);
      expect(await response.text()).toBe("");
    }
  });

  test("blocks a prompt over the limit, however it is framed", async () => {
    const options = { limit: 2000 };
    const large = { ...PROMPT, user_message: "x".repeat(200_000) };
    expect(await decided(options, () => allow(), large)).toEqual(BLOCKED);
    const url = await start(options, () => allow());
    const chunks = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 50; i++) controller.enqueue(new TextEncoder().encode("x".repeat(4096)));
        controller.close();
      },
    });
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${SECRET}` },
      body: chunks,
      duplex: "half",
    } as RequestInit);
    expect(await response.json()).toEqual(BLOCKED);
  });

  test("blocks what is no JSON and what fails the schema", async () => {
    expect(await decided({}, () => allow(), "{")).toEqual(BLOCKED);
    expect(await decided({ schema: z.object({ user_message: z.number() }) }, () => allow())).toEqual(BLOCKED);
  });

  test("blocks when the replay store is down", async () => {
    expect(await decided({ replay: down }, () => allow())).toEqual(BLOCKED);
  });

  test("blocks when the handler throws, rejects or decides nothing, and says so to the developer", async () => {
    const reasons: string[] = [];
    const options = { onFailure: ({ reason }: { reason: string }) => reasons.push(reason) };
    const thrower = () => {
      throw new Error("bug");
    };
    expect(await decided(options, thrower)).toEqual(BLOCKED);
    expect(await decided(options, async () => thrower())).toEqual(BLOCKED);
    expect(await decided(options, () => undefined as never)).toEqual(BLOCKED);
    expect(await decided(options, () => modify(undefined))).toEqual(BLOCKED);
    expect(reasons).toEqual(["threw", "threw", "undecided", "undecided"]);
  });

  test("answers before the deadline whatever the handler does, and tells the handler", async () => {
    const clock: FakeClock = fakeClock(Date.now());
    let signal: AbortSignal | undefined;
    const url = await start({ clock, deadline: "4s" }, (_, given) => {
      signal = given;
      queueMicrotask(() => clock.advance(4_000));
      return new Promise(() => {});
    });
    const response = await post(url);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(BLOCKED);
    expect(signal?.aborted).toBe(true);
  });

  test("lets through what it cannot decide where that is the choice", async () => {
    const thrower = () => {
      throw new Error("bug");
    };
    expect(await decided({ otherwise: allow() }, thrower)).toEqual({ action: "allow" });
  });

  test("decides again when the same request is asked about twice", async () => {
    const { memoryReplayStore } = await import("@countersign/core");
    const url = await start({ replay: memoryReplayStore() }, () => allow());
    for (let i = 0; i < 2; i++) expect(await (await post(url)).json()).toEqual({ action: "allow" });
  });
});

describe("set-up of a guardrail", () => {
  test("refuses a provider that waits for no decision", () => {
    expect(() => guardrail(aperture({ event: "entire_request" }), { secret: SECRET }, () => allow())).toThrow(
      /waits for no decision/,
    );
  });

  test("refuses options that it does not have", () => {
    expect(() => guardrail(provider, { secret: SECRET, otherwise: "no" } as never, () => allow())).toThrow(
      /otherwise must be/,
    );
    expect(() => guardrail(provider, { secret: SECRET, settle: "manual" } as never, () => allow())).toThrow(
      /leave it out/,
    );
    expect(() => guardrail(provider, { secret: SECRET, deadline: -1 }, () => allow())).toThrow(/deadline/);
    expect(() => guardrail(provider, { secret: "" }, () => allow())).toThrow(/secret/);
  });
});
