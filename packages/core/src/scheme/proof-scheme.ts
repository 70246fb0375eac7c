import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Duration } from "../time/duration.ts";
import type { KeyWanted, Secret } from "./secret.ts";

/** The head of a request, as a scheme that judges by itself is given it. */
export interface ProofHead extends RequestHead {
  /** The public URL where the scheme signs it (`signs`), as `publicUrl` and `exactUrl` say; else the request's own. */
  readonly url: string;
  /** The verifier's clock, in milliseconds since the epoch. */
  readonly now: number;
}

/** Why a scheme refuses a request. */
export class Fault {
  /** Decides the status of the answer, and what the developer is told. */
  readonly code: FaultCode;
  /** Lower-case name of the header that it is about, or what else holds the proof (`"the body"`). */
  readonly header: string;
  /** A phrase for the developer, never sent and without any secret; for a time that lies outside, by how many milliseconds. */
  readonly problem: string | number;

  constructor(code: FaultCode, header = "", problem: string | number = "") {
    this.code = code;
    this.header = header;
    this.problem = problem;
  }
}

/** What a scheme's own judgement can end with. */
export type FaultCode =
  | "missing_signature"
  | "malformed_signature"
  | "signature_mismatch"
  | "credential_mismatch"
  | "unknown_sender"
  | "timestamp_too_old"
  | "timestamp_in_future"
  | "malformed_payload";

/** What a scheme's own judgement found true of a request: by which key, and what else was signed with it. */
export interface Proven {
  /** Which of the keys matched, counted from 0. */
  readonly secretIndex: number;
  /** When it was signed, in milliseconds since the epoch: the verifier's `tolerance` is asked. Absent where no time is signed. */
  readonly timestamp?: number;
  /** The delivery id: the replay key that joins retries which are signed anew. Absent where none is signed. */
  readonly id?: string;
  /** What is signed, where that is not the body: its digest is a replay key. Text is one byte a character. */
  readonly signed?: string;
}

/**
 * Finds the keys that may have made a proof. A lookup that fails throws, or rejects: let it through, the verifier
 * answers 503 and tells its operator.
 */
export type FindKeys<Key> = (wanted?: KeyWanted) => MaybePromise<readonly Key[]>;

/** One request of our own that is about to be sent, as a scheme is given it to sign. */
export interface ProofMessage {
  /** In upper case, such as `"POST"`: the provider's first, unless the caller said another. */
  readonly method: string;
  /** The URL that is called; empty where nobody gave one. */
  readonly url: string;
  /** The other headers of the request, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the bytes that are sent. */
  readonly body: Uint8Array;
  /** When it is signed; a number is in the scheme's own unit. Default: now. */
  readonly timestamp?: Date | number;
  /** The delivery id, for schemes that sign one. */
  readonly id?: string;
}

/**
 * A scheme that reads and judges by itself: a token, an HTTP message signature, a signature inside the body. It goes the
 * same road as the others: limits, windows, replay and refusals are the verifier's.
 */
export interface ProofScheme<Shown = any, Key = any> {
  readonly kind: "proof";
  /** For people, in listings: `"a JWT whose claim is the body's hash"`. */
  readonly description: string;
  /** Lower-case names of the headers that carry the proof; none where the body does. No other header of a sent request may override them. */
  readonly headers: readonly string[];
  /** Which form of the URL is part of the proof; absent where none is. */
  readonly signs?: "url" | "path";
  /** Whether the proof covers the body. With `"nothing"` whoever has seen one request can send another body, and no digest is a replay key. */
  readonly covers: "body" | "nothing";
  /** How far a signed time may lie from now, unless the `tolerance` option says otherwise; absent where none is signed. */
  readonly tolerance?: Duration;
  /** Prepares one secret; the result is kept. @throws ConfigurationError for one that cannot be right */
  prepare(secret: Secret): Key;
  /** What the head shows, by its grammar alone: synchronous, and without asking for a key. The object is this request's own. */
  read(head: ProofHead): Shown | Fault;
  /** Judges by the head alone, before a byte of the body is read; absent where the body decides. */
  judgeHead?(shown: Shown, keys: FindKeys<Key>): MaybePromise<Proven | Fault>;
  /** Judges the whole body; absent where the head decided. With both, both must say yes, and what the last one proves counts. */
  judgeBody?(shown: Shown, body: Uint8Array, keys: FindKeys<Key>): MaybePromise<Proven | Fault>;
  /** Makes the headers that prove a message; absent where only the vendor can. */
  signer?(secrets: readonly Secret[]): (message: ProofMessage) => MaybePromise<Record<string, string>>;
}
