import { token } from "../kind/token.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Provider } from "../scheme/provider.ts";
import { checkOptions, headerName, headerPrefix, type Open, textAt } from "./fields.ts";

/** TapPass's kinds of event, as far as they are known. */
export type TapPassEventKind = Open<"chat" | "tool_call" | "detection" | "policy_block" | "auth_fail" | "webhook.dlq">;

/** How grave an event is, from harmless `info` to `critical`. */
export type TapPassSeverity = Open<"info" | "warn" | "error" | "critical">;

/** The audit event as TapPass makes it: what arrives when the export has no `body_template`. */
export interface TapPassEvent {
  /** `ae_…`; the idempotency key. */
  readonly audit_id: string;
  /** RFC 3339. */
  readonly timestamp: string;
  /** What happened: a chat, a call of a tool, a finding, a refusal by a policy. */
  readonly event_kind: TapPassEventKind;
  /** How grave it is; what the export's `min_severity` filters by. */
  readonly severity: TapPassSeverity;
  /** The AI agent that acted, such as `support-bot`. */
  readonly agent_id?: string;
  /** The agent's session, to group its events by. */
  readonly session_id?: string;
  /** The LLM vendor that was called. */
  readonly provider?: string;
  /** The language model that the agent called. */
  readonly model?: string;
  /** What TapPass found in the content. The export's `redact` may mask or remove it. */
  readonly detections?: readonly {
    /** What kind of content was found; the export's `redact` names the same categories. */
    readonly category?: string;
    /** How grave this one finding is, apart from the event's own severity. */
    readonly severity?: TapPassSeverity;
    readonly [field: string]: unknown;
  }[];
  /** What TapPass's policy decided, where one applied. */
  readonly policy_result?: {
    /** Whether the content was let through: `deny` is the one that TapPass's documentation shows. */
    readonly verdict?: string;
    /** The policy's rule that decided, such as `no_pii_to_external`. */
    readonly rule?: string;
    readonly [field: string]: unknown;
  };
  /** What the call cost. TapPass documents no shape for it. */
  readonly cost?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Where the operator put the credential in the export's configuration. */
export interface TapPassOptions {
  /** The one of the export's `headers` that carries the credential, such as `authorization`. */
  readonly header: string;
  /**
   * What comes before the credential, its blank included: `"Token token="`.
   *
   * @default "Bearer " in an Authorization header, else nothing
   */
  readonly prefix?: string;
}

/**
 * TapPass observability exports to a webhook. They carry whatever static header the operator sets, and no signature.
 *
 * The body is `body_template`'s, so its shape is yours: say it as `tappass<MyBody>(…)`, or better check it with the
 * `schema` option; with `format: cef` it is no JSON: use `payload: "raw"`. Without a template it is a `TapPassEvent`.
 *
 * @throws ConfigurationError for a header that cannot be, or an unknown option
 * @see https://tappass.ai
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tappass } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(tappass({ header: "authorization", prefix: "Token token=" }), { secret: "routing-key" });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { authorization: "Token token=routing-key" },
 *   body: '{"audit_id":"ae_01JC","timestamp":"2026-04-17T10:15:03Z","event_kind":"policy_block","severity":"warn"}',
 * });
 * console.log(payload.event_kind); // policy_block
 * ```
 */
export function tappass<Payload = TapPassEvent>(options: TapPassOptions): Provider<Payload> {
  checkOptions(options, ["header", "prefix"], "tappass()");
  const header = headerName(options.header);
  return defineProvider<Payload>({
    name: "tappass",
    docs: "https://tappass.ai",
    scheme: token({ header, prefix: headerPrefix(options.prefix, header, "tappass()") }),
    methods: ["POST", "PUT", "PATCH"],
    key: (payload) => textAt(payload, "audit_id"),
    unprotected: "Nothing is signed: whoever learns the header can send any body, at any time, as often as they like.",
  });
}
