import { ConfigurationError, type Duration, defineProvider, type Provider } from "@countersign/core";
import { checkFunction, checkOptions, type KeysOf } from "@countersign/core/checks";
import {
  Fault,
  type FindKeys,
  getHeader,
  type ProofHead,
  type ProofScheme,
  type Proven,
} from "@countersign/core/scheme";
import { type CertificateKey, certificateKey } from "./certificate-key.ts";
import { type ConfirmFetch, confirming } from "./confirm.ts";
import { readMessage, type SnsMessage } from "./message.ts";
import { isCertificateUrl, readTopic, type Topic } from "./topic.ts";

/** Which topic's messages are taken, for {@link sns}. */
export interface SnsOptions {
  /** The topic. Anybody can have a topic of his own send to your endpoint, signed as well as yours. */
  readonly topicArn: string;
  /**
   * Whether to confirm a subscription of this topic by itself; or a function that is asked. Default false: your handler
   * gets the confirmation as any message.
   */
  readonly confirm?: boolean | ((message: SnsMessage) => boolean);
  /** What confirms. @default the platform's `fetch` */
  readonly fetch?: ConfirmFetch;
}

const KEYS: KeysOf<SnsOptions> = { topicArn: "required", confirm: "optional", fetch: "optional" };

/** A delivery policy may try for an hour at most, with the first timestamp; then there are time-outs and clocks. */
const TOLERANCE: Duration = "75m";

/**
 * Amazon SNS over HTTP, signature versions 1 and 2. The proof is in the body: a signature over its fields, and the
 * address of a certificate, which must be of the topic's own region. `secret` is `snsCertificates({ topicArn })`.
 *
 * The payload is what is signed, without the fields beside it. Raw message delivery signs nothing, and is refused.
 *
 * @throws ConfigurationError without a whole `topicArn`
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { sns, snsCertificates } from "@countersign/tokens/providers";
 *
 * const topicArn = "arn:aws:sns:us-east-1:123456789012:orders";
 * const verifier = createVerifier(sns({ topicArn, confirm: true }), { secret: snsCertificates({ topicArn }) });
 * ```
 */
export function sns(options: SnsOptions): Provider<SnsMessage> {
  checkOptions(options, KEYS, "sns");
  const { confirm = false, fetch = platformFetch } = options;
  const topic = readTopic(options.topicArn);
  checkFunction(fetch, "sns.fetch");
  if (typeof confirm !== "boolean" && typeof confirm !== "function")
    throw new ConfigurationError("sns.confirm", "sns.confirm must be true, false or a function.");
  const asked = typeof confirm === "function" ? confirm : () => true;
  return defineProvider<SnsMessage>({
    name: "sns",
    docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
    scheme: snsScheme(topic),
    normalize: (value) => pickSigned(value as SnsMessage),
    key: (_, { id }) => id,
    retries: "1h",
    ...(confirm === false ? {} : { handshake: confirming(topic, fetch, asked) }),
    unprotected:
      "MessageAttributes, UnsubscribeURL and all headers are not signed. Version 1 signs with SHA-1: set the topic to version 2.",
  });
}

const platformFetch: ConfirmFetch = (url, init) => globalThis.fetch(url, init);

const WHERE = "the body's Signature";

function snsScheme(topic: Topic): ProofScheme<object, CertificateKey> {
  return Object.freeze({
    kind: "proof" as const,
    description: "a signature inside the body, under a certificate of the topic's region",
    headers: Object.freeze([]),
    covers: "body" as const,
    tolerance: TOLERANCE,
    prepare: certificateKey,
    read: (head: ProofHead) =>
      getHeader(head.headers, "x-amz-sns-rawdelivery", head.rawHeaders) === undefined
        ? {}
        : new Fault(
            "malformed_signature",
            "x-amz-sns-rawdelivery",
            "raw message delivery signs nothing: switch it off for this subscription",
          ),
    judgeBody: (_: object, body: Uint8Array, keys: FindKeys<CertificateKey>) => judgeBody(topic, body, keys),
  });
}

async function judgeBody(topic: Topic, body: Uint8Array, keys: FindKeys<CertificateKey>): Promise<Proven | Fault> {
  const read = readMessage(body, topic);
  if (typeof read === "string") return new Fault("malformed_signature", "the body", read);
  const { message, signed, hash, signature, certificateUrl, timestamp } = read;
  if (!isCertificateUrl(certificateUrl, topic))
    return new Fault("malformed_signature", "the body's SigningCertURL", `it is not a certificate of ${topic.host}`);
  const found = await keys({ url: certificateUrl });
  for (const [secretIndex, verify] of found.entries())
    if (await verify(hash, signature, signed))
      return { secretIndex, timestamp, id: message.MessageId, signed: bytewise(signed) };
  return new Fault("signature_mismatch", WHERE, "its certificate does not verify it");
}

/** The UTF-8 of a text, one character a byte. */
function bytewise(text: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

const SHOWN = ["Type", "MessageId", "TopicArn", "Message", "Timestamp", "Subject", "SubscribeURL", "Token"] as const;

/** Without what is not signed. A notification's SubscribeURL and Token are not, nor is a confirmation's Subject. */
function pickSigned(value: SnsMessage): SnsMessage {
  const unsigned: readonly string[] = value.Type === "Notification" ? ["SubscribeURL", "Token"] : ["Subject"];
  return Object.fromEntries(
    SHOWN.filter((name) => typeof value[name] === "string" && !unsigned.includes(name)).map((name) => [
      name,
      value[name],
    ]),
  ) as unknown as SnsMessage;
}
