import { INFLATABLE } from "../body/inflate.ts";
import type { Answer } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { AMBIGUOUS, getPlainHeader } from "../head/headers.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { SignatureScheme } from "../scheme/compile.ts";
import { Unreadable } from "../scheme/proof.ts";
import { Arrival } from "./arrival.ts";
import { answerOpen } from "./handshake.ts";
import { Incoming } from "./incoming.ts";
import { lookUp } from "./look-up.ts";
import { proveHead } from "./prove.ts";
import { Refusal } from "./refusal.ts";
import type { Settings } from "./settings.ts";
import { resolveUrl } from "./url.ts";

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
  const { methods, signature } = arrival.settings;
  const { method } = arrival.head;
  if (method !== undefined && method !== methods[0] && !methods.includes(method))
    return arrival.refuse("method_not_allowed", method);
  if (signature !== undefined) return judgeSignature(arrival, signature);
  return andThen(proveHead(arrival), (refusal) => refusal ?? judgeShape(arrival) ?? new Incoming(arrival));
}

/** For providers that sign: what the signature claims, its time, and the keys that it may be made with. */
function judgeSignature(arrival: Arrival, scheme: SignatureScheme): MaybePromise<Incoming | Answer> {
  const url = scheme.signs === undefined ? "" : resolveUrl(arrival, scheme);
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
  return andThen(lookUp(arrival, scheme.keyWanted(arrival.head)), (none) =>
    none === undefined ? new Incoming(arrival) : arrival.refuse(none.code, none.detail, none.cause),
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
