import { ConfigurationError } from "../errors/errors.ts";
import { type Decisions, defineProvider, type Provider } from "../scheme/provider.ts";
import { token } from "../scheme/scheme.ts";
import { checkOptions, joinKey, jsonReply, type Open, record, textAt } from "./fields.ts";

/** Where Aperture puts the hook's `apikey`: its own `authorization` setting. */
export type ApertureAuthorization = "bearer" | "x-api-key" | "x-goog-api-key" | "hec" | "cf-aig-authorization";

/** Aperture's hook events. */
export type ApertureEventName = Open<"pre_request" | "entire_request" | "tool_call_entire_request">;

export interface ApertureOptions {
  /**
   * The hook's `authorization`. Only the header that belongs to it counts.
   * `"hec"` and `"cf-aig-authorization"` are named by the documentation, but their exact headers are inferred.
   *
   * @default "bearer"
   */
  readonly authorization?: ApertureAuthorization;
  /**
   * Which event this route is for. Requests do not say what they are, so that one URL per event is the only sure way
   * to tell them apart; the name becomes part of the idempotency key. Without it, the fields that are present do.
   */
  readonly event?: ApertureEventName;
}

export interface ApertureMetadata {
  readonly login_name?: string;
  readonly user_agent?: string;
  readonly url?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly tailnet_name?: string;
  readonly stable_node_id?: string;
  /** The idempotency key, together with the kind of event. */
  readonly request_id?: string;
  readonly session_id?: string;
  readonly [field: string]: unknown;
}

/** Counts; each may be absent. */
export interface ApertureUsage {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cached_tokens?: number;
  readonly cache_creation_input_tokens?: number;
  readonly cache_creation_5m_input_tokens?: number;
  readonly cache_creation_1h_input_tokens?: number;
  readonly reasoning_tokens?: number;
  readonly image_input_tokens?: number;
  readonly image_output_tokens?: number;
  readonly web_search_count?: number;
  readonly [count: string]: unknown;
}

export interface ApertureCost {
  readonly dollars?: number;
  /** The price list that was used, such as `anthropic/claude-sonnet-4-6`. */
  readonly cost_basis?: string;
  readonly usage?: ApertureUsage;
}

/** One bucket. Amounts are whole nanodollars. */
export interface ApertureQuota {
  readonly current: number;
  readonly capacity: number;
  readonly rate?: unknown;
}

export interface ApertureToolCall {
  readonly name: string;
  readonly params?: unknown;
}

/** What a hook is sent. All but `metadata` depends on the grant's `send`. It may hold prompts: do not log it. */
export interface AperturePayload {
  readonly metadata: ApertureMetadata;
  readonly tool_calls?: readonly ApertureToolCall[];
  readonly request_body?: unknown;
  readonly response_body?: unknown;
  readonly raw_responses?: readonly unknown[];
  readonly user_message?: string;
  /** Always here, also where the sender wrote it into `metadata`. */
  readonly estimated_cost?: ApertureCost;
  /** Capabilities and their values; always here. */
  readonly grants?: Readonly<Record<string, readonly unknown[]>>;
  /** Buckets by name; always here. */
  readonly quotas?: Readonly<Record<string, ApertureQuota>>;
  readonly [field: string]: unknown;
}

const CREDENTIALS: Readonly<Record<ApertureAuthorization, { readonly header: string; readonly prefix: string }>> =
  Object.freeze(
    Object.assign(
      Object.create(null) as object,
      {
        bearer: { header: "authorization", prefix: "Bearer " },
        "x-api-key": { header: "x-api-key", prefix: "" },
        "x-goog-api-key": { header: "x-goog-api-key", prefix: "" },
        hec: { header: "authorization", prefix: "Splunk " },
        "cf-aig-authorization": { header: "cf-aig-authorization", prefix: "Bearer " },
      } as const,
    ),
  );

/**
 * Custom webhooks of Aperture by Tailscale. They carry a static key and no signature: the proof is that the caller
 * knows the key, and nothing about the body.
 *
 * `estimated_cost`, `grants` and `quotas` stand at the top of the payload in one of Aperture's documents and inside
 * `metadata` in another. Both are read; handlers find them at the top.
 *
 * @throws ConfigurationError for an `authorization` that Aperture does not have, or an unknown option
 * @see https://tailscale.com/docs/aperture/how-to/build-custom-webhook
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { aperture } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(aperture({ authorization: "x-api-key", event: "entire_request" }), { secret: "the hook's apikey" });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { "x-api-key": "the hook's apikey" },
 *   body: '{"metadata":{"request_id":"abc123","estimated_cost":{"dollars":0.0342}}}',
 * });
 * console.log(payload.metadata.request_id, payload.estimated_cost?.dollars); // abc123 0.0342
 * ```
 */
export function aperture(options: ApertureOptions = {}): Provider<AperturePayload> {
  checkOptions(options, ["authorization", "event"], "aperture()");
  const { authorization = "bearer", event } = options;
  const credential = CREDENTIALS[authorization];
  if (credential === undefined) {
    throw new ConfigurationError(
      "authorization",
      `aperture()'s authorization must be one of ${Object.keys(CREDENTIALS).join(", ")}.`,
    );
  }
  if (event !== undefined && (typeof event !== "string" || !/^[a-z][a-z_]{0,63}$/.test(event))) {
    throw new ConfigurationError(
      "event",
      'aperture()\'s event must be the name of a hook event, such as "pre_request".',
    );
  }
  const row: Provider<AperturePayload> = {
    name: "aperture",
    docs: "https://tailscale.com/docs/aperture/how-to/build-custom-webhook",
    scheme: token(credential),
    normalize: toPayload,
    key: (payload) => joinKey(event ?? kindOf(payload), textAt(payload, "metadata", "request_id")),
    unprotected: "Nothing is signed: whoever learns the key can send any body, at any time, as often as they like.",
  };
  // Only pre_request is synchronous: what the other events are answered decides nothing.
  return defineProvider(event === undefined || event === "pre_request" ? { ...row, decisions } : row);
}

/**
 * What `pre_request` is answered. A status other than 2xx would not block: it hands the choice to the hook's
 * `fail_policy`, which lets the request pass by default.
 */
const decisions: Decisions = {
  allow: () => jsonReply({ action: "allow" }),
  block: ({ message, status = 403 }) =>
    jsonReply({ action: "block", status_code: status, ...(message === undefined ? {} : { message }) }),
  modify: (requestBody) => jsonReply({ action: "modify", request_body: requestBody }),
};

const MOVED = ["estimated_cost", "grants", "quotas"] as const;

function toPayload(value: unknown): AperturePayload {
  const payload = record(value);
  const found = record(payload?.metadata);
  if (payload === undefined || found === undefined) throw new TypeError('it has no "metadata"');
  const metadata = { ...found };
  const moved: Record<string, unknown> = {};
  for (const name of MOVED) {
    if (!Object.hasOwn(metadata, name)) continue;
    moved[name] = metadata[name];
    delete metadata[name];
  }
  return { ...moved, ...payload, metadata };
}

/** Which fields are there: what tells events apart that come to one URL. */
function kindOf(payload: unknown): string {
  return Object.keys(record(payload) ?? {})
    .sort()
    .join(" ");
}
