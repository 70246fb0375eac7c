import { defineProvider } from "@countersign/core";
import { jws } from "../jws/jws.ts";

/** Something that was done to a project: a push, a backup, a deployment. */
export interface UpsunActivity {
  /** The activity; it is told more than once, while its state changes. */
  readonly id: string;
  /** Random letters and digits, as in the console's URL. */
  readonly project: string;
  /** What was done, such as `environment.push`. */
  readonly type: string;
  /** `pending`, `in_progress` or `complete`. */
  readonly state: string;
  /** `success` or `failure` when it is complete. */
  readonly result?: string | null;
  /** RFC 3339. */
  readonly created_at: string;
  /** Who did it, in which environment, with the commits of a push. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Upsun (Platform.sh): a detached JWS (HS256) over the body as it is. `secret` is the shared key of the integration.
 *
 * @see https://developer.upsun.com/docs/integrations/activity/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { upsun } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(upsun, { secret: "the integration's shared key" });
 * ```
 */
export const upsun = defineProvider<UpsunActivity>({
  name: "upsun",
  docs: "https://developer.upsun.com/docs/integrations/activity/webhooks",
  scheme: jws({ header: "x-jws-signature", algorithms: ["HS256"], b64: false }),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
