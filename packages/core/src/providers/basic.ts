import { ConfigurationError } from "../errors/errors.ts";
import { token } from "../kind/token.ts";
import { checkUsername } from "../scheme/check.ts";
import { type Provider, row } from "../scheme/provider.ts";
import { checkOptions } from "./fields.ts";

/** Basic authentication (RFC 7617), as it stands in the webhook's URL or settings. */
export interface BasicOptions {
  /** The user name; the verifier's secret is the password. Without a colon, at most 256 characters. */
  readonly username: string;
}

const OPEN = "Nothing is signed: whoever learns the password can send any body, at any time, as often as they like.";

/**
 * A system whose webhooks carry a user name and a password.
 *
 * @throws ConfigurationError for a user name that Basic authentication cannot carry, or an unknown option
 */
export function basicRow<Payload>(
  where: string,
  options: BasicOptions,
  rest: Omit<Provider<Payload>, "scheme" | "unprotected">,
): Provider<Payload> {
  checkOptions(options, ["username"], `${where}()`);
  const { username } = options;
  if (typeof username !== "string" || username === "")
    throw new ConfigurationError("username", `${where}() needs the username that its webhooks are sent with.`);
  checkUsername(username, "username");
  return row<Payload>({
    ...rest,
    scheme: token({ header: "authorization", prefix: "Basic ", username }),
    unprotected: OPEN,
  });
}
