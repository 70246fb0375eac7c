import { ConfigurationError } from "@countersign/core";
import { checkHost, withoutFragment } from "../format/destination.ts";

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function slackDestination(url: URL, origin: string | undefined): URL {
  checkHost(url, "slack", origin);
  if (!/^\/services\/[^/]+\/[^/]+\/[^/]+$/.test(url.pathname)) {
    throw new ConfigurationError(
      "url",
      "A Slack webhook URL has three parts after /services/: copy it whole from the app's “Incoming Webhooks” page.",
    );
  }
  return withoutFragment(url);
}
