import { checkOptions, type KeysOf } from "../errors/checks.ts";
import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Digest, Encoding, SecretFormat } from "../scheme/encoding.ts";
import type { Provider } from "../scheme/provider.ts";
import type { Duration } from "../time/duration.ts";

/** How a system that is no row of its own signs the body. */
export interface HmacSignatureOptions {
  /** The header that the signature comes in. Default `"x-signature"`. */
  readonly header?: string;
  /** The hash function. Default `"sha256"`. */
  readonly digest?: Digest;
  /** How the signature is written. Default `"hex"`. */
  readonly encoding?: Encoding;
  /** What precedes the signature in its header: `"sha256="`. Default none. */
  readonly prefix?: string;
  /** How the secret is written down. Default `"utf8"`: its text is the key. */
  readonly secret?: SecretFormat;
}

const HMAC: KeysOf<HmacSignatureOptions> = {
  header: "optional",
  digest: "optional",
  encoding: "optional",
  prefix: "optional",
  secret: "optional",
};

/**
 * The header that everybody has: an HMAC over the body, such as `X-Signature: <hex>` or
 * `X-Hub-Signature-256: sha256=<hex>`. Nothing in it says when it was made: give a replay store.
 *
 * @throws ConfigurationError for an option that cannot be honoured
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { hmacSignature } from "@countersign/core/providers";
 *
 * createVerifier(hmacSignature({ header: "x-signature", encoding: "base64" }), { secret: "a long random string" });
 * ```
 */
export function hmacSignature(options: HmacSignatureOptions = {}): Provider<unknown> {
  checkOptions(options, HMAC, "hmacSignature");
  const { header = "x-signature", digest = "sha256", encoding = "hex", prefix = "", secret = "utf8" } = options;
  return defineProvider({
    name: "hmac-signature",
    docs: "https://www.rfc-editor.org/rfc/rfc2104",
    scheme: hmac({
      digest,
      encoding,
      secret,
      signature: { header, layout: `${prefix}{signature}` },
      content: [body],
    }),
    sortedKeys: true,
    unprotected: "No time and no id is signed: a captured request stays valid until the secret changes.",
  });
}

/** How a system that is no row of its own signs the time and the body. */
export interface TimestampedSignatureOptions {
  /** The header that time and signature come in. Default `"x-signature"`. */
  readonly header?: string;
  /** How far the signed time may lie from now. Default `"5m"`. */
  readonly tolerance?: Duration;
  /** How the signature is written. Default `"hex"`. */
  readonly encoding?: Encoding;
  /** How the secret is written down. Default `"utf8"`: its text is the key. */
  readonly secret?: SecretFormat;
}

const TIMESTAMPED: KeysOf<TimestampedSignatureOptions> = {
  header: "optional",
  tolerance: "optional",
  encoding: "optional",
  secret: "optional",
};

/**
 * Stripe's way, which many have taken over: `t=<unix seconds>,v1=<hex>` in one header, HMAC-SHA256 over the time, a dot
 * and the body.
 *
 * @throws ConfigurationError for an option that cannot be honoured
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { timestampedSignature } from "@countersign/core/providers";
 *
 * createVerifier(timestampedSignature({ header: "acme-signature" }), { secret: "a long random string" });
 * ```
 */
export function timestampedSignature(options: TimestampedSignatureOptions = {}): Provider<unknown> {
  checkOptions(options, TIMESTAMPED, "timestampedSignature");
  const { header = "x-signature", tolerance = "5m", encoding = "hex", secret = "utf8" } = options;
  return defineProvider({
    name: "timestamped-signature",
    docs: "https://docs.stripe.com/webhooks/signature",
    scheme: hmac({
      digest: "sha256",
      encoding,
      secret,
      signature: { header, layout: "t={timestamp},v1={signature}" },
      timestamp: { unit: "s", tolerance },
      content: [timestamp, ".", body],
    }),
    sortedKeys: true,
    unprotected: "No id is signed: two deliveries of one event cannot be told apart by their signatures.",
  });
}
