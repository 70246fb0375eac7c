import type { Server } from "node:http";
import { PassThrough, Readable } from "node:stream";
import webhooks, { webhookRoute } from "@countersign/fastify";
import { type FastifyInstance, type FastifyRequest, fastify, type RouteHandlerMethod } from "fastify";
import { type Harness, listen, type Start } from "./harness.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** How a route is protected: by itself, by the plugin, or by the plugin although it was declared before. */
export type Form = "webhookRoute()" | "the plugin" | "the plugin, loaded after the route";

function addHook(app: FastifyInstance, form: Form, { provider, options, handler }: Start, url = "/hook"): void {
  const answer: RouteHandlerMethod = async (request, reply) => {
    const plan = handler({
      delivery: request.webhook,
      contentType: request.headers["content-type"],
      bytes: async () => request.webhook.body,
      json: async () => request.body,
    });
    const { status = 200, headers = {}, body, stream } = plan instanceof Promise ? await plan : plan;
    reply.code(status).headers(headers);
    return stream === undefined ? reply.send(body) : reply.send(Readable.from(stream));
  };
  const route = { method: [...methods], url, exposeHeadRoute: false, handler: answer };
  app.route(
    form === "webhookRoute()"
      ? webhookRoute({ ...route, provider, ...options } as Parameters<typeof webhookRoute>[0])
      : { ...route, config: { webhook: { provider, ...options } } },
  );
}

const parsers: Record<string, (app: FastifyInstance) => void> = {
  "its own JSON parser for application/json": (app) =>
    void app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) =>
      done(null, { parsed: body.length }),
    ),
  "a parser of forms": (app) =>
    void app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(body as string))),
    ),
  "a catch-all parser": (app) =>
    void app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body)),
  "a catch-all parser that reads the stream": (app) =>
    void app.addContentTypeParser("*", async (_request: unknown, payload: AsyncIterable<Buffer>) => {
      const parts: Buffer[] = [];
      for await (const part of payload) parts.push(part);
      return Buffer.concat(parts);
    }),
  "a parser by regular expression": (app) =>
    void app.addContentTypeParser(/^application\/.*/, { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    ),
};

export function harnessOn(name: string, create: typeof fastify, form: Form): Harness {
  return {
    name,
    variants: [
      "plain",
      ...Object.keys(parsers),
      "inside a plugin with a prefix",
      "inside a plugin that removed all parsers and took everything",
      "a hook that asks for the media type before",
      "a hook that replaces the headers before",
      "a hook that passes the stream on before",
      "hooks of every kind beside",
    ],
    consumers: { "a hook that reads the body before": /has read this request's body/ },
    node: true,
    settles: true,
    errorChannel: true,
    isContext: (context) => "routeOptions" in (context as FastifyRequest),
    async start(start) {
      const { variant = "plain" } = start;
      const errors: unknown[] = [];
      const app = create({
        forceCloseConnections: true,
        logger: { level: "error", stream: { write: (line: string) => noteError(errors, JSON.parse(line)) } },
      });
      if (form === "the plugin") await app.register(webhooks);
      parsers[variant]?.(app);
      hooks[variant]?.(app);
      if (variant === "inside a plugin with a prefix") {
        await app.register(async (child) => {
          child.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
            done(null, body),
          );
          await child.register(async (grandchild) => addHook(grandchild, form, start, ""), { prefix: "/hook" });
        });
      } else if (variant === "inside a plugin that removed all parsers and took everything") {
        await app.register(async (child) => {
          child.removeAllContentTypeParsers();
          child.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
          addHook(child, form, start);
        });
      } else addHook(app, form, start);
      if (form === "the plugin, loaded after the route") app.register(webhooks);
      await app.listen({ port: 0, host: "127.0.0.1" });
      return listen(app.server as Server, errors, () => app.close());
    },
  };
}

export const fastifyHarness = harnessOn("fastify", fastify, "webhookRoute()");

/** What we log of a refusal has a code; everything else is an error that reached the application. */
function noteError(errors: unknown[], line: { err?: { message: string }; code?: string; msg?: string }): void {
  if (line.code === undefined) errors.push(new Error(line.err?.message ?? line.msg));
}

const hooks: Record<string, (app: FastifyInstance) => void> = {
  "a hook that asks for the media type before": (app) =>
    void app.addHook("onRequest", async (request) => void request.mediaType),
  "a hook that replaces the headers before": (app) =>
    void app.addHook("onRequest", async (request) => {
      request.headers = { ...request.headers, "x-seen": "1" };
    }),
  "a hook that passes the stream on before": (app) =>
    void app.addHook("preParsing", async (_request, _reply, payload) => {
      const passed = payload.pipe(new PassThrough());
      // Lets the first bytes flow before the next hook looks.
      await new Promise((resolve) => setImmediate(resolve));
      return passed;
    }),
  "a hook that reads the body before": (app) =>
    void app.addHook("preParsing", async (_request, _reply, payload) => {
      for await (const _ of payload);
      return payload;
    }),
  "hooks of every kind beside": (app) => {
    app.addHook("onRequest", async () => {});
    app.addHook("preParsing", async (_request, _reply, payload) => payload);
    app.addHook("preValidation", async () => {});
    app.addHook("preHandler", async () => {});
    app.addHook("onSend", async (_request, _reply, payload) => payload);
    app.addHook("onResponse", async () => {});
    app.addHook("onError", async () => {});
    app.addHook("onRequestAbort", async (_request) => {});
  },
};
