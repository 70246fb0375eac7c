import type { Provider } from "@countersign/core";
import { type Exchanged, exchange } from "../network/exchange.ts";
import type { Forge } from "./forge.ts";
import type { Forgery } from "./mistakes.ts";
import type { Target } from "./target.ts";

/** What a receiver did with the requests of one mistake. */
export interface Result {
  readonly name: string;
  readonly tries: string;
  /**
   * `"refused"`: all is well; `"accepted"`: at least one was taken for a delivery; `"broke"`: it answered 5xx or not at
   * all; `"leaks"`: an answer holds the signature that would have been right; `"look"`: only you can tell.
   */
  readonly outcome: "refused" | "accepted" | "broke" | "leaks" | "look";
  /** What was answered to each request; 0 where nothing was. */
  readonly statuses: readonly number[];
  /** What to do about it; empty where all is well. */
  readonly mend: string;
}

/** What an attack needs to know. */
export interface AttackOptions {
  readonly target: Target;
  readonly provider: Provider<any>;
  readonly secret: string;
  /** An event that the handler takes; without one some usual forms are tried. */
  readonly body: Uint8Array | undefined;
  /** The URL that is signed, where it is not the one that is called. */
  readonly signedUrl: string;
  /** Milliseconds for each answer. */
  readonly patience: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/** Sends a forgery as it would come. */
export async function send(
  forge: Forge,
  { headers, body = forge.body }: Forgery,
  options: AttackOptions,
): Promise<Exchanged> {
  const { target, patience, signal } = options;
  const [method = "POST"] = forge.provider.methods ?? [];
  const plain = forge.plain.filter(([name]) => headers[name.toLowerCase()] === undefined);
  const outgoing = { method, url: target.url, headers: [...plain, ...Object.entries(headers)], body };
  return exchange(outgoing, { timeout: patience, limit: 65_536, signal, lookup: target.lookup });
}

/** Whether it was taken for a delivery. */
export const accepted = (came: Exchanged) => came.kind === "answer" && came.status >= 200 && came.status < 300;
