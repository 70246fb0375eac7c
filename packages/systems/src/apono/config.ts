import type { Duration } from "@countersign/core";
import type { AponoEvent } from "@countersign/core/providers";
import type { SecretSource } from "@countersign/sender";

export const aponoTriggers = [
  "RequestCreated",
  "RequestApproved",
  "RequestRejected",
  "RequestGranted",
  "RequestExpired",
  "RequestFailed",
  "Manual",
] as const;
/** What happened to an access request, or `"Manual"` for a webhook that a person invokes. */
export type AponoTriggerName = (typeof aponoTriggers)[number];

/** A place in a JSON document, and the values that it may have for the condition to hold. */
export interface AponoCondition {
  /** Names and indexes: `"$.data.access_flow.name"`. */
  readonly json_path: string;
  /** One of these must be there; numbers and booleans are compared as text. */
  readonly expected_values: readonly (string | number | boolean)[];
}

/** A custom webhook as an operator sets it up in Apono. A `null` means that the field was not given. */
export interface AponoWebhookConfig {
  /** Becomes the endpoint's. Letters and digits. */
  readonly name: string;
  /** `false` is off: events are neither sent nor kept. @default true */
  readonly active?: boolean | null;
  /** The HTTP verb. GET carries no body, so it allows no `body_template`. */
  readonly method: "POST" | "PUT" | "DELETE" | "GET" | "PATCH";
  /** https, on its usual port. */
  readonly url: string;
  /** Static ones, credentials included; they are masked wherever they would be shown. */
  readonly headers?: Readonly<Record<string, SecretSource>> | null;
  /** The event types that are sent; at least one. */
  readonly triggers: readonly AponoTriggerName[];
  /** Only events whose payload meets all of these. */
  readonly filters?: readonly AponoCondition[] | null;
  /** `{{ }}` against `{ event_type, event_time, data }`. Default: all of it as JSON. */
  readonly body_template?: string | null;
  /** Only answers that meet all of these are success. */
  readonly response_validators?: readonly AponoCondition[] | null;
  /** @default "30s" */
  readonly timeout?: Duration | null;
}

/**
 * A webhook as Apono's API and Terraform's `apono_manual_webhook` describe it. A `null` means that the field was not
 * given. https://docs.apono.io
 */
export interface AponoApiWebhook {
  /** Apono's own; taken and not used. */
  readonly id?: string | null;
  /** Becomes the endpoint's. */
  readonly name: string;
  /** `false` is off: events are neither sent nor kept. */
  readonly active: boolean;
  /** Where it goes: to a URL or, which is skipped with a note, to one of Apono's integrations. */
  readonly type: {
    /** Where Apono sends to, by which method and with which headers. */
    readonly http_request?: {
      /** https, on its usual port. */
      readonly url: string;
      /** The HTTP verb. With GET no `body_template` is sent, and a note says so. */
      readonly method: AponoWebhookConfig["method"];
      /** Static ones, credentials included. */
      readonly headers?: Readonly<Record<string, SecretSource>> | null;
    } | null;
    /** Runs inside Apono (`invoke_azure_function`), so nothing is sent from here. */
    readonly integration?: Readonly<Record<string, unknown>> | null;
  };
  /** `{{ }}` against `{ event_type, event_time, data }`. Default: all of it as JSON. */
  readonly body_template?: string | null;
  /** Only answers that meet all of these are success. */
  readonly response_validators?: readonly AponoCondition[] | null;
  /** Whole seconds. @default 30 */
  readonly timeout_in_sec?: number | null;
  /** OAuth is not possible here: it is skipped with a note, and `context.token` takes its place. */
  readonly authentication_config?: Readonly<Record<string, unknown>> | null;
  /** Why an answer that does not meet the validators is no success, in the operator's words. */
  readonly custom_validation_error_message?: string | null;
}

/** What the application adds to the configuration. */
export interface AponoContext {
  /** For the API's form, which names none. Default: all of them. */
  readonly triggers?: readonly AponoTriggerName[];
  /** Fields that the application's events have beside Apono's own, for templates: `"data.ticket"`. */
  readonly fields?: readonly string[];
  /** A bearer token, in the place of the one that `authentication_config` would fetch. */
  readonly token?: SecretSource;
}

/** Times are seconds with a fraction, as JSON numbers. */
export interface AponoPayload {
  /** One of the triggers: `"RequestCreated"`. */
  readonly event_type: string;
  /** Seconds since the epoch, with a fraction. */
  readonly event_time: number;
  /** The access request: who asked, for what, until when, and what became of it. */
  readonly data: unknown;
}

/** What an event's `data` contains for this system. */
export type AponoData = AponoEvent extends { readonly data: infer Data } ? Data : unknown;
