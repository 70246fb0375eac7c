import type { Format } from "@countersign/core/event";
import type { TailscaleEvent } from "@countersign/core/providers";
import type { SecretSource } from "@countersign/sender";

/** The chats that Tailscale writes to in their own format. */
export const tailscaleChats = ["slack", "mattermost", "googlechat", "discord"] as const;
/** A `providerType` other than Tailscale's own JSON. */
export type TailscaleChat = (typeof tailscaleChats)[number];

/** A webhook as Tailscale's API describes it. https://tailscale.com/api#tag/webhooks */
export interface TailscaleWebhookConfig {
  /** Tailscale's own id; it names the endpoint here, unless the context does. */
  readonly endpointId?: string | null;
  /** Where to send: https, on port 80 or 443. */
  readonly endpointUrl: string;
  /** `""` is Tailscale's own JSON, unless the URL is one of Slack's or Discord's incoming webhooks. @default "" */
  readonly providerType?: "" | TailscaleChat | null;
  /** Event names (`"nodeCreated"`) and categories (`"categoryTailnetManagement"`); at least one. */
  readonly subscriptions: readonly string[];
  /** Signs each request in `Tailscale-Webhook-Signature`. Needed unless it is for a chat. Tailscale's lists omit it. */
  readonly secret?: SecretSource | readonly SecretSource[] | null;
  /** Who made the webhook; taken and not used. */
  readonly creatorLoginName?: string | null;
  /** When it was made, RFC 3339; taken and not used. */
  readonly created?: string | null;
  /** When it was last changed, RFC 3339; taken and not used. */
  readonly lastModified?: string | null;
}

/** A webhook as a resource or a state of Terraform has it, in snake case. */
export interface TailscaleTerraformConfig {
  /** Tailscale's own id; it names the endpoint here, unless the context does. */
  readonly id?: string | null;
  /** Where to send: https, on port 80 or 443. */
  readonly endpoint_url: string;
  /** `null` is Tailscale's own JSON. */
  readonly provider_type?: "" | TailscaleChat | null;
  /** Event names and categories; at least one. */
  readonly subscriptions: readonly string[];
  /** Signs each request in `Tailscale-Webhook-Signature`. Needed unless it is for a chat. */
  readonly secret?: SecretSource | readonly SecretSource[] | null;
}

/** What Tailscale's API answers when it is asked for all webhooks of a tailnet. */
export interface TailscaleWebhookList {
  /** Without their secrets: pass those in the context. */
  readonly webhooks: readonly TailscaleWebhookConfig[];
}

/** What the application adds to the configuration. */
export interface TailscaleContext {
  /** The tailnet's name, which every event contains. */
  readonly tailnet: string;
  /** Default: the `endpointId`, else `"tailscale"`. */
  readonly name?: string;
  /** Formats for chats: `{ slack: slack() }` of `@countersign/chat`. */
  readonly formats?: { readonly [Type in TailscaleChat]?: Format };
  /** Secrets by `endpointId`: Tailscale shows them only when a webhook is created or its secret rotated. */
  readonly secrets?: Readonly<Record<string, SecretSource | readonly SecretSource[]>>;
  /**
   * `"fifo"`: a failing event holds back those behind it, as Tailscale's own example says that it does.
   * `"any"`: each event has a request and an hourly schedule of its own.
   * @default "fifo"
   */
  readonly order?: "fifo" | "any";
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
