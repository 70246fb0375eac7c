import { ConfigurationError } from "@countersign/core";
import { checkHost } from "../format/destination.ts";

/**
 * To version 10 of the API, without a suffix that asks for another platform's dialect. `wait=true` asks for an answer
 * about the message itself. https://docs.discord.com/developers/resources/webhook#execute-webhook
 */
export function discordDestination(url: URL, origin: string | undefined): URL {
  checkHost(url, "discord", origin);
  const path = /^\/api(?:\/v\d+)?\/webhooks\/(\d+)\/([\w-]+)(?:\/(?:slack|github))?\/?$/.exec(url.pathname);
  if (path === null) {
    throw new ConfigurationError(
      "url",
      "A Discord webhook URL has an id and a token after /api/webhooks/: copy it whole from the channel's integrations.",
    );
  }
  const [, id, token] = path;
  const normal = new URL(`/api/v10/webhooks/${id}/${token}`, origin === undefined ? "https://discord.com" : url.origin);
  const thread = url.searchParams.get("thread_id");
  if (thread !== null) normal.searchParams.set("thread_id", thread);
  normal.searchParams.set("wait", "true");
  return normal;
}
