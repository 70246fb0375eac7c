// A copy of what @countersign/core/scheme will export, until it has landed.
import type { Duration, HeadersLike, RequestHead } from "@countersign/core";

export type MaybePromise<T> = T | Promise<T>;
export type Secret = string | Uint8Array;
export interface ProofHead extends RequestHead {
  readonly url: string;
  readonly now: number;
}
export interface ProofMessage {
  readonly method: string;
  readonly url: string;
  readonly headers: HeadersLike;
  readonly body: Uint8Array;
  readonly timestamp?: Date | number;
  readonly id?: string;
}
export interface KeyWanted {
  readonly keyId?: string;
  readonly algorithm?: string;
  readonly url?: string;
}
export type FindKeys<Key> = (wanted?: KeyWanted) => MaybePromise<readonly Key[]>;
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
