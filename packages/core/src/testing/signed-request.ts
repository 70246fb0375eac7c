import { ConfigurationError } from "../errors/errors.ts";
import { toBase64, toHex } from "../lib/bytes.ts";
import type { PayloadOf, Provider } from "../scheme/provider.ts";
import type { Secrets } from "../scheme/secret.ts";
import { createSigner } from "../sign/sign.ts";

/** What a genuine request should look like. */
export interface SignedRequestOptions<Payload = unknown> {
  /** What the receiver verifies with; for Ed25519 the private key. Several sign where the scheme can carry it. */
  readonly secret: Secrets;
  /** An event as the provider's type has it, or the fields of it that the test needs; written with `JSON.stringify`. */
  readonly payload?: Payload extends readonly unknown[] ? Payload : Partial<Payload>;
  /** Exact bytes instead of a payload. */
  readonly body?: Uint8Array | string;
  /** When it claims to be signed: a `Date`, or a number in the provider's own unit. Default: now. */
  readonly timestamp?: Date | number;
  /** The delivery id, for providers that sign one. Default: a random one. */
  readonly id?: string;
  /** Default: the provider's first method. */
  readonly method?: string;
  /** Default `"https://example.com/webhook"`. */
  readonly url?: string;
  /** Further headers; those of the signature win. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as `verify()` takes it; its parts also fit `fetch(url, request)` and `app.request(url, request)`. */
export interface SignedRequest {
  /** In upper case: the provider's first, unless another was asked for. */
  readonly method: string;
  /** Absolute, `"https://example.com/webhook"` unless another was asked for. */
  readonly url: string;
  /** Lower-case names: the content type, your own, and the signature's. */
  readonly headers: Record<string, string>;
  /** Exactly the bytes that were signed. */
  readonly body: Uint8Array;
}

/**
 * A request that the provider could have sent, signed in one call.
 *
 * For Ed25519 providers `secret` is the private key.
 *
 * @throws ConfigurationError when the secret is not what the provider asks for
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { stripe } from "@countersign/core/providers";
 * import { signedRequest } from "@countersign/core/testing";
 *
 * const secret = "whsec_test";
 * const request = await signedRequest(stripe, { secret, payload: { id: "evt_1", object: "event", type: "ping" } });
 * const delivery = await createVerifier(stripe, { secret }).verify(request);
 * ```
 */
export async function signedRequest<P extends Provider<any>>(
  provider: P,
  options: SignedRequestOptions<PayloadOf<P>>,
): Promise<SignedRequest> {
  if (options.payload !== undefined && options.body !== undefined) {
    throw new ConfigurationError("body", "Give a payload or a body, not both.");
  }
  const method = options.method ?? provider.methods?.[0] ?? "POST";
  const url = options.url ?? "https://example.com/webhook";
  const text = options.body ?? (options.payload === undefined ? "" : JSON.stringify(options.payload));
  const body = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const headers: Record<string, string> = { "content-type": provider.contentType ?? "application/json" };
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  const signed = await createSigner(provider, { secret: options.secret }).sign({
    body,
    method,
    url,
    headers,
    ...(options.timestamp === undefined ? {} : { timestamp: options.timestamp }),
    ...(options.id === undefined ? {} : { id: options.id }),
  });
  return { method, url, headers: { ...headers, ...signed }, body };
}

/** A secret that fits a provider: for tests that do not care which. */
export function testSecret(provider: Provider<any>, seed = 1): string {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => (i * 7 + seed * 31) & 255);
  if (provider.scheme.kind !== "hmac") return `token-${toHex(bytes)}`;
  const { secret } = provider.scheme;
  if (secret === "hex") return toHex(bytes);
  if (secret === "base64") return toBase64(bytes);
  return secret === "whsec" ? `whsec_${toBase64(bytes)}` : `secret-${toHex(bytes)}`;
}
