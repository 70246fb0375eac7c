import { platform } from "#crypto";
import { isForm, parseForm, sortedForm } from "../body/form.ts";
import { givenBytes } from "../body/received.ts";
import { decodeText } from "../body/text.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { toBase64, toHex, utf8 } from "../lib/bytes.ts";
import { isPromise, type Maybe } from "../lib/promises.ts";
import { NOT_LATIN1 } from "../scheme/check.ts";
import { compileSignature } from "../scheme/compile.ts";
import type { Provider } from "../scheme/provider.ts";
import type { Ed25519Scheme, MacScheme, TokenScheme } from "../scheme/scheme.ts";
import { readTimestamp, writeTimestamp } from "../scheme/time.ts";
import { macSecret, privateSeed, type Secrets, secretList, tokenSecret } from "../secret/secrets.ts";

/** A message to sign. */
export interface SignMessage {
  /** Exactly the bytes that are sent; text is taken as its UTF-8 bytes. */
  readonly body: Uint8Array | string;
  /** A `Date`, or a number that goes into the header as it stands, in the provider's own unit. Default: now. */
  readonly timestamp?: Date | number;
  /** The delivery id, for providers that sign one. Default: a random one. */
  readonly id?: string;
  /** Default `"POST"`. */
  readonly method?: string;
  /** The URL that is called, for providers that sign it. */
  readonly url?: string;
  /** Other headers of the request, for providers that sign some, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message and what to sign it with. */
export interface SignRequest extends SignMessage {
  /** The secret, or several: each signs where the header can carry more than one signature, else the first alone. */
  readonly secret: Secrets;
}

/** Signs many messages for one provider with the same secrets. */
export interface Signer {
  /** The headers that prove a message; a promise only where the platform hashes asynchronously. */
  sign(message: SignMessage): Maybe<Record<string, string>>;
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
export function createSigner(provider: Provider<any>, options: { readonly secret: Secrets }): Signer {
  const { scheme } = provider;
  return scheme.kind === "token"
    ? tokenSigner(scheme, options.secret)
    : signatureSigner(provider, scheme, options.secret);
}

function tokenSigner(scheme: TokenScheme, secrets: Secrets): Signer {
  const value = scheme.prefix + tokenSecret(secretList(secrets)[0] as string);
  return { headers: [scheme.header], sign: () => ({ [scheme.header]: value }) };
}

function signatureSigner(provider: Provider, scheme: MacScheme | Ed25519Scheme, secrets: Secrets): Signer {
  const compiled = compileSignature(scheme);
  const { layout, signatureHeader, carries } = compiled;
  const all = secretList(secrets);
  const making = (layout.many ? all : all.slice(0, 1)).map((secret) => maker(scheme, secret));
  const timeHeader = scheme.timestamp?.header?.toLowerCase();
  const idHeader = scheme.id?.header.toLowerCase();
  const headers = [
    signatureHeader,
    ...(timeHeader === undefined ? [] : [timeHeader]),
    ...(idHeader === undefined ? [] : [idHeader]),
  ];

  return {
    headers,
    sign(message) {
      const body = givenBytes(message.body);
      if (body === undefined) {
        throw new ConfigurationError(
          "body",
          "body must be the bytes or the text that is sent: serialize it once, then sign and send that.",
        );
      }
      const time = scheme.timestamp === undefined ? "" : writtenTime(message.timestamp, scheme.timestamp.unit);
      const id = idHeader === undefined ? "" : checkId(message.id ?? platform.nonce());
      if ((compiled.signsUrl || compiled.signsPath) && message.url === undefined) {
        throw new ConfigurationError("url", `${provider.name} signs the URL: give the one that is called.`);
      }
      const { before, after } = compiled.surround({
        timestamp: time,
        id,
        method: message.method ?? provider.methods?.[0] ?? "POST",
        url: message.url ?? "",
        header(name) {
          const value = message.headers?.[name];
          if (value === undefined)
            throw new ConfigurationError("headers", `${provider.name} signs the header "${name}": give its value.`);
          return value;
        },
      });
      if (NOT_LATIN1.test(before) || NOT_LATIN1.test(after)) {
        throw new ConfigurationError(
          "url",
          "url, method and headers are signed as they travel: escape what is not ASCII.",
        );
      }
      const signed = carried(carries, body, message, provider.contentType);
      const content = { before, body: signed, after };
      const written = (signatures: readonly string[]): Record<string, string> => {
        const result: Record<string, string> = { [signatureHeader]: layout.write(time, signatures) };
        if (timeHeader !== undefined) result[timeHeader] = time;
        if (idHeader !== undefined) result[idHeader] = id;
        return result;
      };
      const signatures = making.map((make) => make(content));
      return signatures.some(isPromise) ? Promise.all(signatures).then(written) : written(signatures as string[]);
    },
  };
}

type Maker = (content: Parameters<ReturnType<typeof platform.macKey>["mac"]>[0]) => Maybe<string>;

function maker(scheme: MacScheme | Ed25519Scheme, secret: string | Uint8Array): Maker {
  if (scheme.kind === "hmac") {
    const key = platform.macKey(scheme.digest, macSecret(secret, scheme.secret));
    return (content) => key.mac(content, scheme.encoding);
  }
  const signBytes = platform.signKey(privateSeed(secret, scheme.publicKey));
  const encode = scheme.encoding === "hex" ? toHex : toBase64;
  return (content) => {
    const signature = signBytes(content);
    return isPromise(signature) ? (signature as Promise<Uint8Array>).then(encode) : encode(signature as Uint8Array);
  };
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

function checkId(id: string): string {
  if (/^[\x21-\x2d\x2f-\x39\x3b-\x7e]{1,256}$/.test(id)) return id;
  throw new ConfigurationError(
    "id",
    "id must be 1 to 256 visible ASCII characters without '.' and ':', which separate what is signed.",
  );
}

function carried(
  carries: "body" | "form" | "nothing",
  body: Uint8Array,
  message: SignMessage,
  contentType: string | undefined,
): Uint8Array {
  if (carries === "body") return body;
  if (carries === "nothing" || !isForm(message.headers?.["content-type"] ?? contentType)) return new Uint8Array(0);
  const text = decodeText(body);
  const fields = text === undefined ? undefined : parseForm(text);
  if (fields === undefined)
    throw new ConfigurationError("body", "body must be a form: application/x-www-form-urlencoded.");
  return utf8(sortedForm(fields));
}
