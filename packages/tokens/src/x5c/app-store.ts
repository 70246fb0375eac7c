import { ConfigurationError, defineProvider, type Provider } from "@countersign/core";
import { checkChoice, checkInteger, checkText } from "@countersign/core/checks";
import { type Fields, field, segmentObject } from "../compact/json.ts";
import { x5c } from "./x5c.ts";

/** A notification of the App Store, version 2, taken out of `signedPayload`. */
export interface AppStoreNotification {
  /** What happened, such as `DID_RENEW` or `REFUND`. */
  readonly notificationType: string;
  /** Tells cases of some notifications apart, such as `AUTO_RENEW_DISABLED`. */
  readonly subtype?: string;
  /** A UUID, the same in each retry. */
  readonly notificationUUID: string;
  /** Of the notification's format: `2.0`. */
  readonly version?: string;
  /** Milliseconds since the epoch. */
  readonly signedDate: number;
  /** The app, and its transaction and renewal as JWS of their own: they are covered by this signature, so decode them. */
  readonly data?: {
    /** Exactly the app that is pinned. */
    readonly bundleId: string;
    /** Exactly the store that is pinned: `Production` or `Sandbox`. */
    readonly environment: string;
    /** The app's number in the App Store; absent in the sandbox. */
    readonly appAppleId?: number;
    /** What was bought, when and for how long, as a JWS. */
    readonly signedTransactionInfo?: string;
    /** When and how a subscription renews, as a JWS. */
    readonly signedRenewalInfo?: string;
    readonly [field: string]: unknown;
  };
  /** Instead of `data`, after a renewal date was extended for many. */
  readonly summary?: Readonly<Record<string, unknown>>;
  /** Instead of `data`, for purchases outside the App Store. */
  readonly externalPurchaseToken?: Readonly<Record<string, unknown>>;
  /** Instead of `data`, for what concerns the whole app, such as a rescinded consent. */
  readonly appData?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** Whose notifications are taken, for {@link appStore}. */
export interface AppStoreOptions {
  /** The app's bundle identifier. */
  readonly bundleId: string;
  /** Which App Store sends; data that Xcode makes is not signed, and never taken. */
  readonly environment: "Production" | "Sandbox";
  /** The app's number in the App Store: with `"Production"` it must be given. */
  readonly appAppleId?: number;
}

/**
 * SHA-256 of the certificate "Apple Root CA - G3", the root of all that the App Store signs: the `secret` of
 * {@link appStore}.
 *
 * @see https://www.apple.com/certificateauthority/
 */
export const APPLE_ROOT_CA_G3 = "63343ABFB89A6A03EBB57E9B3F5FA7BE7C4F5C756F3017B3A8C488C3653E9179";

/**
 * App Store Server Notifications, version 2: a JWS in `signedPayload`, with the chain of certificates of its key. The
 * payload that a handler sees is what is signed.
 *
 * Apple signs for every app with the same certificates, so bundle identifier and environment are compared.
 *
 * @throws ConfigurationError without them
 * @see https://developer.apple.com/documentation/appstoreservernotifications/signedpayload
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { APPLE_ROOT_CA_G3, appStore } from "@countersign/tokens/x5c";
 *
 * const verifier = createVerifier(
 *   appStore({ bundleId: "com.example.app", environment: "Production", appAppleId: 1234567890 }),
 *   { secret: APPLE_ROOT_CA_G3 },
 * );
 * ```
 */
export function appStore(options: AppStoreOptions): Provider<AppStoreNotification> {
  const bundleId = checkText(options.bundleId, "bundleId");
  const environment = checkChoice(options.environment, "environment", ["Production", "Sandbox"]);
  const { appAppleId } = options;
  if (appAppleId !== undefined) checkInteger(appAppleId, "appAppleId", 1);
  else if (environment === "Production")
    throw new ConfigurationError("appAppleId", 'appAppleId must be given with environment: "Production".');
  const expected = { bundleId, environment, ...(environment === "Production" ? { appAppleId } : {}) };

  return defineProvider<AppStoreNotification>({
    name: "app-store",
    docs: "https://developer.apple.com/documentation/appstoreservernotifications/signedpayload",
    scheme: x5c({
      field: "signedPayload",
      algorithms: ["ES256"],
      length: 3,
      // Apple's "Mac App Store Receipt Signing" and "Worldwide Developer Relations", of its certificate policies.
      markers: ["1.2.840.113635.100.6.11.1", "1.2.840.113635.100.6.2.1"],
      allows: (payload) => differing(aboutOf(payload), expected),
      timestamp: "signedDate",
      id: "notificationUUID",
    }),
    normalize: payloadOf,
    key: (_, { id }) => id,
    retries: "157h", // After 1, 12, 24, 48 and 72 hours.
    unprotected: "Whether a certificate was revoked is not asked.",
  });
}

/** The part that says which app it is about: one of these, by the kind of notification. */
function aboutOf(payload: Fields): Fields {
  for (const name of ["data", "summary", "appData"]) {
    const part = field(payload, name);
    if (typeof part === "object" && part !== null) return part as Fields;
  }
  const token = field(payload, "externalPurchaseToken");
  if (typeof token !== "object" || token === null) return {};
  const sandbox = String(field(token as Fields, "externalPurchaseId")).startsWith("SANDBOX");
  return { ...token, environment: sandbox ? "Sandbox" : "Production" };
}

function differing(about: Fields, expected: Fields): string | undefined {
  const name = Object.keys(expected).find((one) => field(about, one) !== expected[one]);
  return name === undefined
    ? undefined
    : `The notification is about something else: its ${name} is not the one expected`;
}

/** What was proven, and nothing that stands beside it. */
function payloadOf(value: unknown): AppStoreNotification {
  const { signedPayload } = value as { signedPayload: string };
  return segmentObject(signedPayload.split(".")[1] as string) as unknown as AppStoreNotification;
}
