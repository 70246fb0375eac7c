import { type Table, table } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { Field, Message } from "../message/message.ts";
import type { MessageSeverity } from "../message/severity.ts";
import { fence } from "../text/fence.ts";
import { changed } from "./diff.ts";
import {
  facts,
  isObject,
  type Json,
  joined,
  list,
  moment,
  object,
  sourceOf,
  text,
  trustedLink,
  words,
} from "./read.ts";
import { repeats, titled } from "./title.ts";

/**
 * What an event is called, how much it matters, and the words in which its own sentence says the same again.
 * https://tailscale.com/docs/features/webhooks#events
 */
const TYPES: Table<readonly [title: string, severity: MessageSeverity, again?: string]> = table({
  nodeCreated: ["Node created", "info"],
  nodeNeedsApproval: ["Node needs approval", "warn"],
  nodeNeedsAuthorization: ["Node needs approval", "warn", "authorization"],
  nodeApproved: ["Node approved", "ok"],
  nodeAuthorized: ["Node approved", "ok", "authorized"],
  nodeKeyExpiringInOneDay: ["Node key expires within a day", "warn"],
  nodeKeyExpired: ["Node key expired", "error", "recently"],
  nodeDeleted: ["Node deleted", "info"],
  nodeSigned: ["Node signed", "ok"],
  nodeNeedsSignature: ["Node needs a signature", "warn"],
  policyUpdate: ["Policy file updated", "warn"],
  userCreated: ["User created", "info"],
  userNeedsApproval: ["User needs approval", "warn"],
  userApproved: ["User approved", "ok"],
  userSuspended: ["User suspended", "warn"],
  userRestored: ["User restored", "ok"],
  userDeleted: ["User deleted", "warn"],
  userRoleUpdated: ["User's roles changed", "warn"],
  subnetIPForwardingNotEnabled: ["Subnet router without IP forwarding", "error", "node advertises but not enabled"],
  exitNodeIPForwardingNotEnabled: ["Exit node without IP forwarding", "error", "but not enabled"],
  webhookUpdated: ["Webhook updated", "warn"],
  webhookDeleted: ["Webhook deleted", "warn"],
  test: ["Test event", "info"],
});

/** Facts in the order in which a reader wants them; everything else of `data` follows. */
const FACTS: Readonly<Record<string, string>> = table({
  deviceName: "Device",
  user: "User",
  managedBy: "Managed by",
  actor: "By",
  expiration: "Key expires",
  nodeID: "Node ID",
});

/** What the source and the title say already. */
const IMPLIED = ["tailnet", "endpoint"];

/** Shown in another way, or not at all. */
const ELSEWHERE = new Set(["url", "oldRoles", "newRoles", "oldPolicy", "newPolicy"]);

/** Tailscale's own hosts: the admin console has moved before. */
const CONSOLE = /^([\w-]+\.)*tailscale\.com$/;

/**
 * A Tailscale event. `event` is what Tailscale sends; every part of it may be absent.
 *
 * @example
 * ```ts
 * import { renderTailscale } from "@countersign/chat";
 *
 * renderTailscale({ type: "nodeCreated", data: { deviceName: "alice" } }).title; // "Node created: alice"
 * ```
 */
export function renderTailscale(event: unknown): Message {
  const { type, tailnet, message, timestamp, data } = object(event);
  const name = text(type);
  const row = TYPES[name];
  const inside = object(data);
  const kind = row?.[0] ?? (words(name) || "Tailscale event");
  const about = titled(kind, nameOf(inside));
  const known = [about.title, text(inside.deviceName), row?.[2] ?? "", ...IMPLIED];
  const said = repeats(text(message), known) ? "" : text(message);
  const roles = list(inside.oldRoles).length + list(inside.newRoles).length === 0 ? [] : [rolesOf(inside)];
  return {
    ...about,
    severity: row?.[1] ?? "info",
    ...bodyOf(said, inside),
    fields: [...factsOf(inside, name), ...roles],
    ...trustedLink(inside.url, CONSOLE, "Open the admin console"),
    ...(typeof timestamp === "string" || typeof timestamp === "number" ? { time: timestamp } : {}),
    source: sourceOf("Tailscale", tailnet),
  };
}

/** A device by its name in the tailnet, or whoever it is about. */
function nameOf({ deviceName, user }: Json): string {
  return text(deviceName).replace(/\.[\w-]+\.ts\.net\.?$/, "") || text(user);
}

function bodyOf(said: string, data: Json): { text?: string } {
  const [before, after] = [data.oldPolicy, data.newPolicy];
  const diff =
    typeof before === "string" && typeof after === "string" && before !== after ? fence(changed(before, after)) : "";
  const body = [said, diff].filter((part) => part !== "").join("\n");
  return body === "" ? {} : { text: body };
}

function factsOf(data: Json, type: string): readonly Field[] {
  const labels = type === "nodeKeyExpired" ? { ...FACTS, expiration: "Key expired" } : FACTS;
  const known = Object.entries(labels).map(([key, label]) => [label, shown(key, data[key])] as const);
  const other = Object.entries(data)
    .filter(([key]) => !(key in FACTS) && !ELSEWHERE.has(key))
    .map(([key, value]) => [words(key), text(value) || joined(value)] as const);
  return facts([...known, ...other]);
}

function shown(key: string, value: unknown): string | Date {
  // Tailscale's own name for "nobody did this", not a person.
  if (key === "actor" && value === "expiring-node-key-marker") return "";
  return key === "expiration" ? moment(value) : text(value);
}

function rolesOf(data: Json): Field {
  const name = (roles: unknown) => joined(roles) || "none";
  return { name: "Roles", value: `${name(data.oldRoles)} → ${name(data.newRoles)}` };
}

const isEvent = (value: unknown) =>
  isObject(value) && typeof value.type === "string" && typeof value.tailnet === "string";

/** Tailscale's whole payload, one event of it, or an event of the sender's own that has a Tailscale name. */
export const tailscaleRow = {
  owns: ({ type, data }: WebhookEvent): boolean =>
    isEvent(data) ||
    (Array.isArray(data) && data.length > 0 && data.every(isEvent)) ||
    (type !== "test" && type in TYPES && isObject(data)),
  render: ({ type, data }: WebhookEvent): readonly Message[] => {
    if (Array.isArray(data)) return data.map(renderTailscale);
    if (isEvent(data)) return [renderTailscale(data)];
    const { tailnet, message, timestamp, data: nested, ...flat } = object(data);
    return [renderTailscale({ type, tailnet, message, timestamp, data: isObject(nested) ? nested : flat })];
  },
};
