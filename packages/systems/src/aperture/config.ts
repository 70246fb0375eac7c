import type { Duration } from "@countersign/core";
import type { SecretSource } from "@countersign/sender";

/** How a hook proves itself. `hec` and `cf-aig-authorization` are inferred from newer documents. */
export type ApertureAuthorizationKind = "bearer" | "x-api-key" | "x-goog-api-key" | "hec" | "cf-aig-authorization";

/** One of Aperture's `hooks`: where it is told, and how it proves itself. */
export interface ApertureHookConfig {
  /** Where to send; https to a public address unless the sender's guard opens more. */
  readonly url: string;
  /** The credential, written as `authorization` says. Default: none is sent. */
  readonly apikey?: SecretSource;
  /** @default "bearer" */
  readonly authorization?: ApertureAuthorizationKind;
  /** A Go duration. @default "5s" */
  readonly timeout?: Duration;
  /** @default false */
  readonly disabled?: boolean;
  /** What a `pre_request` that fails means. @default "fail_open" */
  readonly fail_policy?: "fail_open" | "fail_closed";
  /** Higher first; ties by name. @default 0 */
  readonly preference?: number;
}

/** The moments at which a hook can be told. */
export const apertureEvents = ["pre_request", "entire_request", "tool_call_entire_request"] as const;
/** When a hook is told: before a request goes to the model, after its answer, or after an answer that calls tools. */
export type ApertureEventType = (typeof apertureEvents)[number];

export const apertureFields = [
  "tools",
  "request_body",
  "response_body",
  "raw_responses",
  "user_message",
  "estimated_cost",
  "grants",
  "quotas",
] as const;
/** A part of the request, or of what is known about it, that a hook asks for in `send`. */
export type ApertureField = (typeof apertureFields)[number];

/** A hook in a grant: when it fires and what it is told. */
export interface ApertureSendHook {
  /** Which one, by its key in the settings; one that is not there is refused, with the nearest. */
  readonly name: string;
  /** The moments at which it is told. `pre_request` is asked, and may block. */
  readonly events: readonly ApertureEventType[];
  /** What it is told beside `metadata`. Default: nothing more. */
  readonly send?: readonly ApertureField[];
}

/** Aperture's settings, as far as they concern hooks. Other sections are read past, with a note each. */
export interface ApertureSettings {
  /** Where hooks are sent to and how they prove themselves, by the name that grants call them by. */
  readonly hooks: Readonly<Record<string, ApertureHookConfig>>;
  /** Who uses which models, and which hooks are told of it. Default: none here, but in `context.policy`. */
  readonly grants?: readonly ApertureGrant[];
  readonly [section: string]: unknown;
}

/** One of Aperture's `grants`, as far as it concerns hooks. */
export interface ApertureGrant {
  /** Whom it is for: `"*"`, login names, and `group:…`, `tag:…` or `autogroup:…` where `inSource` decides them. */
  readonly src: readonly string[];
  /**
   * By capability. `"tailscale.com/cap/aperture"` is Aperture's own; others reach the hooks whose `send` has `grants`.
   */
  readonly app?: Readonly<Record<string, readonly (ApertureCapability | Readonly<Record<string, unknown>>)[]>>;
  /** In a tailnet's policy file alone, where a grant without it does nothing. */
  readonly dst?: readonly string[];
  /** In a tailnet's policy file alone; read past. */
  readonly ip?: readonly string[];
}

/** What a grant says about some models. */
export interface ApertureCapability {
  /** A glob over `provider/model`. @default "**" */
  readonly models?: string;
  /** The hooks that are told. Default: none. */
  readonly send_hooks?: readonly ApertureSendHook[];
  /** Roles, quotas, connectors: whatever concerns no hook is read past, with a note. */
  readonly [field: string]: unknown;
}

/** A tool that the model wanted the client to run, and with what. */
export interface ApertureToolCall {
  /** The tool's own, as the client declared it. */
  readonly name: string;
  /** The arguments that the model chose, parsed from JSON. */
  readonly params: unknown;
}

/** What an event's `data` contains for this system: everything there is. Each hook is told what its `send` selects. */
export interface ApertureData {
  /** Who asked for what; every hook is told this much. */
  readonly metadata: {
    /** The person, as grants name them: `"alice@example.com"`. */
    readonly login_name: string;
    /** As grants match it, behind the provider's: `"gpt-5.5"`. */
    readonly model: string;
    /** Whose model it is, the first part of what grants match: `"openai"`. */
    readonly provider: string;
    readonly [field: string]: string;
  };
  /** What the model asked to be run; `tools` in `send` selects it. */
  readonly tool_calls?: readonly ApertureToolCall[];
  /** What the client sent to the model, as JSON. */
  readonly request_body?: unknown;
  /** What the model answered, as JSON. */
  readonly response_body?: unknown;
  /** The pieces of a streamed answer, as they came. */
  readonly raw_responses?: readonly unknown[];
  /** The last thing that the person wrote. */
  readonly user_message?: string;
  /** What the request cost, as far as it is known: `{ dollars: 0.0342 }`. */
  readonly estimated_cost?: unknown;
  /** Default: the capabilities, other than Aperture's own, of the grants that match the request. */
  readonly grants?: unknown;
  /** What is left of the person's quotas. */
  readonly quotas?: unknown;
}

/** What one grant says about one hook. */
export interface ApertureRule extends Required<ApertureSendHook> {
  /** The grant's. */
  readonly path: string;
  readonly src: readonly string[];
  readonly models: string;
}

/** What one grant says about another capability. */
export interface ApertureCapabilityRule {
  readonly src: readonly string[];
  readonly capability: string;
  readonly values: readonly unknown[];
}
