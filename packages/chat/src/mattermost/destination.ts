import { ConfigurationError } from "@countersign/core";
import { checkHost, withoutFragment } from "../format/destination.ts";

/** On any host and in any folder: only the end of the path is Mattermost's. */
export function mattermostDestination(url: URL, origin: string | undefined): URL {
  checkHost(url, "mattermost", origin);
  if (!/\/hooks\/[a-z0-9]{26}\/?$/.test(url.pathname)) {
    throw new ConfigurationError(
      "url",
      "A Mattermost webhook URL ends in /hooks/ and 26 letters and digits: copy it whole from the server's integrations.",
    );
  }
  return withoutFragment(url);
}
