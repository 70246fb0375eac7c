import { type Table, table } from "@countersign/core/checks";
import type { Unwanted } from "@countersign/sender";
import { unknownType } from "../document/unwanted.ts";

/** What can be subscribed to, and what a category stands for today. */
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

/** Webhook management: about the webhook itself. They come without being subscribed to. */
export const OWN_EVENTS: readonly string[] = ["test", "webhookUpdated", "webhookDeleted"];

/**
 * The categories, each as a pattern, since a category stands for events that Tailscale adds to it later as well. The
 * names of today's events show how later ones are called.
 */
const CATEGORIES: Table<RegExp> = table({
  categoryTailnetManagement: /^(?:node|user|policy|tailnet)[A-Z]/,
  categoryDeviceMisconfigurations: /^[a-z][A-Za-z]*(?:NotEnabled|Misconfigured)$/,
});

/** Everything that `subscriptions` may list. */
export const subscribable: readonly string[] = [
  ...Object.keys(CATEGORIES),
  ...MANAGEMENT,
  ...MISCONFIGURATIONS,
  ...OWN_EVENTS,
];

/** Says why a webhook with these subscriptions is not sent a type of events; `undefined` where it is. */
export function unsubscribed(subscriptions: readonly string[]): (type: string) => Unwanted | undefined {
  const names = new Set([...subscriptions, ...OWN_EVENTS]);
  const patterns = subscriptions.flatMap((name) => CATEGORIES[name] ?? []);
  const misconfiguration = CATEGORIES.categoryDeviceMisconfigurations as RegExp;
  return function whyNot(type) {
    if (names.has(type)) return undefined;
    // `nodeIPForwardingNotEnabled` would fit both: what is not enabled is a misconfiguration.
    if (patterns.some((one) => one.test(type) && (one === misconfiguration || !misconfiguration.test(type)))) {
      return undefined;
    }
    const known = subscribable.includes(type) || Object.values(CATEGORIES).some((one) => one?.test(type));
    if (!known) return unknownType(type, "Tailscale", subscribable);
    return { cause: "subscriptions", reason: `subscriptions: ${type} is in none of ${subscriptions.join(", ")}.` };
  };
}
