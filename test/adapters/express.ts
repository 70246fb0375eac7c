import { createServer } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { keepRawBody, webhook } from "@countersign/express";
import type express from "express";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { type Harness, listen, type Plan } from "./harness.ts";

type ExpressModule = typeof express;

async function answer(res: Response, plan: Plan): Promise<void> {
  res.status(plan.status ?? 200);
  for (const [name, value] of Object.entries(plan.headers ?? {})) res.setHeader(name, value);
  if (plan.stream === undefined) res.send(plan.body ?? "");
  else await pipeline(Readable.from(plan.stream), res);
}

/** Middleware in front of the webhook route, by what is usually found there. */
function mounted(express: ExpressModule): Record<string, RequestHandler[]> {
  return {
    plain: [],
    "json, urlencoded and text that keep the raw body, app-wide": [
      express.json({ verify: keepRawBody }),
      express.urlencoded({ extended: true, verify: keepRawBody }),
      express.text({ verify: keepRawBody }),
    ],
    "raw for every type, app-wide": [express.raw({ type: () => true })],
    "middleware that awaits before it goes on": [(_req, _res, next) => void setImmediate(next)],
    "json, app-wide": [express.json()],
    "text for every type, app-wide": [express.text({ type: () => true })],
  };
}

export function expressHarness(name: string, express: ExpressModule): Harness {
  return {
    name,
    variants: [
      "plain",
      "json, urlencoded and text that keep the raw body, app-wide",
      "raw for every type, app-wide",
      "middleware that awaits before it goes on",
      "json on other routes",
      "inside a router",
    ],
    consumers: { "json, app-wide": /express\.json\(\).*keepRawBody/, "text for every type, app-wide": /keepRawBody/ },
    node: true,
    settles: true,
    errorChannel: true,
    isContext: (context) => typeof (context as Request).originalUrl === "string",
    async start({ provider, options, handler, variant = "plain" }) {
      const errors: unknown[] = [];
      const app = express();
      const own = mounted(express)[variant];
      if (own !== undefined && own.length > 0) app.use(...own);
      if (variant === "json on other routes") app.use("/other", express.json());
      const routes = variant === "inside a router" ? express.Router() : app;
      routes.all("/hook", webhook(provider, options), (req, res, next) => {
        const plan = handler({
          delivery: req.webhook,
          contentType: req.get("content-type"),
          bytes: async () => req.webhook.body,
          json: async () => req.webhook.payload,
        });
        // Express 4 does not look at what a handler returns.
        if (plan instanceof Promise) plan.then((value) => answer(res, value)).catch(next);
        else answer(res, plan).catch(next);
      });
      if (routes !== app) app.use(routes);
      app.use(express.json());
      app.post("/other/echo", (req, res) => void res.json(req.body));
      app.use(((error, _req, res, next) => {
        errors.push(error);
        if (res.headersSent) next(error);
        else res.status(error.status ?? 500).end();
      }) satisfies ErrorRequestHandler);
      return listen(createServer(app), errors);
    },
  };
}
