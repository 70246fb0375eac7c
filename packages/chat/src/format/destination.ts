import { ConfigurationError } from "@countersign/core";
import { type ChatPlatform, DEAD_ENDS, HOSTS } from "./hosts.ts";

/**
 * The platform that a webhook URL belongs to, where its host says so for certain; otherwise `undefined`, and the
 * platform must be named: a Mattermost server can run on any host.
 *
 * Throws a `ConfigurationError` for what is no URL, and for an address that can never take a message: Slack's Workflow
 * Builder, Office 365 connectors, Power Automate. The error never quotes the URL, which is a secret.
 *
 * @example
 * ```ts
 * import { detectPlatform } from "@countersign/chat";
 *
 * detectPlatform("https://discord.com/api/webhooks/1/a"); // "discord"
 * detectPlatform("https://chat.example.com/hooks/xyz"); // undefined
 * ```
 */
export function detectPlatform(url: string | URL): ChatPlatform | undefined {
  const parsed = typeof url === "string" ? parse(url) : url;
  refuseDeadEnd(parsed);
  return ownerOf(parsed);
}

function parse(url: string): URL {
  if (!URL.canParse(url)) throw new ConfigurationError("url", "The webhook URL is not a URL.");
  return new URL(url);
}

function refuseDeadEnd(url: URL): void {
  const found = DEAD_ENDS.find(({ host, path }) => host.test(url.hostname) && path.test(url.pathname));
  if (found !== undefined) throw new ConfigurationError("url", `The webhook URL ${found.why}.`);
}

/** The platform whose host this is. */
function ownerOf({ hostname }: URL): ChatPlatform | undefined {
  return (Object.keys(HOSTS) as ChatPlatform[]).find((platform) => HOSTS[platform].host?.test(hostname));
}

/** Refuses an address on another platform's host, or over plain http, unless it is on the named origin. */
export function checkHost(url: URL, platform: ChatPlatform, origin: string | undefined): void {
  if (origin !== undefined && url.origin === new URL(origin).origin) return;
  refuseDeadEnd(url);
  const { name, host, example } = HOSTS[platform];
  const owner = ownerOf(url);
  if (owner !== undefined && owner !== platform) {
    throw new ConfigurationError(
      "url",
      `The webhook URL belongs to ${HOSTS[owner].name}, not to ${name}. Use the ${owner} format for it.`,
    );
  }
  if (host === undefined) return;
  if (owner === undefined) {
    throw new ConfigurationError(
      "url",
      `The webhook URL does not belong to ${name}, whose URLs look like ${example}. Behind a proxy, set \`origin\`.`,
    );
  }
  if (url.protocol !== "https:") throw new ConfigurationError("url", `${name} takes webhooks over https only.`);
  if (url.port !== "") throw new ConfigurationError("url", `${name} takes webhooks on port 443 only.`);
}

/** The address without its fragment, which is never sent. */
export function withoutFragment(url: URL): URL {
  const whole = new URL(url);
  whole.hash = "";
  return whole;
}
