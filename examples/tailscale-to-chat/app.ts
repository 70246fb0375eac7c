import { type ChatPlatform, chat } from "@countersign/chat";
import { memoryReplayStore, type VerifierOptions } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { webhook } from "@countersign/express";
import { createSender, exponential, type Sender, type SenderOptions } from "@countersign/sender";
import express, { type Express } from "express";

/** One channel. */
export interface Destination {
  /** Its webhook URL, a secret. */
  readonly url: string;
  /** Needed where the URL's host does not tell: Mattermost, or a proxy. */
  readonly platform?: ChatPlatform;
  /** A proxy's origin. */
  readonly origin?: string;
}

export interface Options extends Pick<VerifierOptions, "clock" | "onReject"> {
  /** What Tailscale shows for the endpoint. */
  readonly secret: string;
  readonly destinations: readonly Destination[];
  readonly sender?: Pick<SenderOptions, "guard" | "hooks" | "outbox">;
}

/** Receives Tailscale's events and tells them in any number of channels, on any of the four platforms. */
export function build({ secret, destinations, sender: settings = {}, ...options }: Options): {
  app: Express;
  sender: Sender;
} {
  const sender = createSender({
    ...settings,
    endpoints: destinations.map(({ url, ...rest }, index) => ({
      name: `chat-${index + 1}`,
      url,
      format: chat(url, rest),
      // Whatever happens within two seconds is one message, not a flood.
      throttle: { window: "2s", maxEvents: 50 },
      retry: exponential(),
    })),
  });

  const app = express();
  app.post(
    "/hooks/tailscale",
    webhook(tailscale, { secret, replay: memoryReplayStore(), ...options }),
    async (req, res) => {
      // Tailscale hears that all is well once the events are in the outbox: a chat that is down is the sender's to retry.
      for (const event of req.webhook.payload) await sender.send({ type: event.type, data: event });
      res.sendStatus(204);
    },
  );
  return { app, sender };
}

/**
 * Reads destinations from one line of text: URLs with spaces between them, each with its platform in front where the
 * host does not tell. `https://hooks.slack.com/services/… mattermost=https://chat.example.com/hooks/…`
 */
export function readDestinations(line: string): Destination[] {
  return line
    .split(/\s+/)
    .filter((part) => part !== "")
    .map((part) => {
      const named = /^(slack|discord|mattermost|googlechat)=(.*)$/.exec(part);
      return named === null ? { url: part } : { platform: named[1] as ChatPlatform, url: named[2] ?? "" };
    });
}
