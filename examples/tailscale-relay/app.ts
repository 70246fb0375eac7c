import { createHash } from "node:crypto";
import { memoryReplayStore, type VerifierOptions } from "@countersign/core";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { webhook } from "@countersign/express";
import { createSender, type Sender, type SenderOptions } from "@countersign/sender";
import { fromStalwart, type StalwartWebhookConfig } from "@countersign/systems";
import express, { type Express } from "express";

export interface Options extends Pick<VerifierOptions, "clock" | "onReject"> {
  /** What Tailscale shows for the endpoint. */
  readonly secret: string;
  /** Where the events go on, as Stalwart writes a webhook down. */
  readonly target: StalwartWebhookConfig;
  readonly sender?: Pick<SenderOptions, "guard" | "hooks" | "outbox" | "readers">;
}

/** Receives Tailscale's events, and sends them on in Stalwart's envelope under Stalwart's signature. */
export function build({ secret, target, sender: settings = {}, ...options }: Options): {
  app: Express;
  sender: Sender;
} {
  const sender = createSender({ ...settings, endpoints: fromStalwart(target, { name: "relay" }) });
  const app = express();
  app.post(
    "/hooks/tailscale",
    webhook(tailscale, { secret, replay: memoryReplayStore(), ...options }),
    async (req, res) => {
      // Tailscale hears that all is well once the events are in the outbox: the target is the sender's to retry.
      for (const event of req.webhook.payload) await sender.send(relayed(event));
      res.sendStatus(204);
    },
  );
  return { app, sender };
}

/** Tailscale sends no id. One made of the event itself lets the outbox tell a second copy. */
function relayed(event: TailscaleEvent) {
  const { timestamp, type, tailnet, message, data } = event;
  const id = createHash("sha256").update(JSON.stringify(event)).digest("hex").slice(0, 32);
  const time = timestamp === undefined ? {} : { time: timestamp };
  return { id, type: `tailscale.${type}`, ...time, data: { tailnet, message, ...data } };
}
