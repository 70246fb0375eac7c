import { ConfigurationError } from "@countersign/core";
import type { Sender } from "@countersign/sender";
import type { TailscaleContext, TailscaleData, TailscaleWebhookConfig } from "./config.ts";
import { fromTailscale, TEST_EVENT } from "./tailscale.ts";

/** What Tailscale's API does with webhooks, for a sender of your own. */
export interface TailscaleManagement {
  /**
   * Adds a webhook. Without a secret it gets a new one, which is in the answer and is never shown again.
   * @throws ConfigurationError as {@link fromTailscale} does
   */
  create(config: TailscaleWebhookConfig): {
    /** The endpoint's, by which the other calls know it. */
    readonly name: string;
    /** Only where it was made here: keep it, and give it to the receiver. */
    readonly secret?: string;
  };
  /** Changes the subscriptions, all that an update may change, and sends `webhookUpdated`. */
  update(name: string, subscriptions: readonly string[]): Promise<void>;
  /** Makes another secret, which is in the answer and is never shown again. The old one is dead at once. */
  rotate(name: string): {
    /** Give it to the receiver: requests from now on are signed with it. */
    readonly secret: string;
  };
  /** Enqueues what Tailscale's console sends for "Send test event"; it waits behind others like any event. */
  test(name: string): Promise<void>;
  /** Tells the webhook with `webhookDeleted`, in one attempt, and removes it. What waits for it is cancelled. */
  remove(name: string): Promise<void>;
}

/**
 * Creates, changes, tests and removes webhooks of a running sender as Tailscale's API does, and raises the events of
 * Tailscale's webhook management: `webhookUpdated`, `webhookDeleted` and `test`.
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { manageTailscale } from "@countersign/systems";
 *
 * const sender = createSender({ endpoints: [] });
 * const webhooks = manageTailscale(sender, { tailnet: "example.com" });
 * const { name, secret } = webhooks.create({ endpointUrl: "https://example.com/hooks", subscriptions: ["nodeCreated"] });
 * console.log(name, secret?.startsWith("tskey-webhook-")); // tailscale true
 * ```
 */
export function manageTailscale(
  sender: Pick<Sender, "endpoints" | "send" | "call">,
  context: TailscaleContext,
): TailscaleManagement {
  const known = new Map<string, TailscaleWebhookConfig>();
  const configOf = (name: string) => {
    const config = known.get(name);
    if (config !== undefined) return config;
    throw new ConfigurationError("name", `There is no webhook ${JSON.stringify(name)}.`, "unknown_endpoint");
  };
  const replace = (name: string, config: TailscaleWebhookConfig) => {
    for (const endpoint of fromTailscale(config, { ...context, name })) sender.endpoints.replace(endpoint);
    known.set(name, config);
  };
  return {
    create(config) {
      const given = context.secrets?.[config.endpointId ?? ""] ?? config.secret;
      // A secret for a chat is made for nothing, and not shown.
      const made = given === undefined || given === null ? makeSecret() : undefined;
      const whole = made === undefined ? config : { ...config, secret: made };
      const [endpoint] = fromTailscale(whole, context);
      if (endpoint === undefined) throw new ConfigurationError("webhook", "There is no webhook in it.");
      sender.endpoints.add(endpoint);
      known.set(endpoint.name, whole);
      return { name: endpoint.name, ...(made === undefined || endpoint.sign === undefined ? {} : { secret: made }) };
    },
    async update(name, subscriptions) {
      replace(name, { ...configOf(name), subscriptions });
      await sender.send({ type: "webhookUpdated", data: about("Webhook endpoint updated") }, { to: [name] });
    },
    rotate(name) {
      const secret = makeSecret();
      replace(name, { ...configOf(name), secret });
      return { secret };
    },
    async test(name) {
      configOf(name);
      await sender.send(TEST_EVENT, { to: [name] });
    },
    async remove(name) {
      configOf(name);
      await sender.call(name, { type: "webhookDeleted", data: about("Webhook endpoint deleted") });
      await sender.endpoints.remove(name);
      known.delete(name);
    },
  };
}

function about(message: string): TailscaleData {
  return { message, data: null };
}

/** As Tailscale's look: `tskey-webhook-`, and 256 random bits. */
function makeSecret(): string {
  return `tskey-webhook-${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url")}`;
}
