import type { Duration } from "@countersign/core";
import type { WebhookEvent } from "@countersign/core/event";
import type { AuthOptions, Readers, SecretSource } from "@countersign/sender";

/** A secret as Stalwart's configuration names it: none, in place, in the environment or in a file. */
export type StalwartSecret =
  | { readonly "@type": "None" }
  | {
      readonly "@type": "Value";
      /** In place, as plain text. `"****"`, which Stalwart's API shows, is refused. */
      readonly secret: string;
    }
  | {
      readonly "@type": "EnvironmentVariable";
      /** Read through the sender's `readers.env`. */
      readonly variableName: string;
    }
  | {
      readonly "@type": "File";
      /** Read through the sender's `readers.file`. */
      readonly filePath: string;
    };

/** How requests prove themselves beside their signature: Stalwart's `httpAuth`. */
export type StalwartAuth =
  | { readonly "@type": "Unauthenticated" }
  | {
      readonly "@type": "Basic";
      /** Without a colon (RFC 7617). */
      readonly username: string;
      /** The password of the user, in place, in the environment or in a file. */
      readonly secret: StalwartSecret;
    }
  | {
      readonly "@type": "Bearer";
      /** What follows `Bearer ` in the `Authorization` header. */
      readonly bearerToken: StalwartSecret;
    };

/** Stalwart's levels, the gravest first. */
export const stalwartLevels = ["error", "warn", "info", "debug", "trace"] as const;
/** How much an event matters to Stalwart. */
export type StalwartLevel = (typeof stalwartLevels)[number];

/**
 * A webhook as Stalwart configures it: one `WebHook` object. A `null` means that the field was not given.
 * https://stalw.art/docs/ref/object/web-hook
 */
export interface StalwartWebhookConfig {
  /** Where to send; https to a public address unless the sender's guard opens more. */
  readonly url: string;
  /** Exact names such as `"auth.success"`, as a list or as the API's set `{ "auth.success": true }`. Default: none. */
  readonly events?: readonly string[] | Readonly<Record<string, boolean>> | null;
  /** Whether only the listed ones are sent, or all but them. @default "exclude" */
  readonly eventsPolicy?: "include" | "exclude" | null;
  /** Least severity. @default "info" */
  readonly level?: StalwartLevel | null;
  /** How long an answer may take: `"30s"`, or milliseconds. @default "30s" */
  readonly timeout?: Duration | null;
  /** The least time between the starts of two requests; the first event of a quiet time goes at once. @default "1s" */
  readonly throttle?: Duration | null;
  /** Events that are this old when an attempt has failed are given up. @default "5m" */
  readonly discardAfter?: Duration | null;
  /** `true` drops events that are two intervals of `throttle` old when an attempt has failed. @default false */
  readonly lossy?: boolean | null;
  /** Signs each request in `X-Signature` (HMAC-SHA256, base64). Default: not signed. */
  readonly signatureKey?: StalwartSecret | null;
  /** Further ones, trimmed. `httpAuth` replaces an `Authorization` among them. */
  readonly httpHeaders?: Readonly<Record<string, string>> | null;
  /** A static credential beside the signature. Default: none. */
  readonly httpAuth?: StalwartAuth | null;
  /** @default false */
  readonly allowInvalidCerts?: boolean | null;
  /** `false` is off: events are neither sent nor kept. @default true */
  readonly enable?: boolean | null;
  /** Stalwart's own, as its API lists it; names the endpoint. */
  readonly id?: string | null;
  /** `"WebHook"` where an export has it; says nothing that matters here. */
  readonly "@type"?: string | null;
}

/** Secrets of one webhook that its configuration does not show. */
export interface StalwartOwnSecrets {
  /** Signs the requests, whatever the configuration shows. */
  readonly signatureKey?: SecretSource;
  /** In the place of the password or token of `httpAuth`. */
  readonly httpAuth?: SecretSource;
}

/** What the application adds to the configuration. */
export interface StalwartContext {
  /** The endpoint's. Default: `"stalwart"`, or where there are several the `id` of each. */
  readonly name?: string;
  /** The most events in one request. Stalwart itself has no limit. @default 1_000 */
  readonly maxEvents?: number;
  /** By the webhook's `id`, or its name: what the API shows as `"****"`. */
  readonly secrets?: Readonly<Record<string, StalwartOwnSecrets>>;
  /**
   * Reads variables and files while the configuration is loaded, so that errors call them by its own names; needed for
   * `%{env:NAME}%` and `%{file:path}%` in values of the old TOML that are no secrets. Default: secrets are left for the
   * sender's `readers`.
   */
  readonly readers?: Readers;
  /** An event's level. Default: that of its severity, where `debug` and `trace` do not occur. */
  readonly levelOf?: (event: WebhookEvent) => StalwartLevel;
}

/** One webhook, read from any of the forms. */
export interface StalwartWebhook {
  readonly name: string;
  readonly url: string;
  /** Names, or patterns of the old form. */
  readonly events: readonly string[];
  readonly policy: "include" | "exclude";
  readonly level: StalwartLevel;
  readonly timeout: number;
  readonly throttle: number;
  readonly discardAfter: number;
  readonly lossy: boolean;
  readonly enable: boolean;
  readonly allowInvalidCerts: boolean;
  readonly key: SecretSource | undefined;
  readonly auth: AuthOptions | undefined;
  readonly headers: Readonly<Record<string, string>>;
}
