import { memoryReplayStore, type VerifierOptions } from "@countersign/core";
import { type StalwartEvent, stalwart } from "@countersign/core/providers";
import { webhooks } from "@countersign/fastify";
import Fastify, { type FastifyInstance } from "fastify";

export interface Options extends Pick<VerifierOptions, "clock" | "onReject" | "tolerance"> {
  readonly secret: string;
  readonly onEvent?: (event: StalwartEvent) => void | Promise<void>;
}

/** Receives Stalwart's events. Its signature covers no time, so the replay store alone stops an old request. */
export async function build({
  secret,
  onEvent = (event) => console.log(event.type, event.createdAt),
  ...options
}: Options): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(webhooks);

  app.post(
    "/hooks/stalwart",
    {
      config: {
        webhook: { provider: stalwart, secret, limit: 4 * 1_048_576, replay: memoryReplayStore(), ...options },
      },
    },
    async (request, reply) => {
      for (const event of request.webhook.payload.events) await onEvent(event);
      return reply.code(204).send();
    },
  );

  app.post("/echo", async (request) => request.body);
  return app;
}
