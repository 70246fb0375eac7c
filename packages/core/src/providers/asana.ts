import { getHeader } from "../head/headers.ts";
import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** A change to one of Asana's resources. It names what changed; the new content must be asked for. */
export interface AsanaEvent {
  /** What was done to the resource. `added` and `removed` concern its place in `parent`; `deleted` is into the bin. */
  readonly action: Open<"changed" | "added" | "removed" | "deleted" | "undeleted">;
  /** RFC 3339. */
  readonly created_at: string;
  /** What the change happened to, in Asana's compact form. */
  readonly resource: {
    /** Asana's globally unique identifier, decimal digits as text. */
    readonly gid: string;
    /** What it is in Asana, such as `task`, `project` or `story`. */
    readonly resource_type: string;
    readonly [field: string]: unknown;
  };
  /** For `added` and `removed`: where the resource was put in or taken out. Else `null` or absent. */
  readonly parent?: Readonly<Record<string, unknown>> | null;
  /** Who made the change; may be `null`. */
  readonly user: Readonly<Record<string, unknown>> | null;
  readonly [field: string]: unknown;
}

/** A batch; an empty one is a heartbeat. */
export interface AsanaPayload {
  /** Changes since the last request; empty in a heartbeat. */
  readonly events: readonly AsanaEvent[];
}

/**
 * Asana: HMAC-SHA256 over the body. Asana chooses the secret, one for each webhook, and sends it once while the webhook is
 * being made: the `handshake` option is handed it, stores it and answers whether to take it. Anybody can send such a
 * request: take one only while you are making a webhook, and compare with the `X-Hook-Secret` of Asana's own answer.
 *
 * @see https://developers.asana.com/docs/webhooks-guide
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { asana } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(asana, { secret: "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81" });
 * ```
 */
export const asana = row<AsanaPayload>({
  name: "asana",
  docs: "https://developers.asana.com/docs/webhooks-guide",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-hook-signature" },
    content: [body],
  }),
  retries: "24h",
  handshake: {
    needs: "function",
    async open(head, _, tools) {
      const secret = getHeader(head.headers, "x-hook-secret", head.rawHeaders);
      if (typeof secret !== "string" || typeof tools.setting !== "function") return undefined;
      // A header that holds 64 hex digits can hold no line break, nor anything else that is not a secret of Asana's.
      if (!/^[0-9a-f]{64}$/i.test(secret)) return undefined;
      if (getHeader(head.headers, "x-hook-signature", head.rawHeaders) !== undefined) return undefined;
      return (await tools.setting(secret, head)) ? { status: 204, headers: { "x-hook-secret": secret } } : undefined;
    },
  },
  unprotected: "No time and no id is signed, and the request that sets the secret is not signed at all.",
});
