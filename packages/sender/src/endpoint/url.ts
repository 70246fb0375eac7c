import { ConfigurationError } from "@countersign/core";
import { checkPorts, checkSchemes, type Guard, judgeUrl, opensPort } from "../transport/guard.ts";
import type { EndpointOptions } from "./options.ts";

/** Reads an endpoint's URL. No sentence quotes it: it may be a secret. @throws ConfigurationError */
export function checkUrl({ url, format, schemes, ports }: EndpointOptions, guard: Guard, name: string): URL {
  const option = `${name}.url`;
  if (url === undefined || url === "") {
    throw new ConfigurationError(
      option,
      `${option} is missing or empty. Is the environment variable set?`,
      "invalid_url",
    );
  }
  if (typeof url !== "string" || url.length > 4_096 || !URL.canParse(url)) {
    throw new ConfigurationError(
      option,
      `${option} must be an absolute URL of at most 4096 characters, such as https://example.com/hooks.`,
      "invalid_url",
    );
  }
  const parsed = new URL(url);
  if (parsed.username !== "" || parsed.password !== "") {
    throw new ConfigurationError(
      option,
      `${option} contains credentials. Remove them and use auth: { kind: "basic", … }.`,
      "credentials_in_url",
    );
  }
  if (parsed.hash !== "") {
    throw new ConfigurationError(
      option,
      `${option} contains a fragment (#…), which is never sent. Remove it.`,
      "invalid_url",
    );
  }
  const refused = judgeUrl(parsed, narrow(guard, schemes, ports, name));
  if (refused !== undefined)
    throw new ConfigurationError(option, `${option} cannot be used: ${refused}.`, "url_refused");
  if (format === undefined) return parsed;
  const destination: unknown = format.destination(parsed);
  if (destination instanceof URL) return destination;
  throw new ConfigurationError(`${name}.format`, `${name}.format must give a URL as its destination.`);
}

/** The guard, narrowed by the endpoint. An endpoint cannot open what the guard shuts. */
function narrow(
  guard: Guard,
  schemes: EndpointOptions["schemes"],
  ports: EndpointOptions["ports"],
  name: string,
): Guard {
  const own = schemes === undefined ? guard.schemes : checkSchemes(schemes, `${name}.schemes`);
  const narrowed = own.filter((scheme) => guard.schemes.includes(scheme));
  if (ports === undefined) return { ...guard, schemes: narrowed };
  const open = checkPorts(ports, `${name}.ports`);
  if (open === "web") return { ...guard, schemes: narrowed };
  return { ...guard, schemes: narrowed, ports: open.filter((port) => opensPort(guard.ports, port)) };
}
