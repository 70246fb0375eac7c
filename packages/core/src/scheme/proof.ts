import type { RequestHead } from "../head/head.ts";
import { AMBIGUOUS, getHeader } from "../head/headers.ts";

/** What the head of a signed request claims, read but not yet believed. */
export interface Proof {
  /** All that the header offers; any of them may match, under any active secret. */
  readonly signatures: readonly string[];
  /** Milliseconds since the epoch; NaN when the scheme signs no time. */
  readonly timestamp: number;
  /** The delivery id that the signature covers; `undefined` where the scheme signs none. */
  readonly id: string | undefined;
  /** The signed content in front of the body and behind it. */
  readonly before: string;
  /** The same with the URL as it came, where a signature over that is genuine too; else `before` itself. */
  readonly plain: string | Unreadable;
  /** What is signed behind the body, as `before` is in front of it. */
  readonly after: string;
  /** The public one, origin included; empty where neither it nor its path is signed. */
  readonly url: string;
}

/** Why the head cannot be read: which header, and what is wrong with it (absent when it is missing). */
export class Unreadable {
  /** Lower-case name of the header that is missing or broken. */
  readonly header: string;
  /** A phrase for the developer; `undefined` when it is simply not there. */
  readonly problem: string | undefined;
  constructor(header: string, problem?: string) {
    this.header = header;
    this.problem = problem;
  }
}

/** One header by its lower-case name, or why it cannot be read. */
export function readHeader(head: RequestHead, name: string): string | Unreadable {
  const value = getHeader(head.headers, name, head.rawHeaders);
  if (typeof value === "string") return value;
  return new Unreadable(name, value === AMBIGUOUS ? "it appears twice" : undefined);
}
