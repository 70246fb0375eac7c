import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { Format, WebhookEvent } from "@countersign/core/event";
import { type TailscaleEvent, tailscale } from "@countersign/core/providers";
import {
  type EndpointOptions,
  every,
  exponential,
  json,
  retryEverything,
  type SecretSource,
} from "@countersign/sender";
import { withData } from "../document/chats.ts";
import { readDocument } from "../document/document.ts";
import { type LoadedEndpoints, loaded } from "../document/notes.ts";
import { locating } from "../document/positions.ts";
import type {
  TailscaleContext,
  TailscaleData,
  TailscaleTerraformConfig,
  TailscaleWebhookConfig,
  TailscaleWebhookList,
} from "./config.ts";
import { unsubscribed } from "./events.ts";
import { readForms, rootOf, type TailscaleWebhook } from "./forms.ts";

const CONTEXT: KeysOf<TailscaleContext> = {
  tailnet: "required",
  name: "optional",
  formats: "optional",
  secrets: "optional",
  order: "optional",
};

/** What Tailscale sends to see whether a webhook works. */
export const TEST_EVENT: WebhookEvent<TailscaleData> = {
  type: "test",
  data: { message: "This is a test event", data: null },
};

/**
 * Sends as Tailscale does: a list of events in each request, signed anew for each attempt, https on port 80 or 443,
 * redirects and every status but 2xx as failures, the first attempt and 24 hourly retries, strictly in order unless
 * `context.order` says otherwise. A chat's own 429 and 5xx are tried again after seconds, and when it asks for it.
 *
 * Takes one webhook as text or value, a list, the API's list answer, and the names of Terraform's `tailscale_webhook`.
 *
 * @throws ConfigurationError for a setting that Tailscale would refuse or that is not possible here, with line and
 * column where text was given
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
export function fromTailscale(
  config:
    | string
    | TailscaleWebhookConfig
    | TailscaleTerraformConfig
    | TailscaleWebhookList
    | readonly (TailscaleWebhookConfig | TailscaleTerraformConfig)[]
    | object,
  context: TailscaleContext,
): LoadedEndpoints {
  checkOptions(context, CONTEXT, "context");
  const tailnet = checkText(context.tailnet, "context.tailnet");
  const fifo = checkChoice(context.order ?? "fifo", "context.order", ["fifo", "any"]) === "fifo";
  const { value, positions } = readDocument(config, () => "json");
  return locating(positions, rootOf(value), () =>
    loaded(
      readForms(value, context).map((webhook) => ({
        name: webhook.name,
        url: webhook.url,
        schemes: ["https"],
        ports: [80, 443],
        filter: filterOf(webhook),
        ...(webhook.chat === undefined ? ownFormat(webhook, tailnet) : chatFormat(webhook, tailnet, context)),
        ...(fifo ? { order: "fifo" } : {}),
        // "One or more events": whatever waits goes along, oldest first. Each for itself where order says so.
        ...(fifo ? { throttle: { window: 0, maxEvents: 100 } } : {}),
        breaker: false,
        testEvent: TEST_EVENT,
      })),
    ),
  );
}

/** Tailscale's own JSON, signed. */
function ownFormat({ secret, path }: TailscaleWebhook, tailnet: string): Partial<EndpointOptions> {
  if (secret === undefined) {
    throw new ConfigurationError(
      `${path}.secret`,
      `${path}.secret is missing. Tailscale shows it once, when the webhook is created or its secret rotated, and never in a list: pass it in context.secrets.`,
    );
  }
  return {
    body: json({ event: (event) => wholeEvent(event, tailnet), root: "array" }),
    sign: { provider: tailscale, secret: secret as SecretSource },
    statuses: retryEverything,
    retry: every("1h", { for: "24h" }),
    retryAfterCeiling: 0,
  };
}

/** A chat says itself when it wants the next request, in seconds: an hour of silence would only fill the queue. */
function chatFormat(
  { chat, path, names }: TailscaleWebhook,
  tailnet: string,
  { formats }: TailscaleContext,
): Partial<EndpointOptions> {
  const format = formats?.[chat as NonNullable<typeof chat>];
  if (format === undefined) {
    const option = `${path}.${names.type}`;
    throw new ConfigurationError(
      option,
      `${option} is "${chat}", by its name or its URL. Pass its format, from @countersign/chat, in context.formats.`,
    );
  }
  return {
    // Tailscale's whole event, with the tailnet that its own chat messages leave out.
    format: withData(format, (event) => wholeEvent(event, tailnet)),
    // 5 s, 20 s, 80 s, 5 min and 21 min, and then hourly until a day has passed.
    retry: exponential({ initial: "5s", factor: 4, cap: "1h", retries: 28, jitter: "none" }),
    retryAfterCeiling: "1h",
  };
}

function filterOf({ subscriptions }: TailscaleWebhook): NonNullable<EndpointOptions["filter"]> {
  const whyNot = unsubscribed(subscriptions);
  return { where: ({ type }) => whyNot(type) ?? true };
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
