import { token } from "../kind/token.ts";
import { row } from "../scheme/provider.ts";
import { joinKey, record, textAt } from "./fields.ts";

/** A payment, a transfer or a subscription that changed. */
export interface FlutterwaveEvent {
  /** Which change was made, such as `charge.completed`. */
  readonly event: string;
  /** The payment or transfer, as Flutterwave's API shows it. */
  readonly data: {
    /** Flutterwave's own number for it; part of the replay key. */
    readonly id: number;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Flutterwave: the secret hash of the dashboard's settings comes back in the header `verif-hash` as it is. It is no hash
 * of anything, and signs nothing: ask Flutterwave's API about the payment before you give value for it.
 *
 * @see https://developer.flutterwave.com/docs/integration-guides/webhooks/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { flutterwave } from "@countersign/core/providers";
 *
 * createVerifier(flutterwave, { secret: "the secret hash of the settings" });
 * ```
 */
export const flutterwave = row<FlutterwaveEvent>({
  name: "flutterwave",
  docs: "https://developer.flutterwave.com/docs/integration-guides/webhooks/",
  scheme: token({ header: "verif-hash" }),
  key: ({ event, data }) => {
    const id = record(data)?.id;
    return joinKey(event, typeof id === "number" ? id : undefined, textAt(data, "status"));
  },
  unprotected:
    "Nothing is signed: whoever learns the secret hash can send any body, at any time, as often as they like.",
});
