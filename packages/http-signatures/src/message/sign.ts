import { checkOptions, checkTexts, type KeysOf, type Table, table } from "@countersign/core/checks";
import type { Secret } from "@countersign/core/scheme";
import { Values } from "../component/value.ts";
import { readAll } from "../coverage/compile.ts";
import type { DigestAlgorithm } from "../digest/algorithms.ts";
import { writeDigests } from "../digest/digest.ts";
import { headerLines } from "../field/lines.ts";
import type { Message } from "../field/message.ts";
import type { FieldType } from "../field/structured.ts";
import { withHeaders } from "../field/with-headers.ts";
import { ASYMMETRIC, type SignatureAlgorithm } from "../key/algorithms.ts";
import type { SharedSecretFormat } from "../key/shared-secret.ts";
import { signingKey } from "../key/signing-key.ts";
import { checkLabel, makeSignature } from "../signature/make.ts";

/** What {@link signMessage} needs beside the message. */
export interface SignMessageOptions {
  /** The private key, or the shared secret of `hmac-sha256`. */
  readonly secret: Secret;
  /** The algorithm, for a key that serves several; default the key's own. */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** For `hmac-sha256`: how the shared secret is written; default `"utf8"`. */
  readonly secretFormat?: SharedSecretFormat;
  /** What is signed, in this order: `["@method", "@authority", "content-digest"]`. */
  readonly components: readonly string[];
  /** The name of the signature; default `"sig1"`. */
  readonly label?: string;
  /** Whole seconds since 1970; default now, `false` for none. */
  readonly created?: number | false;
  /** Whole seconds since 1970; default none. */
  readonly expires?: number;
  /** Unique to this signature; default none. */
  readonly nonce?: string;
  /** Default the `kid` of a JWK, else none. */
  readonly keyid?: string;
  /** Whether `alg` is written; default false. */
  readonly alg?: boolean;
  /** What it is meant for; default none. */
  readonly tag?: string;
  /** The body: where `content-digest` (or `repr-digest`) is signed and the message has none, it is made of it. */
  readonly body?: Uint8Array | string;
  /** Which digests are made; default `["sha-256"]`. */
  readonly digests?: readonly DigestAlgorithm[];
  /** Structured fields of your own, for `sf`. */
  readonly fields?: Readonly<Record<string, FieldType>>;
}

const KEYS: KeysOf<SignMessageOptions> = {
  secret: "required",
  algorithms: "optional",
  secretFormat: "optional",
  components: "required",
  label: "optional",
  created: "optional",
  expires: "optional",
  nonce: "optional",
  keyid: "optional",
  alg: "optional",
  tag: "optional",
  body: "optional",
  digests: "optional",
  fields: "optional",
};

/**
 * Signs one message, request or response, outside of a provider: an answer, a key directory, a proxy's own signature. Where
 * the message is signed already, append what this returns to both headers, behind a comma and a space.
 *
 * @returns `signature-input`, `signature` and, where it was made, the digest's header
 * @throws ConfigurationError for options that cannot be honoured, and where the message lacks what is to be signed
 * @example
 * ```ts
 * import { signMessage } from "@countersign/http-signatures";
 *
 * const request = { method: "POST", url: "https://example.com/foo", headers: { date: "Tue, 20 Apr 2021 02:07:55 GMT" } };
 * const headers = await signMessage(request, {
 *   secret: "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
 *   secretFormat: "base64",
 *   algorithms: ["hmac-sha256"],
 *   components: ["date", "@authority"],
 *   created: 1618884473,
 * });
 * console.log(headers["signature-input"]); // sig1=("date" "@authority");created=1618884473
 * ```
 */
export async function signMessage(message: Message, options: SignMessageOptions): Promise<Record<string, string>> {
  checkOptions(options, KEYS, "");
  const { secret, label = "sig1", created = Math.floor(Date.now() / 1000), expires, nonce, tag } = options;
  const { algorithms = [...ASYMMETRIC.keys()], secretFormat = "utf8", digests = ["sha-256"], alg = false } = options;
  const key = signingKey(secret, { algorithms, secretFormat });
  checkTexts(digests, "digests");
  const components = readAll(options.components, "components");
  const fields: Table<FieldType> = table({ ...options.fields });
  const digest: Record<string, string> = {};
  for (const { name, request, trailer } of components) {
    if (request || trailer || (name !== "content-digest" && name !== "repr-digest")) continue;
    if (options.body === undefined || headerLines(message, name) !== undefined) continue;
    const { body } = options;
    digest[name] = await writeDigests(typeof body === "string" ? new TextEncoder().encode(body) : body, digests);
  }
  const made = await makeSignature(key, components, new Values(withHeaders(message, digest), fields), {
    label: checkLabel(label, "label"),
    created: created === false ? undefined : created,
    expires,
    nonce,
    keyid: options.keyid ?? key.keyId,
    alg: alg ? key.algorithm : undefined,
    tag,
  });
  return { ...digest, "signature-input": made.input, signature: made.signature };
}
