import type { WebhookEvent } from "./event.ts";

/** An answer as an attempt saw it: what a destination needs to judge it. Header names are lower-case. */
export interface AttemptResponse {
  /** HTTP status of the destination's answer. */
  readonly status: number;
  /** Lower-case names; lines of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The decoded body, cut at the attempt's limit. */
  readonly body: string;
  /** Which attempt it answers, from 1, for answers that are believed only when they come again. */
  readonly attempt?: number;
}

/** What an answer means for the event and for its endpoint. */
export type Ruling =
  /** `pause`: accepted, but the destination wants no further request for so many milliseconds. */
  | {
      readonly kind: "success";
      /** Milliseconds in which the destination wants no further request; default none. */
      readonly pause?: number;
    }
  /** Try again, not before `after` milliseconds from now where the destination said so. */
  | {
      readonly kind: "retry";
      /** One sentence for the record of the attempt; may quote the destination, so treat it as hostile text. */
      readonly reason: string;
      /** Milliseconds to wait at least, where the destination said so. */
      readonly after?: number;
    }
  /** This event will never be accepted. */
  | {
      readonly kind: "permanent";
      /** One sentence for the dead letter; may quote the destination. */
      readonly reason: string;
    }
  /** The destination is gone: stop using the endpoint and keep its events. */
  | {
      readonly kind: "disable";
      /** One sentence for the operator who enables it again; may quote the destination. */
      readonly reason: string;
    };

/** Something that did not fit and was shortened or left out. */
export interface Cut {
  /** Where in the message it happened: `"text"`, `"fields[3].value"`. */
  readonly path: string;
  /** How much is missing, in the platform's own unit. */
  readonly removed: number;
}

/** One request's worth of message. */
export interface FormattedMessage {
  /** UTF-8 text, byte for byte what goes over the wire. */
  readonly body: string;
  /** Query parameters that belong to this message. */
  readonly query?: Readonly<Record<string, string>>;
  /** Each place where the platform's limits took something away; empty when everything fitted. */
  readonly cuts: readonly Cut[];
}

/**
 * A destination that wants its own kind of body: how events become requests, and what its answers mean. The four
 * chat platforms are formats; a user can write another.
 */
export interface Format {
  /** Stable and lower-case, such as `"slack"`: appears in errors and metrics. */
  readonly platform: string;
  /** Sent as the `content-type` header of each request. */
  readonly contentType: string;
  /** Checks an endpoint's URL and brings it into its normal form. Throws `ConfigurationError`. Never quotes the URL: it is a secret. */
  destination(url: URL): URL;
  /** Events of one batch become one or more requests, sent in order. `requestId` makes a UUID, steady across retries of one batch. */
  messages(
    events: readonly WebhookEvent[],
    context: {
      /** Makes a UUID, the same at every retry of one batch, by which a platform drops repetitions. */
      readonly requestId: () => string;
    },
  ): readonly FormattedMessage[];
  /**
   * Which events may go together, a chat's thread for instance: those of different keys share neither a request nor its
   * end. Left out where all may.
   */
  group?(event: WebhookEvent): string;
  /** `undefined`: by status, as the endpoint's table says. */
  judge(response: AttemptResponse): Ruling | undefined;
  /** Keeps under the platform's limit instead of meeting it: `requests` per `per` milliseconds. */
  readonly rate: {
    /** How many may go out in any span of that length. */
    readonly requests: number;
    /** The span's length in milliseconds. */
    readonly per: number;
  };
}
