import { type Table, table } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { Message } from "../message/message.ts";
import { asSeverity } from "../message/severity.ts";
import { facts, isObject, list, object, text, words } from "./read.ts";
import { titled } from "./title.ts";

/** What a kind is called; others are named by their own words. https://docs.tappass.ai/observability */
const KINDS: Table<string> = table({
  chat: "Chat",
  tool_call: "Tool call",
  detection: "Detection",
  policy_block: "Blocked by policy",
  auth_fail: "Authentication failed",
  "webhook.dlq": "Export gave up",
});

/**
 * A TapPass audit event, by its kind; its own severity is the message's.
 *
 * @example
 * ```ts
 * import { renderTapPass } from "@countersign/chat";
 *
 * renderTapPass({ event_kind: "policy_block", agent_id: "support-bot", severity: "warn" }).title; // "Blocked by policy: support-bot"
 * ```
 */
export function renderTapPass(event: unknown): Message {
  const {
    event_kind,
    agent_id,
    session_id,
    provider,
    model,
    severity,
    timestamp,
    policy_result,
    detections,
    cost,
    audit_id,
  } = object(event);
  const kind = text(event_kind);
  const { verdict, rule } = object(policy_result);
  const dollars = object(cost).dollars ?? object(cost).usd;
  return {
    ...titled(KINDS[kind] ?? (words(kind) || "Audit event"), text(agent_id)),
    severity: asSeverity(severity) ?? "info",
    fields: facts([
      ["Verdict", text(verdict)],
      ["Rule", text(rule)],
      ["Detections", detected(detections)],
      ["Provider", text(provider)],
      ["Model", text(model)],
      ["Cost", typeof dollars === "number" ? `$${dollars}` : ""],
      ["Session", text(session_id)],
      ["Audit ID", text(audit_id)],
    ]),
    ...(typeof timestamp === "string" ? { time: timestamp } : {}),
    source: "TapPass",
  };
}

/** `pii (high), secret`, of at most ten. */
function detected(detections: unknown): string {
  const all = list(detections);
  const shown = all.slice(0, 10).map((detection) => {
    const { category, severity } = object(detection);
    const weight = text(severity);
    return (text(category) || text(detection)) + (weight === "" ? "" : ` (${weight})`);
  });
  return shown.filter((part) => part !== "").join(", ") + (all.length > 10 ? ` and ${all.length - 10} more` : "");
}

export const tapPassRow = {
  owns: ({ data }: WebhookEvent): boolean =>
    isObject(data) &&
    typeof data.event_kind === "string" &&
    (typeof data.audit_id === "string" || typeof data.agent_id === "string"),
  render: ({ data }: WebhookEvent): readonly Message[] => [renderTapPass(data)],
};
