import { createHash, createHmac } from "node:crypto";
import type { Provider, WebhookErrorCode } from "@countersign/core";

/** What a test of the peer gives to its library, or what a request over HTTP would have held. */
export interface Given {
  /** One secret, several, or a lookup. Some cases give what is no secret at all. */
  readonly secret: unknown;
  /** Default `"POST"`. */
  readonly method?: string;
  /** Default `"https://example.com/hook"`. */
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
  /** The time of both sides, in milliseconds since the epoch. */
  readonly now: number;
  /** What else the peer's function is given, such as its tolerance. */
  readonly with?: Readonly<Record<string, unknown>>;
}

/** What we say: the delivery, a refusal's code (a handshake is proven, and answered), or a set-up that does not build. */
export type Verdict = "accepted" | "ConfigurationError" | WebhookErrorCode;

/** One request, and what the peer's suite and we make of it. */
export interface Row extends Partial<Given> {
  /** Unique in its peer. */
  readonly id: string;
  /** The peer's own cases, in a few words of ours. One case may make several rows, and one row may stand for several. */
  readonly from: string | readonly string[];
  /** Another row of ours than the peer's usual one. */
  readonly provider?: Provider<any>;
  /** What the peer's suite expects; a key that its library refuses to take counts as refused. */
  readonly theirs: "accepted" | "refused";
  readonly ours: Verdict;
  /** Options of our verifier that say the same as `with`. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Set where we answer otherwise than the peer, on purpose: why. */
  readonly differs?: string;
  /** Set where the installed package cannot be asked: why. */
  readonly unasked?: string;
}

/** A case of the peer that is no row here, and why. */
export interface LeftOut {
  readonly case: string;
  readonly reason: string;
}

/** One library's own tests of webhook signatures. */
export interface Peer {
  readonly name: string;
  /** Repository and commit that were read, and the files in it. */
  readonly source: string;
  readonly files: readonly string[];
  /** How many cases those files hold; a case that runs in two settings counts once. */
  readonly cases: number;
  /** What of those files, or beside them, is not about a request that comes in, and not counted. */
  readonly outside?: string;
  readonly provider: Provider<any>;
  /** What rows have in common. */
  readonly given: Given;
  /** Asks the peer's own package: `false`, or whatever it throws, is a refusal. Without it, see `unaskable`. */
  readonly ask?: (given: Given) => unknown;
  /** Why the package is not installed here; its expectations then stand as its suite has them. */
  readonly unaskable?: string;
  readonly rows: readonly Row[];
  readonly leftOut: readonly LeftOut[];
}

/** Cases that are left out for one reason. */
export function because(reason: string, ...cases: readonly string[]): LeftOut[] {
  return cases.map((name) => ({ case: name, reason }));
}

/** A MAC by Node alone, as the peers' tests make theirs. */
export function mac(
  digest: "sha1" | "sha256",
  encoding: "hex" | "base64",
  key: string | Uint8Array,
  text: string | Uint8Array,
) {
  return createHmac(digest, key).update(text).digest(encoding);
}

/** A plain hash, in hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A body as text, for libraries that take nothing else. */
export function textOf(body: string | Uint8Array): string {
  return typeof body === "string" ? body : Buffer.from(body).toString();
}

/** A header that is there once, or nothing. */
export function headerOf({ headers }: Given, name: string): string {
  const value = headers[name];
  return typeof value === "string" ? value : "";
}
