import type { Format, Severity } from "@countersign/core/event";
import type { Method } from "@countersign/sender";
import type { Redactors } from "./redact.ts";

/** One of TapPass's `exports`, with a webhook as its destination. */
export interface TapPassExport {
  /** Becomes the endpoint's. */
  readonly name: string;
  readonly destination: "webhook";
  /** `cef` is not possible here and is refused. @default "json" */
  readonly format?: "json" | "cef";
  /** Where the export is sent, by which method, and with which headers and body. */
  readonly webhook: {
    /** Where to; `${NAME}` in it is read through `context.env`. */
    readonly url: string;
    /** POST, PUT, PATCH or DELETE. @default "POST" */
    readonly method?: Method;
    /** Static ones; `${NAME}` in their values is read through `context.env`. Default: none. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Jinja's `{{ dotted.path }}` over the audit event. Default: the audit event as JSON. */
    readonly body_template?: string;
  };
  /** Which events are exported. Default: all, `webhook.dlq` included. */
  readonly filters?: {
    /** Nothing less grave: info < warn < error < critical. Default: everything. */
    readonly min_severity?: Severity;
    /** Only these, spelled exactly so. Default: everything. */
    readonly event_kinds?: readonly string[];
  };
  /** When a 5xx or a connection error is tried again. */
  readonly retry?: {
    /**
     * Retries after the first attempt; 0 for none. TapPass's documents list five waits beside `max_attempts: 5`: if the
     * first request counted, the fifth wait would never be waited.
     * @default 5
     */
    readonly max_attempts?: number;
    /** The wait before each retry, in seconds; the last one is repeated. @default [1, 2, 4, 8, 16] */
    readonly backoff_seconds?: readonly number[];
  };
  /** Groups events into one request, a list. Default: one event for each request. */
  readonly batch?: {
    /** The most events in one request. @default 100 */
    readonly max_size?: number;
    /** How long the first event waits for others, in seconds. @default 5 */
    readonly max_wait_seconds?: number;
  };
  /** Hides what a pattern finds before anything is rendered. Default: nothing is hidden. */
  readonly redact?: {
    /** Names of patterns, built in or from `context.redactors`: `"pii.email"`. */
    readonly categories: readonly string[];
    /** `"mask"` writes `***` in its place, `"remove"` nothing. @default "mask" */
    readonly strategy?: "mask" | "remove";
  };
}

/** What a TapPass file says, parsed. */
export interface TapPassConfig {
  /** Each webhook becomes an endpoint under its own name, in this order. Other destinations are skipped, with a note. */
  readonly exports: readonly (TapPassExport | TapPassNativeExport)[];
  /** Whatever else the file has is skipped, with a note. */
  readonly [key: string]: unknown;
}

/** An export to another destination, which TapPass serves itself: `splunk_hec`, `azure_sentinel` and what comes. */
export interface TapPassNativeExport {
  /** Shown where `notes` says that the export is skipped. */
  readonly name: string;
  /** `"splunk_hec"`, `"azure_sentinel"`. */
  readonly destination: string;
  readonly [key: string]: unknown;
}

/** What the application adds to the file. */
export interface TapPassContext {
  /** Values for `${NAME}` in URLs, headers and templates. Default: none may be read. */
  readonly env?: (name: string) => string | undefined;
  /** Patterns for further categories of `redact`. */
  readonly redactors?: Redactors;
  /**
   * Formats of `@countersign/chat` for exports without a `body_template`: by the export's name, or `slack`, `discord`
   * and `googlechat` for every export with such a URL.
   */
  readonly formats?: Readonly<Record<string, Format>>;
  /** Fields that the application's events have beside TapPass's own, for templates: `"labels.team"`. */
  readonly fields?: readonly string[];
}
