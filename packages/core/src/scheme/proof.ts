import type { RequestHead } from "../head/head.ts";
import { AMBIGUOUS, getHeader } from "../head/headers.ts";

/** What the head of a signed request claims, read but not yet believed. */
export interface Proof {
  readonly signatures: readonly string[];
  /** Milliseconds since the epoch; NaN when the scheme signs no time. */
  readonly timestamp: number;
  readonly id: string | undefined;
  /** The signed content in front of the body and behind it. */
  readonly before: string;
  readonly after: string;
  /** The public URL, where it is signed. */
  readonly url: string;
}

/** Why the head cannot be read: which header, and what is wrong with it (absent when it is missing). */
export class Unreadable {
  readonly header: string;
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
