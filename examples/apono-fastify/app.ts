import { memoryReplayStore, type VerifierOptions } from "@countersign/core";
import { type AponoEvent, apono, aponoTrigger } from "@countersign/core/providers";
import { webhooks } from "@countersign/fastify";
import Fastify, { type FastifyInstance } from "fastify";

export interface Options extends Pick<VerifierOptions, "clock" | "onReject"> {
  /** What the webhook's `Authorization` header carries, without the word `Bearer`. */
  readonly secret: string;
  readonly onEvent?: (event: AponoEvent) => void | Promise<void>;
}

/** Receives Apono's access requests. Their body template has to have event_type, event_time and data.id. */
export async function build({
  secret,
  onEvent = (event) => console.log(aponoTrigger(event), event.data?.id),
  ...options
}: Options): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(webhooks);
  app.post(
    "/hooks/apono",
    {
      config: {
        webhook: {
          provider: apono({ header: "authorization" }),
          secret,
          replay: { store: memoryReplayStore(), namespace: "apono" },
          ...options,
        },
      },
    },
    async (request, reply) => {
      const event = request.webhook.payload;
      if (event !== undefined) await onEvent(event);
      // What the webhook's response_validators look for.
      return reply.code(200).send({ status: "open" });
    },
  );
  return app;
}
