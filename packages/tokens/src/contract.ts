// TEMPORARY: a copy of the interface of `@countersign/core/scheme` until that is on main.
import type { Duration, RequestHead } from "@countersign/core";
import type { MaybePromise } from "@countersign/core/adapter";

export type Secret = string | Uint8Array;
export type ProofHead = RequestHead & { readonly url: string; readonly now: number };
export interface ProofMessage {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timestamp?: Date | number;
  readonly id?: string;
}
export interface ProofScheme<Shown = any, Key = any> {
  readonly kind: "proof";
  readonly description: string;
  readonly headers: readonly string[];
  readonly signs?: "url" | "path";
  readonly covers: "body" | "nothing";
  readonly tolerance?: Duration;
  prepare(secret: Secret): Key;
  read(head: ProofHead): Shown | Fault;
  judgeHead?(shown: Shown, keys: FindKeys<Key>): MaybePromise<Proven | Fault>;
  judgeBody?(shown: Shown, body: Uint8Array, keys: FindKeys<Key>): MaybePromise<Proven | Fault>;
  signer?(secrets: readonly Secret[]): (message: ProofMessage) => MaybePromise<Record<string, string>>;
}
export type FindKeys<Key> = (wanted?: KeyWanted) => MaybePromise<readonly Key[]>;
export interface KeyWanted {
  readonly keyId?: string;
  readonly algorithm?: string;
  readonly url?: string;
}
export interface Proven {
  readonly secretIndex: number;
  readonly timestamp?: number;
  readonly id?: string;
  readonly signed?: Uint8Array | string;
}
export type FaultCode =
  | "missing_signature"
  | "malformed_signature"
  | "signature_mismatch"
  | "credential_mismatch"
  | "unknown_sender"
  | "timestamp_too_old"
  | "timestamp_in_future"
  | "malformed_payload";
export class Fault {
  readonly code: FaultCode;
  readonly header: string;
  readonly problem: string;
  constructor(code: FaultCode, header = "", problem = "") {
    this.code = code;
    this.header = header;
    this.problem = problem;
  }
}
/** One header by its lower-case name, or why it cannot be read. */
export function readHeader(head: RequestHead, name: string): string | Fault {
  const headers = head.headers as Record<string, unknown> & { get?: (name: string) => string | null };
  const value = typeof headers.get === "function" ? headers.get(name) : headers[name];
  if (value === undefined || value === null) return new Fault("missing_signature", name);
  return typeof value === "string" ? value : new Fault("malformed_signature", name, "it appears twice");
}
