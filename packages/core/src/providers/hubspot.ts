import { hmac } from "../kind/hmac.ts";
import { body, method, timestamp, urlAs } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { batchKey, joinKey, record } from "./fields.ts";

// What stays the same when an event is sent again; attemptNumber, and so the signature, does not.
const IDENTITY = ["eventId", "subscriptionId", "occurredAt"] as const;

// : / ? @ ! $ ' ( ) * , ; and nothing else.
const ESCAPES = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;

/** One event. A request carries up to a hundred. */
export interface HubSpotEvent {
  /** HubSpot does not promise that it is unique. */
  readonly eventId: number;
  /** Which of the app's webhook subscriptions fired. */
  readonly subscriptionId: number;
  /** What happened to which kind of record, such as `contact.propertyChange`. */
  readonly subscriptionType: string;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
  /** Number of the HubSpot account (portal) in which it happened. */
  readonly portalId: number;
  /** Number of the HubSpot app that subscribed. */
  readonly appId: number;
  /** Counts the retries of this event, from 0. */
  readonly attemptNumber: number;
  /** Number of the contact, company or other record that was made, changed or deleted; absent for associations. */
  readonly objectId?: number;
  readonly [field: string]: unknown;
}

/**
 * HubSpot, signature v3: HMAC-SHA256 over method, URL, body and time. The older v1 and v2 signatures, which HubSpot sends
 * beside it, are plain hashes without a time and are not accepted.
 *
 * HubSpot's page says that the URL is signed with twelve escapes decoded, `%3A` and `%2F` among them; its libraries take
 * the URL as it is. Both are accepted. Set `publicUrl` where a proxy changes what this
 * server sees. The payload is the list of events of a webhook subscription; use `schema` for other callers (workflows,
 * cards).
 *
 * @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { hubspot } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(hubspot, { secret: "the app's client secret", publicUrl: "https://example.com" });
 * ```
 */
export const hubspot = row<HubSpotEvent[]>({
  name: "hubspot",
  docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "x-hubspot-signature-v3" },
    timestamp: { header: "x-hubspot-request-timestamp", unit: "ms", tolerance: "5m" },
    content: [method, urlAs(decodeTwelve, true), body, timestamp],
  }),
  key: (events) => batchKey(events, (event) => joinKey(...IDENTITY.map((name) => numberAt(event, name)))),
  retries: "24h",
  seams: ["url/body"],
  unprotected:
    "The signed URL does not tell an escaped slash, colon or question mark from a plain one. Nothing separates URL and body: a URL with a query is accepted as exactUrl only, and a route with a wildcard should have one too.",
});

function numberAt(event: unknown, name: string): number | undefined {
  const value = record(event)?.[name];
  return typeof value === "number" ? value : undefined;
}

function decodeTwelve(url: string): string {
  return url.replace(ESCAPES, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}
