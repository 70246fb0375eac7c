import { platform } from "#crypto";
import { INFLATABLE } from "../body/inflate.ts";
import type { Answer } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { AMBIGUOUS, getHeader, getPlainHeader } from "../head/headers.ts";
import { adopt, andThen, every, guarded, isPromise, type MaybePromise } from "../lib/promises.ts";
import type { SignatureScheme } from "../scheme/compile.ts";
import { Unreadable } from "../scheme/proof.ts";
import type { TokenScheme } from "../scheme/scheme.ts";
import { pathOf } from "../scheme/signed-content.ts";
import type { Key } from "../secret/keys.ts";
import type { Secrets } from "../secret/secrets.ts";
import { within } from "../time/clock.ts";
import { Arrival } from "./arrival.ts";
import { answerOpen } from "./handshake.ts";
import { Incoming } from "./incoming.ts";
import { Refusal } from "./refusal.ts";
import type { Settings } from "./settings.ts";

/**
 * Judges what the head alone can tell, cheapest first: a handshake, the method, the signature's grammar and time, or
 * the whole verdict on a static credential; then length and encoding; last the secret, which may have to be looked up.
 */
export function begin(settings: Settings, head: RequestHead, context?: unknown): MaybePromise<Incoming | Answer> {
  const arrival = new Arrival(settings, head, context);
  const judged =
    settings.provider.handshake?.open === undefined
      ? judgeHead(arrival)
      : andThen(answerOpen(arrival), (answer) => answer ?? judgeHead(arrival));
  return arrival.inspection === undefined ? judged : andThen(judged, (result) => toldHead(arrival, result));
}

function toldHead({ inspection }: Arrival, result: Incoming | Answer): Incoming | Answer {
  if (result instanceof Incoming) inspection?.tell("head", "accepted");
  else if (!(result instanceof Refusal)) inspection?.tell("verdict", "handshake", { status: result.status });
  return result;
}

function judgeHead(arrival: Arrival): MaybePromise<Incoming | Answer> {
  const { methods, signature, credential } = arrival.settings;
  const { method } = arrival.head;
  if (method !== undefined && method !== methods[0] && !methods.includes(method))
    return arrival.refuse("method_not_allowed", method);
  if (signature !== undefined) return judgeSignature(arrival, signature);
  return judgeCredential(arrival, credential as TokenScheme);
}

/** For providers that sign: what the signature claims, its time, and the keys that it may be made with. */
function judgeSignature(arrival: Arrival, scheme: SignatureScheme): MaybePromise<Incoming | Answer> {
  const url = scheme.signsUrl || scheme.signsPath ? resolveUrl(arrival, scheme) : "";
  if (url instanceof Refusal) return url;
  const proof = scheme.readProof(arrival.head, url, arrival);
  if (proof instanceof Refusal) return proof;
  if (proof instanceof Unreadable) {
    return proof.problem === undefined
      ? arrival.refuse("missing_signature", proof.header)
      : arrival.refuse("malformed_signature", `"${proof.header}": ${proof.problem}`);
  }
  arrival.proof = proof;
  const refusal = judgeShape(arrival);
  if (refusal !== undefined) return refusal;
  const { keys } = arrival.settings;
  if (keys !== undefined) {
    arrival.keys = keys;
    return new Incoming(arrival);
  }
  return andThen(lookUp(arrival), (refused) => refused ?? new Incoming(arrival));
}

/** For static credentials: the whole verdict. */
function judgeCredential(arrival: Arrival, scheme: TokenScheme): MaybePromise<Incoming | Answer> {
  const { head, settings } = arrival;
  const { header } = scheme;
  const value = getHeader(head.headers, header, head.rawHeaders);
  if (value === undefined) return arrival.refuse("missing_signature", header);
  if (value === AMBIGUOUS) return arrival.refuse("malformed_signature", `"${header}": it appears twice`);
  const presented = withoutPrefix(value, scheme.prefix);
  if (presented === undefined || presented.length > 4096)
    return arrival.refuse("malformed_signature", `"${header}": it does not read "${scheme.prefix}<token>"`);
  if (settings.keys !== undefined) arrival.keys = settings.keys;
  const looked = settings.keys === undefined ? lookUp(arrival) : undefined;
  return andThen(looked, (refusal) => {
    if (refusal !== undefined) return refusal;
    return andThen(matchCredential(presented, arrival.keys), (index) => {
      if (index < 0) return arrival.refuse("credential_mismatch", header);
      arrival.secretIndex = index;
      return judgeShape(arrival) ?? new Incoming(arrival);
    });
  });
}

/** The index of the first credential that was presented, or -1. Compares with all of them, whichever matches. */
function matchCredential(presented: string, keys: readonly Key[]): MaybePromise<number> {
  return andThen(platform.textDigest(presented), (digest) =>
    andThen(every(keys.map((key) => key.credential as MaybePromise<string>)), (credentials) => {
      let index = -1;
      for (let i = credentials.length - 1; i >= 0; i--) if (platform.equal(digest, credentials[i] as string)) index = i;
      return index;
    }),
  );
}

/** Length and encoding, as the head declares them. */
function judgeShape(arrival: Arrival): Refusal | undefined {
  const { settings, head } = arrival;
  const { headers, rawHeaders } = head;
  const length = getPlainHeader(headers, "content-length", rawHeaders);
  if (length !== undefined) {
    if (typeof length !== "string" || !/^\d{1,15}$/.test(length))
      return arrival.refuse("body_incomplete", "Content-Length is not a number");
    arrival.declared = Number(length);
    if (arrival.declared > settings.limit) return arrival.refuse("body_too_large", settings.limit);
  }
  const written = getPlainHeader(headers, "content-encoding", rawHeaders);
  if (written === undefined) return undefined;
  if (written === AMBIGUOUS) return arrival.refuse("unsupported_encoding", "several");
  const encoding = written.trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return undefined;
  if (settings.encoding === "refuse" || !INFLATABLE.has(encoding))
    return arrival.refuse("unsupported_encoding", encoding);
  arrival.encoding = encoding;
  return undefined;
}

/** Finds the keys of this request's own secret. */
function lookUp(arrival: Arrival): MaybePromise<Refusal | undefined> {
  const { settings, head, context } = arrival;
  const { lookup, clock, timeout, ring } = settings;
  const failed = (cause: unknown): Refusal =>
    arrival.refuse(
      "secret_unavailable",
      cause instanceof Error && cause.name === "ConfigurationError" ? cause.message : "it failed",
      cause,
    );
  const late = () => Promise.reject(new Error("it took too long"));
  const use = (secrets: Secrets | null | undefined): Refusal | undefined => {
    if (secrets === null) return arrival.refuse("unknown_sender");
    arrival.looked = secrets;
    arrival.keys = ring.find(secrets as Secrets, (mistake) => arrival.passedOver(mistake));
    return undefined;
  };
  return guarded(() => {
    const found = adopt((lookup as NonNullable<typeof lookup>)(head, context));
    return andThen(isPromise(found) ? within(clock, timeout, found, late) : found, use);
  }, failed);
}

/** The URL that the provider called, as the provider's own settings have it. */
function resolveUrl(arrival: Arrival, scheme: SignatureScheme): string | Refusal {
  const { publicUrl, exactUrl, provider } = arrival.settings;
  if (exactUrl !== undefined) return typeof exactUrl === "string" ? exactUrl : toldUrl(arrival, "exactUrl", exactUrl);
  const own = arrival.head.url ?? "";
  const url =
    typeof publicUrl === "function"
      ? toldUrl(arrival, "publicUrl", publicUrl)
      : publicUrl === undefined
        ? own
        : publicUrl + pathOf(own);
  if (typeof url !== "string") return url;
  if (publicUrl === undefined && scheme.signsUrl && !/^https?:\/\//i.test(url)) {
    return arrival.refuse(
      "misconfigured",
      `${provider.name} signs the URL, and this request shows only its path: set publicUrl to the origin that the provider calls, such as "https://example.com".`,
    );
  }
  if (!scheme.urlMeetsBody || !url.includes("?")) return url;
  return arrival.refuse(
    "malformed_signature",
    "nothing separates the signed URL from the body, so its query can swallow the body's start. Where the URL in the provider's settings has a query, give it whole as exactUrl",
  );
}

/** What the user's own function says that the URL is. */
function toldUrl(arrival: Arrival, option: string, tell: (request: RequestHead) => string): string | Refusal {
  const { provider } = arrival.settings;
  const unknown = (why: string, cause?: unknown) =>
    arrival.refuse("misconfigured", `${provider.name} signs the URL, and ${option}() ${why}.`, cause);
  try {
    const url: unknown = tell(arrival.head);
    return typeof url === "string" ? url : unknown("did not return one");
  } catch (cause) {
    return unknown("threw", cause);
  }
}

/** The token behind its prefix; an authentication word such as `Bearer` is the same in any case (RFC 9110). */
function withoutPrefix(value: string, prefix: string): string | undefined {
  const start = value.slice(0, prefix.length);
  const same = start === prefix || (prefix.endsWith(" ") && start.toLowerCase() === prefix.toLowerCase());
  return same && value.length > prefix.length ? value.slice(prefix.length) : undefined;
}
