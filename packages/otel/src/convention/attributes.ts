import type { Attributes } from "@opentelemetry/api";

/**
 * The attributes of every metric and span: those of OpenTelemetry's semantic conventions for HTTP and messaging, 1.45.0,
 * and our own. None of them has a value that a sender, a receiver or a tenant's event could choose.
 */
export const attribute = {
  system: "messaging.system.name",
  operation: "messaging.operation.name",
  operationType: "messaging.operation.type",
  destination: "messaging.destination.name",
  batch: "messaging.batch.message_count",
  error: "error.type",
  method: "http.request.method",
  status: "http.response.status_code",
  resend: "http.request.resend_count",
  scheme: "url.scheme",
  address: "server.address",
  port: "server.port",
  statusClass: "countersign.response.status_class",
  outcome: "countersign.outcome",
  reason: "countersign.reason",
  part: "countersign.part",
  outbox: "countersign.outbox.name",
  outboxOperation: "countersign.outbox.operation",
  state: "countersign.outbox.state",
  provider: "countersign.provider",
  verdict: "countersign.verdict",
  claim: "countersign.claim",
  storeOperation: "countersign.store.operation",
  duplicate: "countersign.duplicate",
} as const;

/** What every operation on a message has. */
export function operation(name: "send" | "process"): Attributes {
  return { [attribute.system]: "countersign", [attribute.operation]: name, [attribute.operationType]: name };
}

/** What the conventions say where a kind of error has no name of its own. */
const OTHER = "_OTHER";

/** The kind of a thrown error, from a set that stays small: its class, never its message. */
export function errorType(error: unknown): string {
  const name = error instanceof Error ? error.name : undefined;
  return typeof name === "string" && /^[A-Za-z]\w{0,63}$/.test(name) ? name : OTHER;
}

/** The same of a database's error, whose code says more: `disk_full`, `ECONNREFUSED`, `57014`. */
export function databaseErrorType(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" && /^\w{1,32}$/.test(code) ? code : errorType(error);
}
