import { memoryReplayStore, type VerifierOptions } from "@countersign/core";
import { type TapPassEvent, tappass } from "@countersign/core/providers";
import { webhook } from "@countersign/hono";
import { Hono } from "hono";

export interface Options extends Pick<VerifierOptions, "clock" | "onReject"> {
  /** What the export's `headers` carry, without the word `Bearer`. */
  readonly secret: string;
  readonly onEvent?: (event: TapPassEvent) => void | Promise<void>;
}

/** Receives TapPass's audit events, each once by its `audit_id`. */
export function build({
  secret,
  onEvent = (event) => console.log(event.event_kind, event.audit_id),
  ...options
}: Options): Hono {
  const app = new Hono();
  app.post(
    "/hooks/tappass",
    webhook(tappass({ header: "authorization" }), {
      secret,
      replay: { store: memoryReplayStore(), namespace: "tappass" },
      ...options,
    }),
    async (c) => {
      await onEvent(c.var.webhook.payload);
      return c.body(null, 204);
    },
  );
  return app;
}
