import type { Server } from "node:http";
import { webhook } from "@countersign/hono";
import { createAdaptorServer } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { type Harness, listen, type Plan, type Start } from "./harness.ts";

export function toResponse({ status = 200, headers = {}, body, stream }: Plan): Response {
  if (stream === undefined) return new Response(body ?? null, { status, headers });
  const iterator = stream[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      async cancel() {
        await iterator.return?.();
      },
    }),
    { status, headers },
  );
}

function answer(c: Context, plan: Plan): Response {
  if (plan.stream !== undefined) return toResponse(plan);
  for (const [name, value] of Object.entries(plan.headers ?? {})) c.header(name, value);
  const status = plan.status ?? 200;
  return plan.body === undefined ? c.body(null, status as 204) : c.body(plan.body, status as 200);
}

const middleware: Record<string, MiddlewareHandler> = {
  "middleware that has called c.req.json()": async (c, next) => {
    await c.req.json().catch(() => {});
    await next();
  },
  "middleware that has called c.req.text()": async (c, next) => {
    await c.req.text();
    await next();
  },
  "middleware that has called c.req.arrayBuffer()": async (c, next) => {
    await c.req.arrayBuffer();
    await next();
  },
  "middleware that awaits before it goes on": async (_c, next) => {
    await new Promise((resolve) => setImmediate(resolve));
    await next();
  },
  "middleware that sets a header afterwards": async (c, next) => {
    await next();
    c.header("x-after", "1");
  },
  "middleware that has called c.req.raw.json()": async (c, next) => {
    await c.req.raw.json().catch(() => {});
    await next();
  },
  "middleware that has called c.req.raw.blob()": async (c, next) => {
    await c.req.raw.blob();
    await next();
  },
};

export function honoApp(start: Start, errors: unknown[], Framework = Hono): Hono<any> {
  const { provider, options, handler, variant = "plain" } = start;
  const app = new Framework<any>();
  app.onError((error) => {
    errors.push(error);
    return new Response(null, { status: 500 });
  });
  const own = middleware[variant];
  if (own !== undefined) app.use(own);
  const routes = variant === "in a mounted application" ? new Framework<any>() : app;
  routes.all("/hook", webhook(provider, options), (c): Response | Promise<Response> => {
    const plan = handler({
      delivery: c.var.webhook,
      contentType: c.req.header("content-type"),
      bytes: async () => new Uint8Array(await c.req.arrayBuffer()),
      json: () => c.req.json(),
    });
    return plan instanceof Promise ? plan.then((value) => answer(c, value)) : answer(c, plan);
  });
  if (routes !== app) app.route("/", routes);
  app.post("/other/echo", async (c) => c.json(await c.req.json()));
  return app;
}

/** @param jsonKeeps whether this Hono keeps the bytes that `c.req.json()` has read, as it does from 4.8.4 */
export function harnessOn(name: string, Framework: typeof Hono, jsonKeeps = true): Harness {
  const json = "middleware that has called c.req.json()";
  return {
    name,
    variants: [
      "plain",
      ...(jsonKeeps ? [json] : []),
      "middleware that has called c.req.text()",
      "middleware that has called c.req.arrayBuffer()",
      "middleware that awaits before it goes on",
      "middleware that sets a header afterwards",
      "in a mounted application",
    ],
    consumers: {
      ...(jsonKeeps ? {} : { [json]: /has read this request's body/ }),
      "middleware that has called c.req.raw.json()": /has read this request's body/,
      "middleware that has called c.req.raw.blob()": /has read this request's body/,
    },
    node: true,
    settles: true,
    errorChannel: true,
    isContext: (context) => (context as Context).env.incoming !== undefined,
    async start(start) {
      const errors: unknown[] = [];
      return listen(createAdaptorServer({ fetch: honoApp(start, errors, Framework).fetch }) as Server, errors);
    },
  };
}

export const honoHarness = harnessOn("hono", Hono);
