import { defineProvider, type Provider } from "../scheme/provider.ts";
import { token } from "../scheme/scheme.ts";
import { checkOptions, headerName, headerPrefix, type Open, textAt } from "./fields.ts";

/** TapPass's kinds of event, as far as they are known. */
export type TapPassEventKind = Open<"chat" | "tool_call" | "detection" | "policy_block" | "auth_fail" | "webhook.dlq">;

/** In ascending order. */
export type TapPassSeverity = Open<"info" | "warn" | "error" | "critical">;

/** The audit event as TapPass makes it: what arrives when the export has no `body_template`. */
export interface TapPassEvent {
  /** `ae_…`; the idempotency key. */
  readonly audit_id: string;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly event_kind: TapPassEventKind;
  readonly severity: TapPassSeverity;
  readonly agent_id?: string;
  readonly session_id?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly detections?: readonly {
    readonly category?: string;
    readonly severity?: TapPassSeverity;
    readonly [field: string]: unknown;
  }[];
  readonly policy_result?: { readonly verdict?: string; readonly rule?: string; readonly [field: string]: unknown };
  readonly cost?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

export interface TapPassOptions {
  /** The header that the export's `headers` set. */
  readonly header: string;
  /**
   * What stands before the credential, its blank included: `"Token token="`.
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
