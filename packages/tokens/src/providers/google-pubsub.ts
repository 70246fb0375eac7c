import { defineProvider, type Provider } from "@countersign/core";
import { jwt } from "../jwt/jwt.ts";

/** One message that Pub/Sub pushes, wrapped as it is by default. */
export interface PubSubPush {
  /** What a publisher sent to the topic. */
  readonly message: {
    /** Base64 of what was published; absent where only attributes were. */
    readonly data?: string;
    /** Text beside the data, which filters of subscriptions see. */
    readonly attributes?: Readonly<Record<string, string>>;
    /** Given by Pub/Sub; the same in each retry. */
    readonly messageId: string;
    /** RFC 3339. */
    readonly publishTime: string;
    /** Messages of one key are delivered in the order of publishing. */
    readonly orderingKey?: string;
    readonly [field: string]: unknown;
  };
  /** Its whole path: `projects/<project>/subscriptions/<name>`. */
  readonly subscription: string;
  /** How many times it was tried, for subscriptions with a dead-letter topic. */
  readonly deliveryAttempt?: number;
  readonly [field: string]: unknown;
}

/** Whose push requests are taken, for {@link googlePubSub}. */
export interface GooglePubSubOptions {
  /** The audience of the subscription: what its settings say, else the push endpoint's URL. */
  readonly audience: string;
  /** The service account of the subscription: `"push@my-project.iam.gserviceaccount.com"`. */
  readonly serviceAccount: string;
}

/**
 * Google Cloud Pub/Sub push subscriptions with authentication: an OpenID Connect token of Google's.
 *
 * Anybody with a Google Cloud account can have Google make a token for your audience, with the address of a service
 * account of his own: so the service account must be given, and is compared. Keys:
 * `jwks("https://www.googleapis.com/oauth2/v3/certs")`.
 *
 * @see https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { googlePubSub } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(
 *   googlePubSub({
 *     audience: "https://example.com/hooks/pubsub",
 *     serviceAccount: "push@my-project.iam.gserviceaccount.com",
 *   }),
 *   { secret: jwks("https://www.googleapis.com/oauth2/v3/certs") },
 * );
 * ```
 */
export function googlePubSub({ audience, serviceAccount }: GooglePubSubOptions): Provider<PubSubPush> {
  return defineProvider<PubSubPush>({
    name: "google-pubsub",
    docs: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    scheme: jwt({ algorithms: ["RS256"], issuer: GOOGLE, audience, email: serviceAccount }),
    key: ({ message, subscription }) =>
      typeof message?.messageId === "string" ? JSON.stringify([subscription, message.messageId]) : undefined,
    retries: "168h",
    unprotected:
      "The token proves who calls, and nothing of the body: whoever has seen one can send another body with it for an hour.",
  });
}

/** Both forms that Google's tokens have (OpenID Connect, "Validating an ID token"). */
export const GOOGLE = Object.freeze(["https://accounts.google.com", "accounts.google.com"]);
