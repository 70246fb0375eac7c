import { field, objectOf, textOf } from "../compact/json.ts";
import type { Topic } from "./topic.ts";

/** What SNS sends: a published message, or a word about the subscription. */
export interface SnsMessage {
  /** `Notification`, `SubscriptionConfirmation` or `UnsubscribeConfirmation`. */
  readonly Type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  /** A UUID, the same in each retry. */
  readonly MessageId: string;
  /** Always equal to the `topicArn` that you gave to `sns()`. */
  readonly TopicArn: string;
  /** What was published, or a sentence of SNS. */
  readonly Message: string;
  /** RFC 3339, when it was published. */
  readonly Timestamp: string;
  /** Absent where none was published. */
  readonly Subject?: string;
  /** For confirmations: the address that confirms. Do not fetch it yourself. */
  readonly SubscribeURL?: string;
  /** For confirmations: what `ConfirmSubscription` takes. */
  readonly Token?: string;
}

/** The fields that are signed, in their order, by type. A `?` follows one that may be missing. */
const SIGNED: Readonly<Record<SnsMessage["Type"], readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject?", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
};

/** A message whose signature has yet to be judged. */
export interface ReadMessage {
  /** The signed fields and nothing else. */
  readonly message: SnsMessage;
  /** What is signed. */
  readonly signed: string;
  /** By version: SHA-1 or SHA-256. */
  readonly hash: "SHA-1" | "SHA-256";
  /** Base64. */
  readonly signature: string;
  /** Where its certificate is said to be. */
  readonly certificateUrl: unknown;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Reads a body strictly; a phrase says what is wrong with it. */
export function readMessage(body: Uint8Array, topic: Topic): ReadMessage | string {
  const fields = objectOf(textOf(body) ?? "");
  if (fields === undefined) return "it is not a JSON object";
  const type = field(fields, "Type");
  if (typeof type !== "string" || !Object.hasOwn(SIGNED, type)) return "its Type is none that SNS sends";
  const message: Record<string, string> = {};
  let signed = "";
  for (const entry of SIGNED[type as SnsMessage["Type"]]) {
    const name = entry.replace("?", "");
    const value = field(fields, name);
    // SNS sends null for no subject where the publisher's library does so.
    if ((value === undefined || value === null) && entry !== name) continue;
    if (typeof value !== "string") return `its ${name} is no text`;
    // Names and values stand line by line in what is signed: a value with lines of its own could pass for other fields.
    if (name !== "Message" && /[\r\n]/.test(value)) return `its ${name} has more than one line`;
    message[name] = value;
    signed += `${name}\n${value}\n`;
  }
  if (message.TopicArn !== topic.arn) return "it is of another topic";
  const { Timestamp = "" } = message;
  if (!TIMESTAMP.test(Timestamp) || Number.isNaN(Date.parse(Timestamp))) return "its Timestamp is no time";
  const version = field(fields, "SignatureVersion");
  if (version !== "1" && version !== "2") return "its SignatureVersion is neither 1 nor 2";
  const signature = field(fields, "Signature");
  if (typeof signature !== "string" || !/^[A-Za-z0-9+/]{1,1024}={0,2}$/.test(signature))
    return "its Signature is not base64";
  return {
    message: Object.freeze(message) as unknown as SnsMessage,
    signed,
    hash: version === "1" ? "SHA-1" : "SHA-256",
    signature,
    certificateUrl: field(fields, "SigningCertURL") ?? field(fields, "SigningCertUrl"),
    timestamp: Date.parse(Timestamp),
  };
}
