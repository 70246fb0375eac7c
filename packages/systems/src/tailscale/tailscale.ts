import { ConfigurationError } from "@countersign/core";
import {
  checkChoice,
  checkKeys,
  checkOptions,
  checkText,
  checkTexts,
  type KeysOf,
  type Table,
  table,
} from "@countersign/core/checks";
import type { Format, WebhookEvent } from "@countersign/core/event";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import { type EndpointOptions, every, json, retryEverything, type SecretSource } from "@countersign/sender";

/** A webhook as Tailscale's API describes it. https://tailscale.com/api#tag/webhooks */
export interface TailscaleWebhookConfig {
  /** Tailscale's own id; it names the endpoint here, unless the context does. */
  readonly endpointId?: string;
  /** Where to send: https, on port 80 or 443. */
  readonly endpointUrl: string;
  /** `""` is Tailscale's own JSON. */
  readonly providerType?: "" | "slack" | "mattermost" | "googlechat" | "discord";
  /** Event names (`"nodeCreated"`) and categories (`"categoryTailnetManagement"`); at least one. */
  readonly subscriptions: readonly string[];
  /** Signs each request in `Tailscale-Webhook-Signature`. Needed unless a chat `providerType` is set. */
  readonly secret?: SecretSource | readonly SecretSource[];
  /** Who made the webhook; taken and not used. */
  readonly creatorLoginName?: string;
  /** When it was made, RFC 3339; taken and not used. */
  readonly created?: string;
  /** When it was last changed, RFC 3339; taken and not used. */
  readonly lastModified?: string;
}

/** What the application adds to the configuration. */
export interface TailscaleContext {
  /** The tailnet's name, which every event contains. */
  readonly tailnet: string;
  /** Default: the `endpointId`, else `"tailscale"`. */
  readonly name?: string;
  /** Formats for `providerType`: `{ slack: slack() }` of `@countersign/chat`. */
  readonly formats?: { readonly [Type in "slack" | "mattermost" | "googlechat" | "discord"]?: Format };
}

/** What an event's `data` contains for this system. */
export interface TailscaleData {
  /** A sentence for a person: `"Node alice-laptop created"`. */
  readonly message: string;
  /** What belongs to the event's type: node, user, actor, URL. */
  readonly data?: TailscaleEvent["data"];
  /** Default: the context's. */
  readonly tailnet?: string;
  /** With more than milliseconds, or another zone. Default: the event's time. */
  readonly timestamp?: string;
}

const MANAGEMENT = [
  "nodeCreated",
  "nodeNeedsApproval",
  "nodeApproved",
  "nodeKeyExpiringInOneDay",
  "nodeKeyExpired",
  "nodeDeleted",
  "nodeSigned",
  "nodeNeedsSignature",
  "policyUpdate",
  "userCreated",
  "userNeedsApproval",
  "userSuspended",
  "userRestored",
  "userDeleted",
  "userApproved",
  "userRoleUpdated",
  // Deprecated names, still accepted.
  "nodeAuthorized",
  "nodeNeedsAuthorization",
] as const;
const MISCONFIGURATIONS = ["subnetIPForwardingNotEnabled", "exitNodeIPForwardingNotEnabled"] as const;
/** About the webhook itself: they come without being subscribed to. */
const OWN = ["test", "webhookUpdated", "webhookDeleted"] as const;

const CATEGORIES: Table<readonly string[]> = table({
  categoryTailnetManagement: MANAGEMENT,
  categoryDeviceMisconfigurations: MISCONFIGURATIONS,
});
const KNOWN: readonly string[] = [...MANAGEMENT, ...MISCONFIGURATIONS, ...OWN];

const KEYS: KeysOf<TailscaleWebhookConfig> = {
  endpointId: "optional",
  endpointUrl: "required",
  providerType: "optional",
  subscriptions: "required",
  secret: "optional",
  creatorLoginName: "optional",
  created: "optional",
  lastModified: "optional",
};

const CONTEXT: KeysOf<TailscaleContext> = { tailnet: "required", name: "optional", formats: "optional" };

/**
 * Sends as Tailscale does: a list of events in each request, signed anew for each attempt, https on port 80 or 443,
 * redirects and every status but 2xx as failures, hourly for 24 hours, strictly in order.
 *
 * @throws ConfigurationError for a setting that Tailscale would refuse or that is not possible here
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { fromTailscale } from "@countersign/systems";
 * createSender({
 *   endpoints: fromTailscale(
 *     { endpointUrl: "https://example.com/hooks", subscriptions: ["nodeCreated"], secret: "tskey-webhook-xxxxx" },
 *     { tailnet: "example.com" },
 *   ),
 * });
 * ```
 */
export function fromTailscale(config: TailscaleWebhookConfig, context: TailscaleContext): EndpointOptions[] {
  checkKeys(config, KEYS, "webhook");
  checkOptions(context, CONTEXT, "context");
  const tailnet = checkText(context.tailnet, "context.tailnet");
  const type = checkChoice(config.providerType ?? "", "webhook.providerType", [
    "",
    "slack",
    "mattermost",
    "googlechat",
    "discord",
  ]);
  const format = type === "" ? undefined : context.formats?.[type];
  if (type !== "" && format === undefined) {
    throw new ConfigurationError(
      "webhook.providerType",
      `webhook.providerType is "${type}". Pass its format, from @countersign/chat, in context.formats.`,
    );
  }
  if (type === "" && config.secret === undefined) {
    throw new ConfigurationError(
      "webhook.secret",
      "webhook.secret is missing. Tailscale signs every request in its own format.",
    );
  }
  return [
    {
      name: context.name ?? config.endpointId ?? "tailscale",
      url: config.endpointUrl,
      schemes: ["https"],
      ports: [80, 443],
      ...(format === undefined
        ? {
            body: json({ event: (event) => wholeEvent(event, tailnet), root: "array" }),
            sign: { provider: tailscale, secret: config.secret as SecretSource },
            statuses: retryEverything,
          }
        : { format: complete(format, tailnet) }),
      filter: { include: subscribed(config.subscriptions) },
      retry: every("1h", { for: "24h" }),
      retryAfterCeiling: 0,
      order: "fifo",
      // "One or more events": whatever waits goes along, oldest first.
      throttle: { window: 0, maxEvents: 100 },
      breaker: false,
      testEvent: { type: "test", data: { message: "This is a test event" } satisfies TailscaleData },
    },
  ];
}

/** One of Tailscale's own events as the sender takes it. */
export function tailscaleEvent(event: TailscaleEvent): WebhookEvent<TailscaleData> {
  const { type, timestamp, tailnet, message, data } = event;
  return {
    type,
    ...(timestamp === undefined ? {} : { time: timestamp }),
    data: {
      message,
      tailnet,
      ...(timestamp === undefined ? {} : { timestamp }),
      ...(data === undefined ? {} : { data }),
    },
  };
}

function subscribed(subscriptions: readonly string[]): string[] {
  const option = "webhook.subscriptions";
  const names = checkTexts(subscriptions, option);
  if (names.length === 0) throw new ConfigurationError(option, `${option} must name at least one event or category.`);
  const all = names.flatMap((name, index) => {
    const category = CATEGORIES[name];
    if (category === undefined && !KNOWN.includes(name)) {
      throw new ConfigurationError(
        `${option}[${index}]`,
        `${option}[${index}] is ${JSON.stringify(name)}, which is not one of Tailscale's events or categories.`,
      );
    }
    return category ?? [name];
  });
  return [...new Set([...all, ...OWN])];
}

/** The format is given Tailscale's whole event, with the tailnet that Tailscale's own chat messages leave out. */
function complete(format: Format, tailnet: string): Format {
  return {
    platform: format.platform,
    contentType: format.contentType,
    rate: format.rate,
    destination: (url) => format.destination(url),
    judge: (response) => format.judge(response),
    messages: (events, context) =>
      format.messages(
        events.map((event) => ({ ...event, data: wholeEvent(event, tailnet) })),
        context,
      ),
  };
}

function wholeEvent({ type, time, data }: WebhookEvent, tailnet: string): object {
  const own = data as Partial<TailscaleData> | null;
  return {
    timestamp: own?.timestamp ?? (typeof time === "number" ? new Date(time).toISOString() : time),
    version: 1,
    type,
    tailnet: own?.tailnet ?? tailnet,
    message: own?.message ?? type,
    ...(own?.data === undefined ? {} : { data: own.data }),
  };
}
