import type { Provider } from "../scheme/provider.ts";
import { type BasicOptions, basicRow } from "./basic.ts";
import { joinKey, type Open, textAt } from "./fields.ts";

/** What became of one mail, or one that came in: the fields depend on `RecordType`; inbound mail has none. */
export interface PostmarkEvent {
  /** Which kind of record this is; absent in inbound mail. */
  readonly RecordType?: Open<
    "Delivery" | "Bounce" | "SpamComplaint" | "Open" | "Click" | "SubscriptionChange" | "SMTPApiError"
  >;
  /** The mail's id, a UUID; part of the replay key. */
  readonly MessageID?: string;
  readonly [field: string]: unknown;
}

/**
 * Postmark, which signs nothing: put a user name and a password into the webhook's settings. A mail can be opened or
 * clicked more than once, so give `key` where each of these counts.
 *
 * @throws ConfigurationError for a user name that Basic authentication cannot carry
 * @see https://postmarkapp.com/developer/webhooks/webhooks-overview
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { postmark } from "@countersign/core/providers";
 *
 * createVerifier(postmark({ username: "postmark" }), { secret: "the password" });
 * ```
 */
export function postmark(options: BasicOptions): Provider<PostmarkEvent> {
  return basicRow<PostmarkEvent>("postmark", options, {
    name: "postmark",
    docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
    key: (event) =>
      joinKey(
        textAt(event, "RecordType") ?? "Inbound",
        textAt(event, "MessageID"),
        textAt(event, "ReceivedAt") ?? textAt(event, "DeliveredAt") ?? textAt(event, "BouncedAt") ?? "",
      ),
    retries: "12h",
  });
}
