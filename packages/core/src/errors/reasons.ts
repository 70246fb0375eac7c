import type { WebhookErrorCode } from "./errors.ts";

/** Whose rules were broken, and where they are written down. */
export interface Rulebook {
  /** Of the provider, such as `"stripe"`, as it appears in sentences. */
  readonly name: string;
  /** The vendor's page. */
  readonly docs: string;
}

type Describe = (detail: string | number, provider: Rulebook) => string;

const seconds = (milliseconds: string | number) => `${Math.round(Number(milliseconds) / 100) / 10} s`;

/** How many signatures there are, or how a scheme of its own judgement puts it. */
const mismatch = (found: string | number) =>
  found === 1 || found === ""
    ? "The signature was not"
    : typeof found === "string"
      ? `It does not hold: ${found}. It was not`
      : `None of the ${found} signatures was`;

/** What happened and how to mend it, for the developer. `detail` may be the sender's own words. */
const MESSAGES: Readonly<Record<WebhookErrorCode, Describe>> = {
  method_not_allowed: (method, { name }) =>
    `${name} does not send ${method} requests. Route only its own methods to this handler, or set the provider's methods.`,
  missing_signature: (header, { name }) =>
    `The header "${header}" is missing. ${name} sends it with every webhook: this came from somebody else, or a proxy drops the header.`,
  malformed_signature: (detail, { name }) => `This is not how ${name} signs: ${detail}.`,
  timestamp_too_old: (age) =>
    `It was signed ${seconds(age)} ago, longer than the tolerance. It is a replay, a late retry or a wrong clock; if the provider retries with the old timestamp, widen tolerance.past. To test with an old fixture, set the clock.`,
  timestamp_in_future: (ahead) =>
    `It is signed for ${seconds(ahead)} from now, more than the tolerance allows. One of the two clocks is wrong.`,
  signature_mismatch: (found, { docs }) =>
    `${mismatch(found)} made with an active secret over these bytes. Either the secret is another endpoint's, or something changed the body on its way (a parser, a proxy), or it is forged. explain(), from @countersign/core, tells which; the provider's own page is ${docs}.`,
  credential_mismatch: (header) => `The credential in "${header}" is not one of the active secrets.`,
  unknown_sender: (who) => `${who || "The secret lookup returned null: the request names nobody that it knows"}.`,
  secret_unavailable: (detail) =>
    `The secret lookup gave nothing usable: ${String(detail).replace(/\.$/, "")}. It is answered 503, so that the provider tries again; return null for a sender that you do not know.`,
  body_too_large: (limit) =>
    `The body is larger than the limit of ${limit} bytes. Raise limit on this route if it should be accepted.`,
  unsupported_encoding: (encoding) =>
    `The body has content-encoding "${encoding}", which this route does not accept. Set encoding to say whether the signature covers the compressed or the inflated bytes.`,
  body_timeout: (limit) => `The body did not arrive within ${seconds(limit)}.`,
  body_incomplete: (detail) => `The body did not arrive whole: ${detail}.`,
  malformed_encoding: (detail) => `The body cannot be inflated: ${detail}.`,
  malformed_text: () => 'The body is genuine, but is not valid UTF-8. Use payload: "raw" where the bytes are no text.',
  malformed_payload: (detail) => `The body is genuine, but is not the payload that it should be: ${detail}.`,
  invalid_payload: (detail) => `The payload is genuine, but does not satisfy the schema: ${detail}.`,
  missing_key: () => "The payload has no idempotency key, and key.missing says that it must.",
  duplicate: () => "The same delivery was handled before.",
  in_progress: () => "The same delivery is being handled just now; the provider may try again in a moment.",
  store_unavailable: (detail) =>
    `The replay store could not be asked: ${detail}. It fails closed; set onStoreFailure: "open" to accept instead.`,
  handshake: (_, { name }) => `This is a set-up request of ${name}, not an event: reply with the error's answer.`,
  body_consumed: (detail) => `${detail}`,
  misconfigured: (detail) => `${detail}`,
};

export function describe(code: WebhookErrorCode, detail: string | number, provider: Rulebook): string {
  return MESSAGES[code](
    typeof detail === "string" && detail.length > 300 ? `${detail.slice(0, 300)}…` : detail,
    provider,
  );
}
