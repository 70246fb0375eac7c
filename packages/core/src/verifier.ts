import { platform } from "#crypto";
import { Answer, Refusal } from "./answer.ts";
import type { FormPayload } from "./body/form.ts";
import { describeGiven, givenBytes } from "./body/given.ts";
import { INFLATABLE } from "./body/inflate.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Delivery } from "./delivery.ts";
import { ConfigurationError, WebhookError } from "./errors.ts";
import { handleRequest, readRequest, type WebRequest, type WebResponse } from "./fetch.ts";
import { AMBIGUOUS, getHeader, getPlainHeader } from "./headers.ts";
import { Incoming } from "./incoming.ts";
import type { Key } from "./keys.ts";
import { adopt, andThen, isPromise, type Maybe } from "./maybe.ts";
import { describe } from "./messages.ts";
import { type NodeRequest, readIncoming } from "./node.ts";
import { resolveOptions, type VerifierOptions } from "./options.ts";
import type { PayloadKind, PayloadOf, Provider, Reply, RequestHead } from "./provider.ts";
import type { OutputOf, StandardSchema } from "./schema.ts";
import { type Proof, pathOf, Unreadable } from "./scheme/proof.ts";
import type { TokenScheme } from "./scheme/scheme.ts";
import { replyAnswer, Verifying } from "./verifying.ts";

/** A request whose body is already in hand. */
export interface WebhookRequest extends RequestHead {
  /** Exactly the bytes that came; text is taken as its UTF-8 bytes. */
  readonly body: Uint8Array | ArrayBuffer | ArrayBufferView | string;
}

/** The payload that the options give a handler: the schema's output, else raw bytes or a form where asked for, else the provider's. */
export type Payload<P, Schema, Kind> = Schema extends StandardSchema
  ? OutputOf<Schema>
  : Kind extends "raw"
    ? Uint8Array
    : Kind extends "form"
      ? FormPayload
      : PayloadOf<P>;

/** Lets genuine webhooks through and nothing else. Made once, used for every request. */
export interface Verifier<P = unknown, Context = unknown> {
  readonly provider: Provider;
  /**
   * Judges the head alone: a promise only where the secret has to be looked up. An `Answer` is what to reply without
   * reading the body; else feed the body to the `Incoming` and `finish()` it.
   */
  begin(request: RequestHead, context?: Context): Maybe<Incoming | Answer>;
  /**
   * The whole road, for a body already in hand.
   *
   * @throws WebhookError with a code that says why
   */
  verify(request: WebhookRequest, context?: Context): Promise<Delivery<P>>;
  /** A Fetch request to a response: verifies, calls the handler with what is genuine, settles, and answers. */
  handle<R extends WebRequest>(
    request: R,
    handler: (delivery: Delivery<P>, request: R) => Maybe<WebResponse | undefined | void>,
    context?: Context,
  ): Promise<Response>;
  /** Reads and verifies a Fetch `Request`. @throws WebhookError */
  verifyRequest(request: WebRequest, context?: Context): Promise<Delivery<P>>;
  /** Reads and verifies a request of `node:http`. @throws WebhookError */
  verifyIncoming(request: NodeRequest, context?: Context): Promise<Delivery<P>>;
  /** What adapters must know. */
  readonly settings: {
    readonly limit: number;
    readonly timeout: number;
    readonly deadlines: Deadlines;
    readonly manual: boolean;
    readonly onDuplicate: string;
    readonly clock: VerifierClock;
  };
}

type VerifierClock = ReturnType<typeof resolveOptions>["clock"];

/**
 * Builds a verifier for one provider. Everything that can be wrong with the set-up throws here.
 *
 * @throws ConfigurationError
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { stalwart } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(stalwart, { secret: "my-secret-key" });
 * const body = '{"events":[{"id":"1687359300037","createdAt":"2023-06-21T14:55:00Z","type":"auth.success","data":{"accountName":"jdoe@example.org","accountId":5,"spanId":302231454903657293}}]}';
 * const delivery = await verifier.verify({
 *   method: "POST",
 *   url: "/hooks/stalwart",
 *   headers: { "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=" },
 *   body,
 * });
 * console.log(delivery.payload.events[0]?.type); // auth.success
 * ```
 */
export function createVerifier<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  Context = unknown,
>(provider: P, options: VerifierOptions<Schema, Kind, Context>): Verifier<Payload<P, Schema, Kind>, Context> {
  const settings = resolveOptions(provider, options);
  const to = new Verifying(settings);
  const { signature, limit, methods, lookup, clock } = settings;
  const token = provider.scheme.kind === "token" ? provider.scheme : undefined;
  const open = provider.handshake?.open;
  const [onlyMethod] = methods.length === 1 ? methods : [];
  const encodings = settings.encoding === "refuse" ? undefined : INFLATABLE;

  function begin(head: RequestHead, context?: Context): Maybe<Incoming | Answer> {
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

  function beginEvent(head: RequestHead, context: Context | undefined): Maybe<Incoming | Answer> {
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

  function beginToken(scheme: TokenScheme, head: RequestHead, context: Context | undefined): Maybe<Incoming | Answer> {
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

  function lookUp(head: RequestHead, context: Context | undefined): Maybe<readonly Key[] | Refusal> {
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
      return isPromise(secrets) ? secrets.then(found, failed) : found(secrets);
    } catch (cause) {
      return failed(cause);
    }
  }

  /** The URL that the provider called, as it stands in the provider's own settings. */
  function resolveUrl(head: RequestHead, context: unknown): string | Refusal {
    const { publicUrl } = settings;
    const unknown = (why: string, cause?: unknown) =>
      to.refuse("body_consumed", `${provider.name} signs the URL, and ${why}`, head, context, false, cause);
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

  function settle(outcome: Maybe<Delivery | Answer>): Promise<Delivery<never>> {
    if (isPromise(outcome))
      return outcome.then((value) =>
        value instanceof Answer ? rejectLater(value, provider.name) : (value as Delivery<never>),
      );
    return outcome instanceof Answer
      ? rejectLater(outcome, provider.name)
      : Promise.resolve(outcome as Delivery<never>);
  }

  const verifier: Verifier<any, Context> = {
    provider,
    settings,
    begin,
    verify(request, context) {
      try {
        checkRequest(request);
        const begun = begin(request, context);
        if (begun instanceof Promise) return settle(begun.then((incoming) => finishGiven(incoming, request)));
        return settle(finishGiven(begun, request));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    handle: (request, handler, context) => handleRequest(verifier, request, handler as never, context),
    verifyRequest: async (request, context) => settle(await readRequest(verifier, request, context)),
    verifyIncoming: async (request, context) => settle(await readIncoming(verifier, request, context)),
  };
  return verifier;
}

/** The rest of the road, for a body already in hand. */
function finishGiven(incoming: Incoming | Answer, request: WebhookRequest): Maybe<Delivery | Answer> {
  if (incoming instanceof Answer) return incoming;
  const body = givenBytes(request.body);
  return body === undefined ? incoming.refuse("body_consumed", describeGiven(request.body)) : incoming.finishWith(body);
}

interface Shape {
  readonly declared: number;
  readonly encoding: string | undefined;
}
const NO_SHAPE: Shape = { declared: -1, encoding: undefined };

/** Rejects a turn later, when the caller already listens: a promise that rejects before anybody listens costs Node a microsecond more. */
function rejectLater(answer: Answer, provider: string): Promise<never> {
  const error =
    answer instanceof Refusal
      ? answer.error
      : new WebhookError("handshake", describe("handshake", "", provider), { status: answer.status, provider, answer });
  return new Promise((_, reject) => {
    READY.then(() => reject(error));
  });
}
const READY = Promise.resolve();

function query(url: string | undefined): URLSearchParams {
  const start = url?.indexOf("?") ?? -1;
  return new URLSearchParams(start === -1 ? "" : url?.slice(start + 1).split("#")[0]);
}

/** For callers without types: what is not a request must not read as a forged one. */
function checkRequest(request: WebhookRequest): void {
  const wrong = (option: string, message: string) => new ConfigurationError(option, message);
  if (typeof request !== "object" || request === null)
    throw wrong("request", "verify() takes one object: { method, url, headers, body }.");
  const { headers, method, url } = request;
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) {
    throw wrong(
      "headers",
      "verify() needs headers: a Headers object, or a record of names and values such as Node's request.headers.",
    );
  }
  if (method !== undefined && typeof method !== "string")
    throw wrong("method", 'method must be text, such as "POST", or absent.');
  if (url !== undefined && typeof url !== "string")
    throw wrong("url", "url must be text, as the request has it, or absent.");
}

/** The token behind its prefix; an authentication word such as `Bearer` is the same in any case (RFC 9110). */
function withoutPrefix(value: string, prefix: string): string | undefined {
  const start = value.slice(0, prefix.length);
  const same = start === prefix || (prefix.endsWith(" ") && start.toLowerCase() === prefix.toLowerCase());
  return same && value.length > prefix.length ? value.slice(prefix.length) : undefined;
}
