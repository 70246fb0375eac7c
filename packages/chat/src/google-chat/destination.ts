import { ConfigurationError } from "@countersign/core";
import { checkHost, withoutFragment } from "../format/destination.ts";

/** https://developers.google.com/workspace/chat/quickstart/webhooks */
export function googleChatDestination(url: URL, origin: string | undefined): URL {
  checkHost(url, "googlechat", origin);
  if (!/^\/v1\/spaces\/[\w-]+\/messages$/.test(url.pathname)) {
    throw new ConfigurationError(
      "url",
      "A Google Chat webhook URL has the path /v1/spaces/…/messages: copy it whole from the space's “Apps & integrations”.",
    );
  }
  for (const name of ["key", "token"]) {
    if ((url.searchParams.get(name) ?? "") === "") {
      throw new ConfigurationError(
        "url",
        `The Google Chat webhook URL has no \`${name}\` in its query. A shell cuts an unquoted URL at its “&”.`,
      );
    }
  }
  return withoutFragment(url);
}
