import type { Severity, WebhookEvent } from "@countersign/core/event";
import type { Message } from "../message/message.ts";
import { facts, isObject, type Json, list, object, sourceOf, text } from "./read.ts";
import { titled } from "./title.ts";

/** So little left of a bucket is worth a warning. */
const LOW = 0.1;

/**
 * An Aperture request: who asked which model, what it cost, which tools it called. Prompts, requests and answers are
 * never shown: a chat channel has other readers than the conversation had.
 *
 * @example
 * ```ts
 * import { renderAperture } from "@countersign/chat";
 *
 * renderAperture({ metadata: { model: "gpt-5.5" }, estimated_cost: { dollars: 0.0342 } }).title; // "gpt-5.5: $0.0342"
 * ```
 */
export function renderAperture(payload: unknown): Message {
  const body = object(payload);
  const metadata = object(body.metadata);
  // Its own documents disagree on where these belong.
  const part = (name: string): Json => (isObject(body[name]) ? object(body[name]) : object(metadata[name]));
  const cost = part("estimated_cost");
  const usage = object(cost.usage);
  const dollars = money(cost.dollars);
  const model = text(metadata.model) || text(cost.cost_basis) || "Model";
  const quotas = Object.entries(part("quotas"))
    .slice(0, 10)
    .map(([bucket, quota]) => quotaOf(bucket, object(quota)));
  const user = text(metadata.login_name);
  return {
    // What it cost differs from request to request of one kind.
    ...titled(dollars === "" ? `${model}: request` : `${model}: ${dollars}`, user),
    kind: `${model}: request`,
    severity: quotas.reduce<Severity>((worst, quota) => (quota.low ? "warn" : worst), "info"),
    fields: facts([
      ["User", user],
      ["Provider", text(metadata.provider)],
      ["Cost", dollars],
      ["Tokens", tokens(usage)],
      ["Tools", tools(body.tool_calls)],
      ["Client", text(metadata.user_agent)],
      ...quotas.map(({ bucket, value }) => [`Quota ${bucket}`, value] as const),
      ["Session", text(metadata.session_id)],
      ["Request", text(metadata.request_id)],
    ]),
    source: sourceOf("Aperture", metadata.tailnet_name),
  };
}

/** Fractions of a cent matter here: at least two digits, at most six. */
function money(dollars: unknown): string {
  if (typeof dollars !== "number" || !Number.isFinite(dollars)) return "";
  const amount = Math.abs(dollars).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 });
  return `${dollars < 0 ? "-" : ""}$${amount}`;
}

function tokens(usage: Json): string {
  const named = [
    ["input_tokens", "in"],
    ["output_tokens", "out"],
    ["cached_tokens", "cached"],
    ["reasoning_tokens", "reasoning"],
  ] as const;
  return named
    .flatMap(([key, word]) =>
      typeof usage[key] === "number" && usage[key] > 0 ? [`${usage[key].toLocaleString("en-US")} ${word}`] : [],
    )
    .join(", ");
}

/** Names only: what a tool was called with belongs to the conversation. */
function tools(calls: unknown): string {
  const names = new Set(
    list(calls)
      .slice(0, 1000)
      .map((call) => text(object(call).name))
      .filter((name) => name !== ""),
  );
  const shown = [...names].slice(0, 10);
  return names.size > shown.length ? `${shown.join(", ")} and ${names.size - shown.length} more` : shown.join(", ");
}

/**
 * Counted in nanodollars. `current` is the balance: a bucket starts full, requests take from it, and it refills.
 * https://tailscale.com/docs/aperture/how-to/check-and-refill-budgets
 */
function quotaOf(bucket: string, { current, capacity }: Json): { bucket: string; value: string; low: boolean } {
  if (typeof current !== "number" || typeof capacity !== "number" || !(capacity > 0))
    return { bucket, value: "", low: false };
  const share = current / capacity;
  return {
    bucket,
    value: `${money(current / 1e9)} of ${money(capacity / 1e9)} left (${Math.round(share * 100)} %)`,
    low: share <= LOW,
  };
}

export const apertureRow = {
  owns: ({ data }: WebhookEvent): boolean => {
    const metadata = object(object(data).metadata);
    return (
      ["login_name", "model", "provider", "request_id", "session_id", "stable_node_id"].filter(
        (key) => typeof metadata[key] === "string",
      ).length >= 3
    );
  },
  render: ({ data }: WebhookEvent): readonly Message[] => [renderAperture(data)],
};
