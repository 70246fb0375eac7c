import { ConfigurationError, defineProvider, type Provider } from "@countersign/core";
import { jwt } from "../jwt/jwt.ts";
import { GOOGLE } from "./google-pubsub.ts";

/** Something that happened to a Chat app: a message to it, a click, its being added to a space. */
export interface GoogleChatEvent {
  /** `MESSAGE`, `ADDED_TO_SPACE`, `REMOVED_FROM_SPACE`, `CARD_CLICKED`, `APP_COMMAND` and others. */
  readonly type: string;
  /** RFC 3339. */
  readonly eventTime: string;
  /** Where it happened: a direct message or a space of several people. */
  readonly space?: Readonly<Record<string, unknown>>;
  /** What a person wrote, or the card on which they clicked. */
  readonly message?: Readonly<Record<string, unknown>>;
  /** The person who wrote, clicked or added the app. */
  readonly user?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** The "Authentication audience" in the Chat app's configuration: one of the two. */
export type GoogleChatOptions =
  | {
      /** "HTTP endpoint URL": the URL that Chat calls, as it is configured. */
      readonly endpoint: string;
    }
  | {
      /** "Project Number": the number of the app's Google Cloud project. */
      readonly projectNumber: string;
    };

const CHAT = "chat@system.gserviceaccount.com";

/**
 * Google Chat apps over HTTP. Which keys there are goes by the audience: with an endpoint
 * `jwks("https://www.googleapis.com/oauth2/v3/certs")`; with a project number
 * `jwks("https://www.googleapis.com/service_accounts/v1/jwk/chat@system.gserviceaccount.com")`.
 *
 * @throws ConfigurationError unless one of the two options is given
 * @see https://developers.google.com/workspace/chat/verify-requests-from-chat
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { googleChat } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(googleChat({ endpoint: "https://example.com/chat" }), {
 *   secret: jwks("https://www.googleapis.com/oauth2/v3/certs"),
 * });
 * ```
 */
export function googleChat(options: GoogleChatOptions): Provider<GoogleChatEvent> {
  const { endpoint, projectNumber } = options as { endpoint?: string; projectNumber?: string };
  if ((endpoint === undefined) === (projectNumber === undefined))
    throw new ConfigurationError("endpoint", "googleChat takes either endpoint or projectNumber.");
  if (projectNumber !== undefined && !/^\d{1,20}$/.test(projectNumber))
    throw new ConfigurationError("projectNumber", "projectNumber must be the project's number, not its id.");
  return defineProvider<GoogleChatEvent>({
    name: "google-chat",
    docs: "https://developers.google.com/workspace/chat/verify-requests-from-chat",
    scheme:
      endpoint === undefined
        ? // Chat signs these itself, with keys that nobody else has.
          jwt({ algorithms: ["RS256"], issuer: CHAT, audience: projectNumber as string, soleIssuer: true })
        : jwt({ algorithms: ["RS256"], issuer: GOOGLE, audience: endpoint, email: CHAT }),
    unprotected:
      "The token proves who calls, and nothing of the body: whoever has seen one can send another body with it until it expires.",
  });
}
