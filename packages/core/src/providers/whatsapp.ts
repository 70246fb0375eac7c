import { row } from "../scheme/provider.ts";
import { type MetaPayload, meta } from "./meta.ts";

/**
 * WhatsApp Business Platform: Meta's webhooks, which try again for up to seven days.
 *
 * @see https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { whatsapp } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(whatsapp, { secret: "the app secret", handshake: "the verify token" });
 * ```
 */
export const whatsapp = row<MetaPayload>({
  ...meta,
  name: "whatsapp",
  docs: "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint",
  retries: "168h",
});
