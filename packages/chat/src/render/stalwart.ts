import { type Table, table } from "@countersign/core/checks";
import type { Severity, WebhookEvent } from "@countersign/core/event";
import type { Message } from "../message/message.ts";
import { facts, idsLast, isObject, joined, list, object, text, words } from "./read.ts";
import { titled } from "./title.ts";

/** What a family of events, the part of the type before the dot, is about. https://stalw.art/docs/telemetry/events */
const FAMILIES: Table<string> = table({
  acme: "Certificates",
  auth: "Sign-in",
  cluster: "Cluster",
  config: "Configuration",
  dane: "DANE",
  delivery: "Delivery",
  dkim: "DKIM",
  dmarc: "DMARC",
  dns: "DNS",
  http: "HTTP",
  imap: "IMAP",
  "incoming-report": "Report received",
  jmap: "JMAP",
  limit: "Limits",
  manage: "Management",
  "mail-auth": "Mail authentication",
  "message-ingest": "Incoming mail",
  milter: "Milter",
  "mta-sts": "MTA-STS",
  network: "Network",
  "outgoing-report": "Report sent",
  pop3: "POP3",
  purge: "Clean-up",
  queue: "Queue",
  resource: "Resources",
  security: "Security",
  server: "Server",
  sieve: "Sieve",
  smtp: "SMTP",
  spam: "Spam filter",
  spf: "SPF",
  store: "Storage",
  "task-queue": "Tasks",
  telemetry: "Telemetry",
  tls: "TLS",
  "tls-rpt": "TLS reports",
});

/** Read in order: the first that matches decides, and what matches none is mere information. */
const WEIGHTS: readonly (readonly [type: RegExp, severity: Severity])[] = [
  // A ban, a block and its end are the protection at work.
  [/^security\.(.*-ban|ip-blocked|.*-expired)$/, "info"],
  // Somebody has mistyped a password, or was kept out.
  [/^(auth\.failed$|security\.)/, "warn"],
  [/^(server\.(startup-error|thread-error))/, "error"],
  [/(corruption|panic)$/, "critical"],
  [/(error|failed|failure|unavailable|crashed)$|^resource\.bad/, "error"],
  [/(banned|limit|exceeded|rejected|blocked|denied|expired|timeout|too-many)/, "warn"],
];

const LABELS: Readonly<Record<string, string>> = table({
  accountName: "Account",
  remoteIp: "From address",
  from: "From",
  to: "To",
  domain: "Domain",
  hostname: "Host",
  reason: "Reason",
  details: "Details",
});

/** Whom or what an event is about, by the first of these that it has: a person before a machine. */
const SUBJECTS = ["accountName", "domain", "hostname", "remoteIp"];

/**
 * One Stalwart event: its family names it, its type says what happened.
 *
 * @example
 * ```ts
 * import { renderStalwart } from "@countersign/chat";
 *
 * renderStalwart({ type: "auth.failed", data: { accountName: "jdoe" } }).title; // "Sign-in: failed (jdoe)"
 * ```
 */
export function renderStalwart(event: unknown): Message {
  const { type, createdAt, data } = object(event);
  const name = text(type);
  const dot = name.indexOf(".");
  const family = dot < 0 ? "" : name.slice(0, dot);
  const what = words(name.slice(dot + 1));
  const kind =
    family === ""
      ? what || "Stalwart event"
      : `${FAMILIES[family] ?? words(family)}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`;
  const inside = object(data);
  const known = Object.entries(LABELS).map(([key, label]) => [label, shown(inside[key])] as const);
  const other = idsLast(Object.entries(inside).filter(([key]) => !(key in LABELS))).map(
    ([key, value]) => [words(key), shown(value)] as const,
  );
  return {
    ...titled(kind, SUBJECTS.map((key) => shown(inside[key])).find((name) => name !== "") ?? ""),
    severity: WEIGHTS.find(([pattern]) => pattern.test(name))?.[1] ?? "info",
    fields: facts([...known, ...other]),
    ...(typeof createdAt === "string" ? { time: createdAt } : {}),
    source: "Stalwart",
  };
}

/** Scalars and lists of them; a nested error by its type, which is all that a reader needs of it. */
function shown(value: unknown): string {
  return text(value) || joined(value) || text(object(value).type);
}

const isEvent = (value: unknown) =>
  isObject(value) && typeof value.type === "string" && typeof value.createdAt === "string";

export const stalwartRow = {
  owns: ({ data }: WebhookEvent): boolean => {
    const events = list(object(data).events);
    return isEvent(data) || (events.length > 0 && events.every(isEvent));
  },
  render: ({ data }: WebhookEvent): readonly Message[] =>
    isEvent(data) ? [renderStalwart(data)] : list(object(data).events).map(renderStalwart),
};
