import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createVerifier, type Delivery, WebhookError } from "@countersign/core";
import { closing } from "@countersign/core/adapter";
import { createAdaptorServer } from "@hono/node-server";
import { type Harness, listen } from "./harness.ts";
import { toResponse } from "./hono.ts";

/** `verifyIncoming` as its user writes it: the answers and the settling are the user's own. */
export const nodeHarness: Harness = {
  name: "verifyIncoming on node:http",
  variants: ["plain", "something that kept the bytes in rawBody"],
  consumers: { "something that read the body before": /has read this request's body/ },
  node: true,
  settles: false,
  drains: false,
  errorChannel: true,
  async start({ provider, options, handler, variant }) {
    const errors: unknown[] = [];
    const verifier = createVerifier(provider, options);

    async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (variant !== undefined && variant !== "plain") {
        const parts: Buffer[] = [];
        for await (const part of request) parts.push(part);
        if (variant === "something that kept the bytes in rawBody")
          Object.assign(request, { rawBody: Buffer.concat(parts) });
      }
      let delivery: Delivery<any>;
      try {
        delivery = await verifier.verifyIncoming(request);
      } catch (error) {
        if (!(error instanceof WebhookError)) throw error;
        if (error.code === "body_consumed") errors.push(error);
        response.writeHead(error.status, { ...closing(request), "content-length": "0" }).end();
        return;
      }
      if (delivery.duplicate && options.onDuplicate === undefined) {
        response.writeHead(200, { "content-length": "0" }).end();
        return;
      }
      delivery.hold();
      try {
        const plan = await handler({
          delivery,
          contentType: request.headers["content-type"],
          bytes: async () => delivery.body,
          json: async () => delivery.payload,
        });
        const status = plan.status ?? 200;
        response.writeHead(status, plan.headers);
        for await (const part of plan.stream ?? []) response.write(part);
        if (status < 300) await delivery.commit();
        else await delivery.release();
        response.end(plan.body);
      } catch (error) {
        await delivery.release();
        throw error;
      }
    }

    return listen(
      createServer((request, response) => {
        serve(request, response).catch((error) => {
          errors.push(error);
          if (response.headersSent) response.destroy();
          else response.writeHead(500).end();
        });
      }),
      errors,
    );
  },
};

/** `verifier.handle` behind the bridge that most people use. */
export const fetchHarness: Harness = {
  name: "verifier.handle",
  variants: ["plain"],
  consumers: { "something that read the body before": /has read this request's body/ },
  node: false,
  settles: true,
  drains: false,
  errorChannel: false,
  async start({ provider, options, handler, variant }) {
    const errors: unknown[] = [];
    const verifier = createVerifier(provider, options);
    const fetch = async (request: Request): Promise<Response> => {
      if (variant === "something that read the body before") await request.text();
      try {
        return await verifier.handle(request, (delivery) => {
          const plan = handler({
            delivery,
            contentType: request.headers.get("content-type") ?? undefined,
            bytes: async () => delivery.body,
            json: async () => delivery.payload,
          });
          return plan instanceof Promise ? plan.then(toResponse) : toResponse(plan);
        });
      } catch (error) {
        errors.push(error);
        return new Response(null, { status: 500 });
      }
    };
    return listen(createAdaptorServer({ fetch }) as Server, errors);
  },
};
