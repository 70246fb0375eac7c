import { defineProvider, type Provider } from "@countersign/core";
import { jwt } from "../jwt/jwt.ts";
import { canonicalRequest } from "./atlassian-query-hash.ts";

/** A webhook of Jira or Confluence: other fields depend on the event. */
export interface AtlassianWebhook {
  /** Such as `jira:issue_updated`. */
  readonly webhookEvent?: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly [field: string]: unknown;
}

/** Where the Connect app lives, for {@link atlassianConnect}. */
export interface AtlassianConnectOptions {
  /** `baseUrl` of the app's descriptor: its path is not part of what is hashed. */
  readonly baseUrl: string;
}

/**
 * Atlassian Connect apps: a JWT under the secret that the site gave when it installed the app. Its `qsh` is the hash of
 * method, path and query.
 *
 * The secret goes by the site: `secret` is a lookup, and `wanted.keyId` the client key that the token names. The name is
 * proven by that the token holds under that site's secret, and not before. Callbacks about the installation itself are
 * signed otherwise and are not taken.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { atlassianConnect } from "@countersign/tokens/providers";
 *
 * const secrets = new Map([["client-key-of-a-site", "its shared secret"]]);
 * const verifier = createVerifier(atlassianConnect({ baseUrl: "https://example.com/jira" }), {
 *   secret: (_request, _context, wanted) => secrets.get(wanted?.keyId ?? "") ?? null,
 * });
 * ```
 */
export function atlassianConnect({ baseUrl }: AtlassianConnectOptions): Provider<AtlassianWebhook> {
  const basePath = new URL(baseUrl).pathname.replace(/\/$/, "");
  return defineProvider<AtlassianWebhook>({
    name: "atlassian-connect",
    docs: "https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/",
    scheme: jwt({
      algorithms: ["HS256"],
      prefix: "JWT ",
      headHash: { claim: "qsh", text: ({ method, url }) => canonicalRequest(method, url, basePath) },
      keyIdClaim: "iss",
      description: "a JWT whose qsh is the hash of method, path and query",
    }),
    unprotected:
      "Method, path and query are proven, and nothing of the body: whoever has seen a token can send another body with it until it expires.",
  });
}
