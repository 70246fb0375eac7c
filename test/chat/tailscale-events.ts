import { readFileSync } from "node:fs";

interface Event {
  readonly type: string;
  readonly tailnet: string;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as Event[];

/** Every documented event: those with a published sample as published, the others in the same shape. */
export const tailscaleEvents: readonly Event[] = [
  ...read("../fixtures/samples/tailscale-events.json"),
  ...read("./fixtures/tailscale-more.json"),
];

/** The documented names, so that a missing sample fails a test. https://tailscale.com/docs/features/webhooks#events */
export const tailscaleNames = [
  "nodeCreated",
  "nodeNeedsApproval",
  "nodeApproved",
  "nodeKeyExpiringInOneDay",
  "nodeKeyExpired",
  "nodeDeleted",
  "policyUpdate",
  "userCreated",
  "userNeedsApproval",
  "userSuspended",
  "userRestored",
  "userDeleted",
  "userApproved",
  "userRoleUpdated",
  "subnetIPForwardingNotEnabled",
  "exitNodeIPForwardingNotEnabled",
  "nodeSigned",
  "nodeNeedsSignature",
  "webhookUpdated",
  "webhookDeleted",
  "test",
  "nodeAuthorized",
  "nodeNeedsAuthorization",
];
