import { platform } from "#crypto";
import { receivedBytes } from "../body/received.ts";
import { signedBody } from "../body/signed-body.ts";
import type { Content } from "../crypto/shape.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { andThen, every, type MaybePromise } from "../lib/promises.ts";
import { SignatureScheme } from "../scheme/compile.ts";
import type { IdGrammar } from "../scheme/id.ts";
import { Unreadable } from "../scheme/proof.ts";
import type { ProofScheme } from "../scheme/proof-scheme.ts";
import { checkRow, type Provider } from "../scheme/provider.ts";
import {
  type AsymmetricScheme,
  isProof,
  type MacScheme,
  type SigningScheme,
  type TokenScheme,
} from "../scheme/scheme.ts";
import type { Secret, Secrets } from "../scheme/secret.ts";
import { REQUEST_LINE } from "../scheme/signed-content.ts";
import { readTimestamp, writeTimestamp } from "../scheme/time.ts";
import { type ContentSigner, kindOf } from "../secret/keys.ts";
import { secretList } from "../secret/secrets.ts";
import { type ExternalSigner, externalSigner, type SignBytes } from "./external.ts";

/** The bytes of one request that is about to be sent, with whatever else its scheme covers. */
export interface SignMessage {
  /** Exactly the bytes that are sent; text is taken as its UTF-8 bytes. */
  readonly body: Uint8Array | string;
  /** A `Date`, or a number that goes into the header as it is, in the provider's own unit. Default: now. */
  readonly timestamp?: Date | number;
  /** The delivery id, for providers that sign one. Default: a random one. */
  readonly id?: string;
  /** The HTTP method, default `"POST"`; matters only to schemes that sign it. */
  readonly method?: string;
  /** The URL that is called, for providers that sign it. */
  readonly url?: string;
  /** Other headers of the request, for providers that sign some, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request's bytes, and whose signature they are to carry. */
export interface SignRequest extends SignMessage {
  /** The secret, or several: each signs where the header can carry more than one signature, else the first alone. */
  readonly secret: Secrets;
}

/** With what a signer signs: exactly one of the two. */
export interface SignerOptions {
  /** One, or several: each signs where the header can carry more than one signature, else the first alone. */
  readonly secret?: Secrets;
  /** Keys that stay where they are, in a KMS or an HSM; several during a rotation, as with `secret`. */
  readonly signer?: SignBytes | ExternalSigner | readonly (SignBytes | ExternalSigner)[];
}

/** Signs many messages for one provider with the same secrets. */
export interface Signer {
  /** The headers that prove a message; a promise only where the platform hashes asynchronously. */
  sign(message: SignMessage): MaybePromise<Record<string, string>>;
  /** Lower-case names of all headers that `sign` may set: what other headers must not override. */
  readonly headers: readonly string[];
}

/**
 * The headers that prove a message, from the same provider that verifies them.
 *
 * @throws ConfigurationError when the secret is not what the provider asks for, or the message lacks something that is signed
 * @example
 * ```ts
 * import { sign } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 *
 * const headers = await sign(tailscale, {
 *   secret: "tskey-webhook-xxxxx",
 *   timestamp: 1784000000,
 *   body: '[{"type":"nodeCreated","tailnet":"example.com","message":"Node alice-workstation1.yak-bebop.ts.net created"}]',
 * });
 * console.log(headers["tailscale-webhook-signature"]);
 * // t=1784000000,v1=50eaf5dfcedb5f1c555a344d1e5318510a3fd2517389f992673ae17915546ba0
 * ```
 */
export async function sign(provider: Provider<any>, request: SignRequest): Promise<Record<string, string>> {
  return createSigner(provider, { secret: request.secret }).sign(request);
}

/**
 * Prepares the secrets once, for a sender that signs many messages.
 *
 * @throws ConfigurationError when the secret is not what the provider asks for
 */
export function createSigner(provider: Provider<any>, options: SignerOptions): Signer {
  checkRow(provider);
  const { scheme } = provider;
  const { secret, signer } = options;
  if (signer !== undefined && (secret !== undefined || isProof(scheme))) {
    throw new ConfigurationError(
      "signer",
      secret === undefined
        ? `${provider.name} makes no signature over bytes: give secret.`
        : "Give secret or signer, not both.",
    );
  }
  return isProof(scheme)
    ? proofSigner(provider, scheme, secret as Secrets)
    : signatureSigner(provider, scheme, makersOf(provider, scheme, options));
}

/** How each signature is made: with a secret, or outside of this process. */
function makersOf(
  provider: Provider,
  scheme: MacScheme | AsymmetricScheme,
  { secret, signer }: SignerOptions,
): readonly ContentSigner[] {
  const kind = kindOf<SigningScheme>(scheme);
  if (signer === undefined) return secretList(secret, provider.notSecrets).map((one) => kind.signer(scheme, one));
  const list = [signer].flat();
  if (list.length === 0) throw new ConfigurationError("signer", "signer is an empty list: give at least one.");
  return list.map((one, index) => externalSigner(scheme, one, list.length === 1 ? "signer" : `signer[${index}]`));
}

/** For schemes that sign by themselves. */
function proofSigner(provider: Provider, scheme: TokenScheme | ProofScheme, secrets: Secrets): Signer {
  const sign = scheme.signer?.(secretList(secrets, provider.notSecrets));
  if (sign === undefined) {
    throw new ConfigurationError(
      "provider",
      `${provider.name} can be verified here and not signed: only the vendor can.`,
    );
  }
  return {
    headers: scheme.headers,
    sign(message) {
      const { method = provider.methods?.[0] ?? "POST", url = "", headers = {} } = message;
      return sign({ ...message, method, url, headers, body: bytesOf(message) });
    },
  };
}

function signatureSigner(
  provider: Provider,
  scheme: MacScheme | AsymmetricScheme,
  makers: readonly ContentSigner[],
): Signer {
  const compiled = new SignatureScheme(scheme);
  const { layout, signatureHeader, timeHeader, idHeader, idGrammar } = compiled;
  const making = layout.many ? makers : makers.slice(0, 1);

  return {
    headers: [signatureHeader, timeHeader, idHeader].filter((name) => name !== undefined),
    sign(message) {
      const timestamp = scheme.timestamp === undefined ? "" : writtenTime(message.timestamp, scheme.timestamp.unit);
      const id = idHeader === undefined ? "" : checkId(message.id ?? platform.nonce(), idGrammar);
      const proof: Record<string, string> = {};
      if (timeHeader !== undefined) proof[timeHeader] = timestamp;
      if (idHeader !== undefined) proof[idHeader] = id;
      return andThen(contentOf(message, proof, { timestamp, id }, provider, compiled), (content) =>
        andThen(every(making.map((make) => make(content))), (signatures) => ({
          [signatureHeader]: layout.write(timestamp, signatures),
          ...proof,
        })),
      );
    },
  };
}

function bytesOf({ body }: SignMessage): Uint8Array {
  const bytes = receivedBytes(body);
  if (bytes !== undefined) return bytes;
  throw new ConfigurationError(
    "body",
    "body must be the bytes or the text that is sent: serialize it once, then sign and send that.",
  );
}

/** What is signed: the message as the request that will be sent, read as a receiver would read it. */
function contentOf(
  message: SignMessage,
  proof: Readonly<Record<string, string>>,
  { timestamp, id }: { readonly timestamp: string; readonly id: string },
  provider: Provider,
  scheme: SignatureScheme,
): MaybePromise<Content> {
  const body = bytesOf(message);
  if (scheme.signs !== undefined && message.url === undefined) {
    throw new ConfigurationError("url", `${provider.name} signs the URL: give the one that is called.`);
  }
  const { method = provider.methods?.[0] ?? "POST", url = "" } = message;
  const head = { method, url, headers: { ...message.headers, ...proof } };
  const around = scheme.surround(head, { timestamp, id, url });
  if (around instanceof Unreadable) throw unsignable(provider, around);
  const type = head.headers["content-type"] ?? provider.contentType;
  return andThen(signedBody(scheme, { ...head, headers: { "content-type": type } }, body), (carried) => {
    if (carried === undefined)
      throw new ConfigurationError("body", "body must be a form: application/x-www-form-urlencoded.");
    return { before: around.before, body: carried, after: around.after };
  });
}

function unsignable(provider: Provider, { header, problem }: Unreadable): ConfigurationError {
  if (header === REQUEST_LINE)
    return new ConfigurationError("url", "url and method are signed as they travel: escape what is not ASCII.");
  return new ConfigurationError(
    "headers",
    problem === undefined
      ? `${provider.name} signs the header "${header}": give its value.`
      : `The header "${header}" cannot be signed: ${problem}.`,
  );
}

function writtenTime(timestamp: Date | number | undefined, unit: NonNullable<MacScheme["timestamp"]>["unit"]): string {
  const milliseconds = timestamp instanceof Date ? timestamp.getTime() : (timestamp ?? Date.now());
  const inUnit = typeof timestamp === "number" && unit !== "rfc3339";
  if (inUnit && unit === "s" && timestamp >= 1e11) {
    throw new ConfigurationError(
      "timestamp",
      "timestamp counts seconds for this provider, and this number lies beyond the year 5000: give a Date, or Math.floor(milliseconds / 1000).",
    );
  }
  const valid = inUnit || Math.abs(milliseconds) <= 8.64e15; // What a Date can hold; NaN is not.
  const text = !valid ? "" : inUnit ? String(timestamp) : writeTimestamp(milliseconds, unit);
  if (!Number.isNaN(readTimestamp(text, unit))) return text;
  throw new ConfigurationError(
    "timestamp",
    "timestamp must be a Date from 1970 on, or a whole number in the provider's own unit.",
  );
}

/** Receivers may take a header's bytes for UTF-8 or for Latin-1, and strip blanks: ASCII without them means one thing. */
function checkId(id: string, grammar: IdGrammar): string {
  if (/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(id) && grammar.allows(id)) return id;
  throw new ConfigurationError("id", `id must be visible ASCII, and ${grammar.words}: that would move what is signed.`);
}
