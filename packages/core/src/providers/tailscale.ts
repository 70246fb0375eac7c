import { body, timestamp } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { type Open, record } from "./fields.ts";

/** Tailscale's event names and the two categories, as far as they are known. New ones appear. */
export type TailscaleEventType = Open<
  | "nodeCreated"
  | "nodeNeedsApproval"
  | "nodeApproved"
  | "nodeKeyExpiringInOneDay"
  | "nodeKeyExpired"
  | "nodeDeleted"
  | "nodeSigned"
  | "nodeNeedsSignature"
  | "policyUpdate"
  | "userCreated"
  | "userNeedsApproval"
  | "userSuspended"
  | "userRestored"
  | "userDeleted"
  | "userApproved"
  | "userRoleUpdated"
  | "subnetIPForwardingNotEnabled"
  | "exitNodeIPForwardingNotEnabled"
  | "webhookUpdated"
  | "webhookDeleted"
  | "test"
  /** Deprecated by Tailscale in favour of `nodeApproved`. */
  | "nodeAuthorized"
  /** Deprecated by Tailscale in favour of `nodeNeedsApproval`. */
  | "nodeNeedsAuthorization"
  | "categoryTailnetManagement"
  | "categoryDeviceMisconfigurations"
>;

/**
 * The device, person or policy that an event is about. Which fields there are depends on the event; not all are
 * strings.
 */
export interface TailscaleEventData {
  /** Stable identifier of the device, such as `nFJw3SRKTM59`. In events about devices. */
  readonly nodeID?: string;
  /** Full MagicDNS name, such as `alice-workstation1.yak-bebop.ts.net`. In events about devices. */
  readonly deviceName?: string;
  /** Who the device belongs to, such as `alice@example.com`. In events about devices. */
  readonly managedBy?: string;
  /** Who did it: a login name, or a marker such as `expiring-node-key-marker`. */
  readonly actor?: string;
  /** The page of the admin console. */
  readonly url?: string;
  /** RFC 3339. */
  readonly expiration?: string;
  /** Login name of the person concerned, who need not be the `actor`. In events about users. */
  readonly user?: string;
  /** What the person was allowed before, such as `["Member"]`. In `userRoleUpdated`. */
  readonly oldRoles?: readonly string[];
  /** What the person is allowed from now on, such as `["Member", "IT admin"]`. In `userRoleUpdated`. */
  readonly newRoles?: readonly string[];
  /** The whole policy file before the change, HuJSON as text. In `policyUpdate`. */
  readonly oldPolicy?: string;
  /** The whole policy file after the change, HuJSON as text. In `policyUpdate`. */
  readonly newPolicy?: string;
  readonly [field: string]: unknown;
}

/** One event. A request carries a list of them. */
export interface TailscaleEvent {
  /** When it happened: RFC 3339 with 0 to 9 fractional digits, `Z` or a numeric offset. */
  readonly timestamp?: string;
  /** Of the event's form; `1` is the only one that Tailscale documents. */
  readonly version?: number;
  /** What happened, such as `nodeCreated`. */
  readonly type: TailscaleEventType;
  /** The network in which it happened, such as `example.com`. */
  readonly tailnet: string;
  /** What happened, as a sentence for people. */
  readonly message: string;
  /** Absent or `null` where there is nothing to add. */
  readonly data?: TailscaleEventData | null;
}

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
export const tailscale = defineProvider<TailscaleEvent[]>({
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
