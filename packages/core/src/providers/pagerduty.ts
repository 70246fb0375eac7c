import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** Something that happened to an incident or a service. */
export interface PagerDutyEvent {
  /** Unique to this event, and the idempotency key. */
  readonly id: string;
  /** What happened. `pagey.ping` is PagerDuty's own test. */
  readonly event_type: Open<
    "incident.triggered" | "incident.acknowledged" | "incident.resolved" | "incident.priority_updated" | "pagey.ping"
  >;
  /** What was affected, such as `incident` or `service`. */
  readonly resource_type: string;
  /** RFC 3339. */
  readonly occurred_at: string;
  /** Who or what caused it, as a reference with `id` and `type`; may be `null`. */
  readonly agent: Readonly<Record<string, unknown>> | null;
  /** Where it was caused, such as `{ name: "PagerDuty" }`; may be `null`. */
  readonly client: Readonly<Record<string, unknown>> | null;
  /** The incident, note, responder or service itself; its own `type` says which. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** The body of a v3 webhook. Each request carries one event. */
export interface PagerDutyPayload {
  /** What happened: the whole content of the body. */
  readonly event: PagerDutyEvent;
}

/**
 * PagerDuty webhooks v3: HMAC-SHA256 over the body, one signature for each active secret. The secret is used as it is,
 * although it looks like base64.
 *
 * @see https://developer.pagerduty.com/docs/webhooks-overview
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { pagerduty } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(pagerduty, { secret: "the subscription's secret" });
 * ```
 */
export const pagerduty = row<PagerDutyPayload>({
  name: "pagerduty",
  docs: "https://developer.pagerduty.com/docs/webhooks-overview",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-pagerduty-signature", layout: "v1={signature}", list: "," },
    content: [body],
  }),
  key: (payload) => textAt(payload, "event", "id"),
  retries: "48h",
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
