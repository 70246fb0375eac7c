import { type Duration, parseDuration } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import { andThen, Fault, type KeyWanted, type MaybePromise, type Secret, type Secrets } from "@countersign/core/scheme";
import type { SignatureParameters } from "../candidate/parameters.ts";
import { OF_REQUEST, OF_RESPONSE } from "../coverage/compile.ts";
import { isResponse, type Message } from "../field/message.ts";
import type { SignatureAlgorithm } from "../key/algorithms.ts";
import { verifyingKey } from "../key/verifying-key.ts";
import { judgeContent } from "../signature/body.ts";
import { prove } from "../signature/prove.ts";
import { select } from "../signature/select.ts";
import { compileRules, RULE_KEYS, type RuleOptions } from "../signature/settings.ts";

/** What {@link verifyMessage} needs beside the message. */
export interface VerifyOptions extends RuleOptions {
  /** The public key, several of them, or a function that finds them; what it throws comes out of `verifyMessage`. */
  readonly secret: Secrets | ((wanted: KeyWanted | undefined) => MaybePromise<Secrets>);
  /** The bytes that came, or text for its UTF-8; default none. */
  readonly body?: Uint8Array | string;
  /** How far `created` may lie from now, in both directions; default `"5m"`. */
  readonly tolerance?: Duration;
  /** Milliseconds since 1970; default the clock's. */
  readonly now?: number;
}

/** What `verifyMessage()` found: the first signature that is genuine, in its time, and covers what it should. */
export interface VerifiedSignature {
  /** Its name in the message, which is not signed: let nothing depend on it. */
  readonly label: string;
  /** What it covers, as it stands in the signature: `"@method"`, with the quotes. */
  readonly components: readonly string[];
  /** Its time, nonce, tag and the like. They are signed, so they are as true as the signer is. */
  readonly parameters: SignatureParameters;
  /** The algorithm that the key decided on, by its name in the registry: `"ecdsa-p256-sha256"`. */
  readonly algorithm: SignatureAlgorithm;
  /** Which of the keys made it, counted from 0. */
  readonly keyIndex: number;
}

const KEYS: KeysOf<VerifyOptions> = {
  ...RULE_KEYS,
  secret: "required",
  body: "optional",
  tolerance: "optional",
  now: "optional",
};

/**
 * Verifies one message, request or response, outside of a verifier: the answer to a request of your own, a key directory, a
 * proxy. There is no replay protection here; for webhooks take `httpSignature()`.
 *
 * @returns the first genuine signature, or a `Fault` that says why there is none
 * @throws ConfigurationError for options that cannot be honoured
 * @example
 * ```ts
 * import { Fault, signMessage, verifyMessage } from "@countersign/http-signatures";
 *
 * const algorithms = ["hmac-sha256"] as const;
 * const secret = "a secret that both sides know";
 * const response = { status: 200, headers: { "content-type": "application/json" } };
 * const signed = await signMessage(response, { secret, algorithms, components: ["@status", "content-digest"], body: "{}" });
 * const found = await verifyMessage({ status: 200, headers: signed }, { secret, algorithms, body: "{}" });
 * console.log(found instanceof Fault ? found.problem : found.components); // [ '"@status"', '"content-digest"' ]
 * ```
 */
export async function verifyMessage(message: Message, options: VerifyOptions): Promise<VerifiedSignature | Fault> {
  checkOptions(options, KEYS, "");
  const { secret, body = "", tolerance = "5m", now = Date.now(), ...own } = options;
  const rules = compileRules(own, isResponse(message) ? OF_RESPONSE : OF_REQUEST);
  const window = parseDuration(tolerance, "tolerance", 1);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const selected = select(message, rules, now);
  if (selected instanceof Fault) return selected;
  const keysOf = (secrets: Secrets) =>
    (Array.isArray(secrets) ? (secrets as readonly Secret[]) : [secrets as Secret]).map((one) =>
      verifyingKey(one, rules),
    );
  const genuine = await prove(selected, rules, (wanted) =>
    typeof secret === "function" ? andThen(secret(wanted), keysOf) : keysOf(secret),
  );
  if (genuine instanceof Fault) return genuine;
  const { candidate, algorithm, keyIndex } = genuine;
  const age = candidate.parameters.created === undefined ? 0 : now - candidate.parameters.created * 1000;
  if (age > window) return new Fault("timestamp_too_old", "signature-input", age);
  if (-age > window) return new Fault("timestamp_in_future", "signature-input", -age);
  const fault = await judgeContent(candidate, message, bytes, rules.required);
  if (fault !== undefined) return fault;
  const { label, components } = candidate;
  const said = Object.entries(candidate.parameters).filter(([, value]) => value !== undefined);
  const parameters: SignatureParameters = Object.fromEntries(said);
  return { label, components: components.map(({ id }) => id), parameters, algorithm, keyIndex };
}
