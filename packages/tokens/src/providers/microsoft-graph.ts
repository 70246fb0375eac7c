import { ConfigurationError, defineProvider, type Handshake, type Provider } from "@countersign/core";
import { type Fields, field } from "../compact/json.ts";
import { jwtsInBody } from "../jwt/in-body.ts";
import type { JwtOptions } from "../jwt/options.ts";

/** Change notifications with resource data; one request may hold several. */
export interface GraphNotifications {
  /** One element for each change, of one or several subscriptions. */
  readonly value: readonly {
    /** Given when the app subscribed, a UUID. */
    readonly subscriptionId: string;
    /** What you gave when you subscribed: compare it too. */
    readonly clientState?: string | null;
    /** `created`, `updated` or `deleted`. */
    readonly changeType?: string;
    /** Path of what changed, relative to Graph's own root. */
    readonly resource?: string;
    /** A directory, one of those whose token is proven; a UUID. */
    readonly tenantId?: string;
    /** The resource, encrypted for your certificate. */
    readonly encryptedContent?: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
  }[];
  /** Proven JWTs, one for each application and directory. */
  readonly validationTokens: readonly string[];
}

/** Whose notifications are taken, for {@link microsoftGraph}. */
export interface MicrosoftGraphOptions {
  /** The application (client) id of your app. */
  readonly appId: string;
  /** The ids of the tenants that you take notifications from. */
  readonly tenants: readonly string[];
}

/** Microsoft Graph Change Tracking, the application that sends. */
const PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086";
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Microsoft Graph's change notifications with resource data: `validationTokens` in the body. Basic notifications, without
 * resource data, carry no token, and are refused.
 *
 * Any application can have a token made for yours, so the sender's own id is compared, and each notification's tenant with
 * the tenants that are proven. Keys: `jwks("https://login.microsoftonline.com/common/discovery/v2.0/keys")`.
 * The request that Graph makes when you subscribe is answered.
 *
 * @throws ConfigurationError for ids that are none
 * @see https://learn.microsoft.com/graph/change-notifications-with-resource-data
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { microsoftGraph } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(
 *   microsoftGraph({
 *     appId: "8e460676-ae3f-4b1e-8790-ee0fb5d6148f",
 *     tenants: ["84bd8158-6d4d-4958-8b9f-9d6445542f95"],
 *   }),
 *   { secret: jwks("https://login.microsoftonline.com/common/discovery/v2.0/keys") },
 * );
 * ```
 */
export function microsoftGraph({ appId, tenants }: MicrosoftGraphOptions): Provider<GraphNotifications> {
  if (!GUID.test(appId))
    throw new ConfigurationError("appId", "appId must be the id of your application, in lower case.");
  if (!Array.isArray(tenants) || tenants.length === 0 || !tenants.every((one) => GUID.test(one)))
    throw new ConfigurationError("tenants", "tenants must list the ids of tenants, in lower case: one at least.");
  const common = { algorithms: ["RS256"], audience: appId } as const satisfies Partial<JwtOptions>;
  return defineProvider<GraphNotifications>({
    name: "microsoft-graph",
    docs: "https://learn.microsoft.com/graph/change-notifications-with-resource-data",
    scheme: jwtsInBody({
      field: "validationTokens",
      tokens: [
        // Tokens of version 2 name the application that asked for them in azp, those of version 1 in appid.
        {
          ...common,
          issuer: tenants.map((id) => `https://login.microsoftonline.com/${id}/v2.0`),
          claims: { azp: PUBLISHER },
        },
        { ...common, issuer: tenants.map((id) => `https://sts.windows.net/${id}/`), claims: { appid: PUBLISHER } },
      ],
      allows: allProven,
      description: "JWTs in validationTokens that say who sends",
    }),
    key: ({ value }) => keyOf(value),
    retries: "4h",
    handshake: subscribing,
    unprotected:
      "The tokens prove who sends, and nothing of the notifications beside them: compare clientState, and the dataSignature of encrypted content.",
  });
}

/** A tenant that only the unsigned part names is somebody's claim. */
function allProven(body: Fields, claims: readonly Fields[]): string | undefined {
  const proven = claims.map((one) => field(one, "tid") ?? tenantOf(field(one, "iss")));
  const items = field(body, "value");
  if (!Array.isArray(items)) return "Its value is no list of notifications";
  const others = items.some((item: unknown) => {
    const tenant = typeof item === "object" && item !== null ? field(item as Fields, "tenantId") : null;
    return tenant === undefined ? proven.length > 1 : !proven.includes(tenant as string);
  });
  return others ? "A notification is of a tenant whose token is not there" : undefined;
}

function tenantOf(issuer: unknown): string | undefined {
  return String(issuer).split("/")[3];
}

/** The ids of all notifications, where each has one. */
function keyOf(value: unknown): string | undefined {
  const ids = Array.isArray(value) ? value.map((one: { readonly id?: unknown } | null) => one?.id) : [];
  return ids.length > 0 && ids.every((id) => typeof id === "string" && id !== "") ? JSON.stringify(ids) : undefined;
}

/** Graph asks for its token to be repeated as plain text, within ten seconds. */
const subscribing: Handshake = {
  open(_, query) {
    const token = query.get("validationToken");
    if (token === null) return undefined;
    if (!/^[\x20-\x7e]{1,2048}$/.test(token)) return { status: 400 };
    const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
    return { status: 200, headers, body: token };
  },
};
