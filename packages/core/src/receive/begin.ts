import { platform } from "#crypto";
import { INFLATABLE } from "../body/inflate.ts";
import type { RequestHead } from "../head/head.ts";
import { AMBIGUOUS, getHeader, getPlainHeader } from "../head/headers.ts";
import { adopt, andThen, isPromise, type Maybe } from "../lib/promises.ts";
import { type Proof, pathOf, Unreadable } from "../scheme/compile.ts";
import type { Reply } from "../scheme/provider.ts";
import type { TokenScheme } from "../scheme/scheme.ts";
import type { Key } from "../secret/keys.ts";
import { within } from "../time/clock.ts";
import { replyAnswer, type Verifying } from "./accept.ts";
import { type Answer, Refusal } from "./answer.ts";
import { Incoming } from "./incoming.ts";

interface Shape {
  readonly declared: number;
  readonly encoding: string | undefined;
}
const NO_SHAPE: Shape = { declared: -1, encoding: undefined };

/**
 * Judges what the head alone can tell, cheapest first: a handshake, the method, the signature's grammar and time, or
 * the whole verdict on a static credential; then length and encoding; last the secret, which may have to be looked up.
 */
export function createBegin(to: Verifying): (head: RequestHead, context?: unknown) => Maybe<Incoming | Answer> {
  const { settings } = to;
  const { provider } = settings;
  const { signature, limit, methods, lookup, clock } = settings;
  const token = provider.scheme.kind === "token" ? provider.scheme : undefined;
  const open = provider.handshake?.open;
  const [onlyMethod] = methods.length === 1 ? methods : [];
  const encodings = settings.encoding === "refuse" ? undefined : INFLATABLE;

  function begin(head: RequestHead, context?: unknown): Maybe<Incoming | Answer> {
    if (open === undefined || (provider.handshake?.method ?? "POST") !== (head.method ?? "POST"))
      return beginEvent(head, context);
    const answer = (reply: Reply | undefined) => (reply === undefined ? beginEvent(head, context) : replyAnswer(reply));
    const failed = (cause: unknown) =>
      to.refuse("secret_unavailable", "the handshake function failed", head, context, false, cause);
    try {
      const reply = adopt(open(head, query(head.url), to.tools(settings.keys)));
      return isPromise(reply)
        ? (reply as Promise<Reply | undefined>).then(answer, failed)
        : answer(reply as Reply | undefined);
    } catch (cause) {
      return failed(cause);
    }
  }

  function beginEvent(head: RequestHead, context: unknown): Maybe<Incoming | Answer> {
    const { method } = head;
    if (method !== undefined && method !== onlyMethod && !methods.includes(method)) {
      return to.refuse("method_not_allowed", method, head, context, false);
    }
    if (token !== undefined) return beginToken(token, head, context);
    let url = "";
    if (signature?.signsUrl === true || signature?.signsPath === true) {
      const found = resolveUrl(head, context);
      if (found instanceof Refusal) return found;
      url = found;
    }
    const proof = (signature as NonNullable<typeof signature>).readProof(head, url, (timestamp) =>
      to.judgeTime(timestamp, clock.now(), head, context, false),
    );
    if (proof instanceof Refusal) return proof;
    if (proof instanceof Unreadable) {
      return proof.problem === undefined
        ? to.refuse("missing_signature", proof.header, head, context, false)
        : to.refuse("malformed_signature", `"${proof.header}": ${proof.problem}`, head, context, false);
    }
    const shape = readShape(head, context, false);
    if (shape instanceof Refusal) return shape;
    const keys = settings.keys ?? lookUp(head, context);
    if (!isPromise(keys)) return opened(keys as readonly Key[] | Refusal, head, context, proof, shape);
    return keys.then((found) => opened(found, head, context, proof, shape));
  }

  function opened(
    keys: readonly Key[] | Refusal,
    head: RequestHead,
    context: unknown,
    proof: Proof,
    shape: Shape,
  ): Incoming | Refusal {
    if (keys instanceof Refusal) return keys;
    return new Incoming(to, head, context, keys, proof, -1, shape.encoding, shape.declared);
  }

  function beginToken(scheme: TokenScheme, head: RequestHead, context: unknown): Maybe<Incoming | Answer> {
    const value = getHeader(head.headers, scheme.header, head.rawHeaders);
    if (value === undefined) return to.refuse("missing_signature", scheme.header, head, context, false);
    if (value === AMBIGUOUS)
      return to.refuse("malformed_signature", `"${scheme.header}": it stands there twice`, head, context, false);
    const presented = withoutPrefix(value, scheme.prefix);
    if (presented === undefined || presented.length > 4096) {
      return to.refuse(
        "malformed_signature",
        `"${scheme.header}": it does not read "${scheme.prefix}<token>"`,
        head,
        context,
        false,
      );
    }
    return andThen(settings.keys ?? lookUp(head, context), (keys) => {
      if (keys instanceof Refusal) return keys;
      return andThen(matchToken(presented, keys), (index) => {
        if (index < 0) return to.refuse("credential_mismatch", scheme.header, head, context, false);
        const shape = readShape(head, context, true);
        if (shape instanceof Refusal) return shape;
        return new Incoming(to, head, context, keys, undefined, index, shape.encoding, shape.declared);
      });
    });
  }

  function matchToken(presented: string, keys: readonly Key[]): Maybe<number> {
    return andThen(platform.textDigest(presented), (digest) => {
      const compare = (credentials: readonly string[]) => {
        let index = -1;
        for (let i = credentials.length - 1; i >= 0; i--)
          if (platform.equal(digest, credentials[i] as string)) index = i;
        return index;
      };
      const credentials = keys.map((key) => key.credential as Maybe<string>);
      return credentials.some(isPromise) ? Promise.all(credentials).then(compare) : compare(credentials as string[]);
    });
  }

  /** Length and encoding, as the head declares them. */
  function readShape(head: RequestHead, context: unknown, proven: boolean): Shape | Refusal {
    const length = getPlainHeader(head.headers, "content-length", head.rawHeaders);
    let declared = -1;
    if (length !== undefined) {
      if (typeof length !== "string" || !/^\d{1,15}$/.test(length))
        return to.refuse("body_incomplete", "Content-Length is not a number", head, context, proven);
      declared = Number(length);
      if (declared > limit) return to.refuse("body_too_large", limit, head, context, proven);
    }
    let encoding = getPlainHeader(head.headers, "content-encoding", head.rawHeaders);
    if (encoding === undefined) return declared === -1 ? NO_SHAPE : { declared, encoding };
    if (typeof encoding === "string") encoding = encoding.trim().toLowerCase();
    if (encoding === "identity" || encoding === "") return { declared, encoding: undefined };
    if (typeof encoding !== "string" || encodings?.has(encoding) !== true) {
      return to.refuse(
        "unsupported_encoding",
        typeof encoding === "string" ? encoding : "several",
        head,
        context,
        proven,
      );
    }
    return { declared, encoding };
  }

  function lookUp(head: RequestHead, context: unknown): Maybe<readonly Key[] | Refusal> {
    const failed = (cause: unknown) =>
      to.refuse(
        "secret_unavailable",
        cause instanceof Error && cause.name === "ConfigurationError" ? cause.message : "it failed",
        head,
        context,
        false,
        cause,
      );
    const found = (secrets: unknown): readonly Key[] | Refusal => {
      if (secrets === null) return to.refuse("unknown_sender", "", head, context, false);
      try {
        return settings.keysFrom(secrets as string);
      } catch (cause) {
        return failed(cause);
      }
    };
    try {
      const secrets = adopt((lookup as NonNullable<typeof lookup>)(head, context));
      if (!isPromise(secrets)) return found(secrets);
      const late = () => Promise.reject(new Error("it took too long"));
      return within<unknown>(clock, settings.timeout, secrets, late).then(found, failed);
    } catch (cause) {
      return failed(cause);
    }
  }

  /** The URL that the provider called, as it stands in the provider's own settings. */
  function resolveUrl(head: RequestHead, context: unknown): string | Refusal {
    const { publicUrl } = settings;
    const unknown = (why: string, cause?: unknown) =>
      to.refuse("misconfigured", `${provider.name} signs the URL, and ${why}`, head, context, false, cause);
    if (typeof publicUrl === "function") {
      try {
        const given: unknown = publicUrl(head);
        return typeof given === "string" ? given : unknown("publicUrl() did not return one.");
      } catch (cause) {
        return unknown("publicUrl() threw.", cause);
      }
    }
    const url = head.url ?? "";
    if (publicUrl !== undefined) return publicUrl + pathOf(url);
    if (/^https?:\/\//i.test(url) || signature?.signsUrl !== true) return url;
    return unknown(
      'this request shows only its path: set publicUrl to the origin that the provider calls, such as "https://example.com".',
    );
  }

  return begin;
}

function query(url: string | undefined): URLSearchParams {
  const start = url?.indexOf("?") ?? -1;
  return new URLSearchParams(start === -1 ? "" : url?.slice(start + 1).split("#")[0]);
}

/** The token behind its prefix; an authentication word such as `Bearer` is the same in any case (RFC 9110). */
function withoutPrefix(value: string, prefix: string): string | undefined {
  const start = value.slice(0, prefix.length);
  const same = start === prefix || (prefix.endsWith(" ") && start.toLowerCase() === prefix.toLowerCase());
  return same && value.length > prefix.length ? value.slice(prefix.length) : undefined;
}
