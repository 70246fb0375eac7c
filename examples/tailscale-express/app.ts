import { memoryReplayStore, type VerifierOptions } from "@countersign/core";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { webhook } from "@countersign/express";
import express, { type Express } from "express";

export interface Options extends Pick<VerifierOptions, "clock" | "onReject"> {
  readonly secret: string;
  readonly onEvent?: (event: TailscaleEvent) => void | Promise<void>;
}

/** Receives Tailscale's events. Other routes of the application parse their JSON as they always did. */
export function build({
  secret,
  onEvent = (event) => console.log(event.type, event.message),
  ...options
}: Options): Express {
  const app = express();

  app.post(
    "/hooks/tailscale",
    webhook(tailscale, { secret, replay: memoryReplayStore(), ...options }),
    async (req, res) => {
      for (const event of req.webhook.payload) await onEvent(event);
      res.sendStatus(204);
    },
  );

  app.use(express.json());
  app.post("/echo", (req, res) => {
    res.json(req.body);
  });
  return app;
}
