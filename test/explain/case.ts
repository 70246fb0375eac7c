import type { Provider, Secrets } from "@countersign/core";

/** When everything here is signed and arrives. */
export const NOW = 1_784_000_000_000;

/** A request as its sender made it. */
export interface Sent {
  readonly method: string;
  /** The public one, as the sender called it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the code that verifies was handed in the end. */
export interface Received {
  readonly method?: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array | string;
}

/** What a sender may be asked to say otherwise than usual. */
export interface Message {
  readonly body?: string | Uint8Array;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds from now. */
  readonly at?: number;
}

/** Somebody who sends webhooks, signed as the vendor signs: by the official library where it can sign. */
export interface Sender {
  readonly provider: Provider<any>;
  /** What the receiver verifies with. */
  readonly secret: string;
  /** Why even what is sent well does not pass its row. */
  readonly odd?: string;
  send(message?: Message): Promise<Sent>;
}

/** One failure that people reported, made anew. */
export interface Case {
  /** What was done, with whose webhooks. */
  readonly name: string;
  /** Where it is reported in public. */
  readonly seen: string;
  readonly from: Sender;
  readonly message?: Message;
  /** The finding that names the true cause first; several where each of them does. */
  readonly cause: readonly string[];
  /** The row that the receiver chose, where that is the mistake. */
  readonly provider?: Provider<any>;
  /** What the receiver was given instead of the secret. */
  readonly secret?: (secret: string) => Secrets | Promise<Secrets>;
  /** What happened between the sender and the code that verifies. */
  readonly way?: (sent: Sent) => Promise<Received> | Received;
  /** Programs without which it cannot be made. */
  readonly needs?: readonly string[];
}

/** How the receiver was handed it, when nothing went wrong. */
export const asSent = ({ method, url, headers, body }: Sent): Received => ({ method, url, headers, body });
