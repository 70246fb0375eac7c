/** What the page's server and the page tell each other. Types alone: the page is bundled for a browser. */
import type { Step } from "../listen/timeline.ts";

/** How a delivery was judged. */
export type Standing = "genuine" | "refused" | "unjudged";

/** A delivery in the list. */
export interface Summary {
  /** The page's own number, counted from 1. */
  readonly id: number;
  /** Under which `listen` keeps it; 0 where it does not. */
  readonly kept: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly bytes: number;
  /** What the provider calls the kind of event; empty where nothing tells. */
  readonly event: string;
  /** As whom it was judged, or whose headers it has; empty where nothing tells. */
  readonly provider: string;
  readonly standing: Standing;
  /** `"genuine"`, `"handshake"`, the code of a refusal, `"not_judged"` or `"pending"`. */
  readonly code: string;
  /** What was answered; 0 while nothing is. */
  readonly status: number;
  /** Where it came in, where that is not `listen`: the process that is inspected. */
  readonly from: string;
}

/** A cause that was found. */
export interface Cause {
  readonly code: string;
  readonly sentence: string;
  readonly mend: string;
}

/** A piece of what is signed, in its order: the body, or a text out of the head. */
export interface SignedPart {
  readonly what: string;
  /** `undefined` for the body itself. */
  readonly text?: string;
}

/** What the proof covers. */
export interface Signed {
  readonly parts: readonly SignedPart[];
  /** Headers that are signed, in lower case. */
  readonly headers: readonly string[];
  /** The headers that hold the proof, in lower case. */
  readonly proof: readonly string[];
  readonly body: "whole" | "form" | "digest" | "own" | "nothing";
}

/** All of a delivery that the page shows. */
export interface Detail extends Summary {
  /** What the verifier says. */
  readonly message: string;
  /** The URL that was taken for the one that the provider called. */
  readonly called: string;
  /** As they came; a credential's value is covered. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Base64 of the first {@link bytes}, `shown` of them at most. */
  readonly body: string;
  /** How many bytes of the body are in here. */
  readonly shown: number;
  readonly causes: readonly Cause[];
  readonly steps: readonly Step[];
  /** Absent where nobody judged it. */
  readonly signed?: Signed;
  /** What the application behind answered. */
  readonly answer?: Answer;
  readonly signedAt?: string;
  /** Which of the secrets matched, counted from 1. */
  readonly secret?: number;
  /** The provider's page about its webhooks. */
  readonly docs?: string;
}

/** An answer to a request that was forwarded or sent from the page. */
export interface Answer {
  readonly status: number;
  readonly milliseconds: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Text, shortened. */
  readonly body: string;
}

/** What was sent from the page, and what came of it. */
export interface Sent {
  readonly what: string;
  /** Whether the receiver should have taken it; absent where that depends. */
  readonly genuine?: boolean;
  readonly answer?: Answer;
  /** Why there is no answer. */
  readonly failed?: string;
}

/** A change that can be made to a delivery before it is sent again. */
export interface TamperName {
  readonly name: string;
  readonly label: string;
}

/** What this page can do. */
export interface About {
  /** What is watched: `http://127.0.0.1:4040`, or a command. */
  readonly source: string;
  readonly kind: "listen" | "inspect";
  /** Those that can sign here, because a secret was given; the first is the usual one. */
  readonly signs: readonly string[];
  readonly tampers: readonly TamperName[];
  readonly outbox: boolean;
}

/** A message of the stream of events. */
export type Message =
  | { readonly kind: "all"; readonly about: About; readonly deliveries: readonly Summary[] }
  | { readonly kind: "put"; readonly deliveries: readonly Summary[] }
  | { readonly kind: "drop"; readonly before: number };

/** One item of a durable outbox. */
export interface OutboxLine {
  readonly item: string;
  readonly endpoint: string;
  readonly type: string;
  readonly enqueuedAt: string;
  readonly attempts: number;
  readonly reason: string;
  readonly message: string;
  /** The event, as JSON. */
  readonly event: string;
}

/** What a durable outbox holds. */
export interface OutboxView {
  readonly endpoints: readonly {
    readonly endpoint: string;
    readonly pending: number;
    readonly claimed: number;
    readonly dead: number;
  }[];
  readonly dead: readonly OutboxLine[];
  readonly waiting: readonly OutboxLine[];
}

/** An event as one platform would show it. */
export interface ChatView {
  readonly platform: string;
  readonly style: string;
  /** HTML that holds text of strangers: the page takes it apart and keeps what is harmless. */
  readonly phone: string;
  readonly channel: string;
  readonly payload: string;
}
