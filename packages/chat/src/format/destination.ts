import { ConfigurationError } from "@countersign/core";

/** The platforms that can be spoken to, by the names that Tailscale gives them. */
export type ChatPlatform = "slack" | "discord" | "mattermost" | "googlechat";

/** A kind of address that looks like a webhook of one of the platforms but cannot take a message. */
interface Refusal {
  readonly host: RegExp;
  readonly path: RegExp;
  readonly why: string;
}

const SLACK = /^hooks\.slack(-gov)?\.com$/;
const DISCORD = /^((canary|ptb)\.)?discord(app)?\.com$/;
const GOOGLE = /^chat\.googleapis\.com$/;

/** Hosts that belong to one platform alone. Mattermost stands on any host, so it is never certain. */
const HOSTS: readonly { readonly host: RegExp; readonly platform: ChatPlatform }[] = [
  { host: SLACK, platform: "slack" },
  { host: DISCORD, platform: "discord" },
  { host: GOOGLE, platform: "googlechat" },
];

const REFUSALS: readonly Refusal[] = [
  {
    host: SLACK,
    path: /^\/(triggers|workflows)\//,
    why: "is a Slack Workflow Builder address, which starts a workflow and takes no messages. Create an incoming webhook (a URL with /services/) in a Slack app instead",
  },
  {
    host: /(^|\.)(webhook\.office\.com|outlook\.office(365)?\.com)$/,
    path: /./,
    why: "is an Office 365 connector, which Microsoft has retired. Microsoft Teams is not among the platforms yet",
  },
  {
    host: /\.(logic\.azure\.com|api\.powerplatform\.com)$/,
    path: /./,
    why: "is a Power Automate workflow. Microsoft Teams is not among the platforms yet",
  },
];

/**
 * The platform that a webhook URL belongs to, where its host says so for certain; otherwise `undefined`, and the
 * platform must be named: a Mattermost server can stand on any host.
 *
 * Throws a `ConfigurationError` for an address that can never take a message: Slack's Workflow Builder, Office 365
 * connectors, Power Automate. The message never quotes the URL, which is a secret.
 *
 * @example
 * ```ts
 * import { detectPlatform } from "@countersign/chat";
 *
 * detectPlatform("https://discord.com/api/webhooks/1/a"); // "discord"
 * detectPlatform("https://chat.example.com/hooks/xyz"); // undefined: Mattermost, perhaps
 * ```
 */
export function detectPlatform(url: string | URL): ChatPlatform | undefined {
  const parsed = typeof url === "string" ? parse(url) : url;
  refuseKnown(parsed);
  return HOSTS.find(({ host }) => host.test(parsed.hostname))?.platform;
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new ConfigurationError("url", "The webhook URL is not a URL.");
  }
}

function refuseKnown(url: URL): void {
  const found = REFUSALS.find(({ host, path }) => host.test(url.hostname) && path.test(url.pathname));
  if (found !== undefined) throw new ConfigurationError("url", `The webhook URL ${found.why}.`);
}

interface Host {
  readonly name: string;
  readonly host: RegExp;
  readonly example: string;
  /** Run by its users, who choose scheme and port; the others are on https and port 443 alone. */
  readonly selfHosted?: true;
}

const HOST_OF: Readonly<Record<ChatPlatform, Host>> = {
  slack: { name: "Slack", host: SLACK, example: "https://hooks.slack.com/services/…" },
  discord: { name: "Discord", host: DISCORD, example: "https://discord.com/api/webhooks/…" },
  googlechat: {
    name: "Google Chat",
    host: GOOGLE,
    example: "https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
  },
  mattermost: { name: "Mattermost", host: /./, example: "https://chat.example.com/hooks/…", selfHosted: true },
};

/** Refuses an address on another platform's host, or over plain http, unless it stands on the named origin. */
export function checkHost(url: URL, platform: ChatPlatform, origin: string | undefined): void {
  if (origin !== undefined && url.origin === new URL(origin).origin) return;
  refuseKnown(url);
  const { name, host, example, selfHosted } = HOST_OF[platform];
  const other = HOSTS.find((row) => row.platform !== platform && row.host.test(url.hostname));
  if (other !== undefined) {
    throw new ConfigurationError(
      "url",
      `The webhook URL is one of ${HOST_OF[other.platform].name}, not of ${name}. Use the ${other.platform} format for it.`,
    );
  }
  if (!host.test(url.hostname)) {
    throw new ConfigurationError(
      "url",
      `The webhook URL is not one of ${name}: it looks like ${example}. For a proxy, name its \`origin\`.`,
    );
  }
  if (selfHosted === true) return;
  if (url.protocol !== "https:") throw new ConfigurationError("url", `${name} takes webhooks over https only.`);
  if (url.port !== "") throw new ConfigurationError("url", `${name} takes webhooks on port 443 only.`);
}

/** Refuses options that nobody reads, and an origin that is not one. */
export function checkOptions(name: string, options: object, known: readonly string[]): void {
  const common = ["render", "overflow", "origin", ...known];
  for (const key of Object.keys(options)) {
    if (!common.includes(key))
      throw new ConfigurationError(key, `${name}() has no option "${key}". It knows ${common.join(", ")}.`);
  }
  const { render, overflow, origin } = options as { render?: unknown; overflow?: unknown; origin?: unknown };
  if (render !== undefined && typeof render !== "function")
    throw new ConfigurationError("render", "`render` is a function from an event to a message.");
  if (overflow !== undefined && overflow !== "cut" && overflow !== "split") {
    throw new ConfigurationError("overflow", '`overflow` is "cut" or "split".');
  }
  if (origin === undefined) return;
  const valid = typeof origin === "string" && URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol);
  if (!valid)
    throw new ConfigurationError(
      "origin",
      "`origin` is a scheme, a host and perhaps a port, like https://proxy.example.com.",
    );
}
