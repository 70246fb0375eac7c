import type { Finding, Provider } from "@countersign/core";
import type { Step } from "../listen/timeline.ts";
import type { SavedRequest } from "../request/saved.ts";
import type { Answer, Standing } from "./wire.ts";

/** A delivery as the page keeps it, whoever received it. */
export interface Entry {
  /** What tells it from others of its source; a later one of the same name takes its place. */
  readonly key?: string;
  /** Under which `listen` keeps it; 0 where it does not. */
  readonly kept: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly from: string;
  /** As it came, byte for byte. */
  readonly request: SavedRequest;
  /** The URL that the provider called, as far as it is known. */
  readonly called: string;
  /** As whom it was judged. */
  readonly provider?: Provider<any>;
  /** Whose headers it has, where nobody judged it; or the name of a provider that is not known here. */
  readonly looksLike: string;
  readonly standing: Standing;
  readonly code: string;
  /** What the provider calls the kind of event; empty where nothing tells. */
  readonly event: string;
  readonly message: string;
  readonly status: number;
  readonly findings: readonly Finding[];
  readonly steps: readonly Step[];
  readonly answer?: Answer;
  readonly signedAt?: string;
  readonly secret?: number;
  /** The headers that hold a credential, where its provider is known elsewhere alone. */
  readonly credentials?: readonly string[];
  /** Where it is sent again; empty where that is not known. */
  readonly origin: string;
}

/** About how much memory it takes, in bytes. */
export function sizeOf({ request, findings, steps, message, answer }: Entry): number {
  const { body, headers, url } = request;
  const lines = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const told = findings.reduce((sum, { sentence, mend }) => sum + sentence.length + mend.length, message.length);
  return body.length + 2 * (lines + url.length + told + (answer?.body.length ?? 0)) + 200 * steps.length + 1_000;
}
