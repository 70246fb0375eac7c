import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { record, type Unlisted } from "./fields.ts";

/** Machines of the network: made, approved, signed, removed, their keys, and what is set up wrongly on them. */
export type TailscaleDeviceEventType =
  | "nodeCreated"
  | "nodeNeedsApproval"
  | "nodeApproved"
  | "nodeKeyExpiringInOneDay"
  | "nodeKeyExpired"
  | "nodeDeleted"
  | "nodeSigned"
  | "nodeNeedsSignature"
  | "subnetIPForwardingNotEnabled"
  | "exitNodeIPForwardingNotEnabled"
  /** Deprecated by Tailscale in favour of `nodeApproved`. */
  | "nodeAuthorized"
  /** Deprecated by Tailscale in favour of `nodeNeedsApproval`. */
  | "nodeNeedsAuthorization";

/** Events about a person, except a change of roles. */
export type TailscaleUserEventType =
  | "userCreated"
  | "userNeedsApproval"
  | "userSuspended"
  | "userRestored"
  | "userDeleted"
  | "userApproved";

/** Events about the webhook itself, the test among them, and the two categories. */
export type TailscaleWebhookEventType =
  | "webhookUpdated"
  | "webhookDeleted"
  | "test"
  | "categoryTailnetManagement"
  | "categoryDeviceMisconfigurations";

/** The two fields that any kind of event may have, and others without a type. */
export interface TailscaleEventData {
  /** Who did it: a login name, or a marker such as `expiring-node-key-marker`. */
  readonly actor?: string;
  /** The page of the admin console. */
  readonly url?: string;
  readonly [field: string]: unknown;
}

/** Which machine it was, and whose. In `node…` and the two about forwarding. */
export interface TailscaleDeviceData extends TailscaleEventData {
  /** Stable identifier of the device, such as `nFJw3SRKTM59`. */
  readonly nodeID?: string;
  /** Full MagicDNS name, such as `alice-workstation1.yak-bebop.ts.net`. */
  readonly deviceName?: string;
  /** Who the device belongs to, such as `alice@example.com`. */
  readonly managedBy?: string;
  /** When its key expires: RFC 3339. */
  readonly expiration?: string;
}

/** Whose login it was, beside the one who acted. In `user…`. */
export interface TailscaleUserData extends TailscaleEventData {
  /** Login name of the person concerned, who need not be the `actor`. */
  readonly user?: string;
}

/** A change of what a person is allowed. */
export interface TailscaleRoleData extends TailscaleUserData {
  /** What the person was allowed before, such as `["Member"]`. */
  readonly oldRoles?: readonly string[];
  /** What the person is allowed from now on, such as `["Member", "IT admin"]`. */
  readonly newRoles?: readonly string[];
}

/** Both versions, whole: such a body may be large. In `policyUpdate`. */
export interface TailscalePolicyData extends TailscaleEventData {
  /** The whole policy file before the change, HuJSON as text. */
  readonly oldPolicy?: string;
  /** The whole policy file after the change, HuJSON as text. */
  readonly newPolicy?: string;
}

/** A name, the network, a sentence for people, and what belongs to this name alone. */
export interface TailscaleEventOf<Type extends string, Data extends TailscaleEventData = TailscaleEventData> {
  /** When it happened: RFC 3339 with 0 to 9 fractional digits, `Z` or a numeric offset. */
  readonly timestamp?: string;
  /** Of the event's form; `1` is the only one that Tailscale documents. */
  readonly version?: number;
  /** What happened, such as `nodeCreated`. It decides which fields `data` has. */
  readonly type: Type;
  /** The network in which it happened, such as `example.com`. */
  readonly tailnet: string;
  /** What happened, as a sentence for people. */
  readonly message: string;
  /** Not all of its fields are strings. Absent or `null` where there is nothing to add. */
  readonly data?: Data | null;
}

/**
 * One event; a request carries a list of them. `type` narrows it: behind `event.type === "policyUpdate"`, `event.data`
 * has the two policies. A name that is not listed does not compile in a comparison, so that none is misspelt; Tailscale
 * sends new ones all the same, and `String(event.type)` is a text that may be any of them.
 */
export type TailscaleEvent =
  | TailscaleEventOf<TailscaleDeviceEventType, TailscaleDeviceData>
  | TailscaleEventOf<TailscaleUserEventType, TailscaleUserData>
  | TailscaleEventOf<"userRoleUpdated", TailscaleRoleData>
  | TailscaleEventOf<"policyUpdate", TailscalePolicyData>
  | TailscaleEventOf<TailscaleWebhookEventType>
  | TailscaleEventOf<Unlisted>;

/** Tailscale's event names and the two categories, as far as they are known, and whatever else appears. */
export type TailscaleEventType = TailscaleEvent["type"];

/**
 * Tailscale webhooks: HMAC-SHA256 over time and body. The payload is always a list.
 *
 * The documentation calls the signed time that of the event. Should a late retry keep it, the window of five minutes
 * refuses it as `timestamp_too_old`: widen `tolerance.past` (retries last 24 hours). A refusal makes Tailscale hold
 * back the events behind it.
 *
 * @see https://tailscale.com/kb/1213/webhooks
 * @see https://github.com/tailscale/tailscale/blob/main/docs/webhooks/example.go
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", clock: { now: () => 1784000000_000 } });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { "tailscale-webhook-signature": "t=1784000000,v1=50eaf5dfcedb5f1c555a344d1e5318510a3fd2517389f992673ae17915546ba0" },
 *   body: '[{"type":"nodeCreated","tailnet":"example.com","message":"Node alice-workstation1.yak-bebop.ts.net created"}]',
 * });
 * for (const event of payload) console.log(event.type, event.message);
 * ```
 */
export const tailscale = row<TailscaleEvent[]>({
  name: "tailscale",
  docs: "https://tailscale.com/kb/1213/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "tailscale-webhook-signature", layout: "t={timestamp},v1={signature}" },
    timestamp: { unit: "s", tolerance: "5m" },
    content: [timestamp, ".", body],
  }),
  normalize: toEvents,
  retries: "24h",
  unprotected: "There is no delivery id: only the signature itself tells a repetition, and only within the window.",
});

function toEvents(value: unknown): TailscaleEvent[] {
  if (!Array.isArray(value)) throw new TypeError("it is not a list of events");
  for (const event of value) {
    if (typeof record(event)?.type !== "string") throw new TypeError("an event has no type");
  }
  return value as TailscaleEvent[];
}
