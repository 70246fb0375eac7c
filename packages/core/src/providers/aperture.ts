import { ConfigurationError } from "../errors/errors.ts";
import { token } from "../kind/token.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Decisions, Provider } from "../scheme/provider.ts";
import { checkOptions, joinKey, jsonReply, type Open, record, textAt } from "./fields.ts";

/** Where Aperture puts the hook's `apikey`: its own `authorization` setting. */
export type ApertureAuthorization = "bearer" | "x-api-key" | "x-goog-api-key" | "hec" | "cf-aig-authorization";

/**
 * When Aperture calls a hook. It waits for an answer to `pre_request` only; the others come after the response, and
 * `tool_call_entire_request` only if that contained a tool call. Any other name is accepted too.
 */
export type ApertureEventName = Open<"pre_request" | "entire_request" | "tool_call_entire_request">;

/** How the hook is set up in Aperture's configuration. */
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

/** Who sent which request to which model. Aperture documents it as part of every payload. */
export interface ApertureMetadata {
  /** The Tailscale login of the caller, such as `alice@example.com`. */
  readonly login_name?: string;
  /** The client program, from the `User-Agent` header of the request to the model: `claude-code/1.0`. */
  readonly user_agent?: string;
  /** What the client asked Aperture for: seen both as a whole URL and as a path such as `/v1/messages`. */
  readonly url?: string;
  /** The language model that was asked for, such as `claude-sonnet-4-20250514`. */
  readonly model?: string;
  /** The LLM vendor that Aperture passes the request on to, such as `anthropic`. */
  readonly provider?: string;
  /** The Tailscale network that the caller belongs to, such as `example.ts.net`. */
  readonly tailnet_name?: string;
  /** The Tailscale device that the request came from, such as `nSTABLE123`. */
  readonly stable_node_id?: string;
  /** The idempotency key, together with the kind of event. */
  readonly request_id?: string;
  /** Identifies the client's session, such as `oacc_1a2b3c4d5e6f7890`. */
  readonly session_id?: string;
  readonly [field: string]: unknown;
}

/** Counts that the estimate of the cost is made from. Each may be absent. */
export interface ApertureUsage {
  /** What the prompt amounts to, as the vendor counts it. */
  readonly input_tokens?: number;
  /** What the model generated, as the vendor counts it. */
  readonly output_tokens?: number;
  /** Tokens of the prompt that the vendor read from its cache. */
  readonly cached_tokens?: number;
  /** Tokens of the prompt that the vendor wrote to its cache. */
  readonly cache_creation_input_tokens?: number;
  /** Those written to the cache to be kept for five minutes. */
  readonly cache_creation_5m_input_tokens?: number;
  /** Those written to the cache to be kept for one hour. */
  readonly cache_creation_1h_input_tokens?: number;
  /** Tokens that the model spent on thinking. */
  readonly reasoning_tokens?: number;
  /** Tokens for pictures in the prompt, where the vendor counts them apart. */
  readonly image_input_tokens?: number;
  /** Tokens for pictures that the model generated, where the vendor counts them apart. */
  readonly image_output_tokens?: number;
  /** How often the model looked something up on the web during the request. */
  readonly web_search_count?: number;
  readonly [count: string]: unknown;
}

/** Aperture's estimate of what one request cost, calculated from list prices. */
export interface ApertureCost {
  /** The estimate in US dollars, with fractions of a cent: `0.0342`. */
  readonly dollars?: number;
  /** The price list that was used, such as `anthropic/claude-sonnet-4-6`. */
  readonly cost_basis?: string;
  /** The counts that the estimate was calculated from. */
  readonly usage?: ApertureUsage;
}

/** One bucket: a budget that requests draw from and that refills over time. Amounts are whole nanodollars. */
export interface ApertureQuota {
  /** What is left in the bucket, in nanodollars. */
  readonly current: number;
  /** The most that the bucket can hold, in nanodollars. */
  readonly capacity: number;
  /** How fast the bucket refills. Its form in a payload is not documented; in the settings it reads `$5.00/day`. */
  readonly rate?: unknown;
}

/** One use of a tool that the model's response asks the client for. */
export interface ApertureToolCall {
  /** The tool that is called, such as `search`. */
  readonly name: string;
  /** The arguments of the call, whatever JSON the tool takes. */
  readonly params?: unknown;
}

/** What a hook is sent. All but `metadata` depends on the grant's `send`. It may hold prompts: do not log it. */
export interface AperturePayload {
  /** Who asked which model. Part of every payload, whatever the grant's `send` says. */
  readonly metadata: ApertureMetadata;
  /** The tools that the response calls; with `tools` in the grant's `send`. */
  readonly tool_calls?: readonly ApertureToolCall[];
  /** The JSON that the client sent to the model; with `request_body` in the grant's `send`. */
  readonly request_body?: unknown;
  /** The JSON that the model answered; with `response_body` in the grant's `send`. */
  readonly response_body?: unknown;
  /** The model's responses, unprocessed; with `raw_responses` in the grant's `send`. */
  readonly raw_responses?: readonly unknown[];
  /** The user's message, taken out of the request; with `user_message` in the grant's `send`. */
  readonly user_message?: string;
  /** Always here, also where the sender wrote it into `metadata`. */
  readonly estimated_cost?: ApertureCost;
  /**
   * Capabilities that the caller has, each with its list of values. Always at the top of the payload, also where the
   * sender wrote it into `metadata`.
   */
  readonly grants?: Readonly<Record<string, readonly unknown[]>>;
  /**
   * Budgets that the request draws from, by the bucket's name. Always at the top of the payload, also where the sender
   * wrote it into `metadata`.
   */
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
 * `estimated_cost`, `grants` and `quotas` are at the top of the payload in one of Aperture's documents and inside
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
