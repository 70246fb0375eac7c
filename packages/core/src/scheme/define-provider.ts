import { checkChoice, checkFunction, checkOptions, type KeysOf } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { parseDuration } from "../time/duration.ts";
import { checkHeaderName, checkProof, checkScheme, checkUsername } from "./check.ts";
import { CHOICES, type Provider, row } from "./provider.ts";
import { KIND, type Scheme } from "./scheme.ts";

const KEYS: KeysOf<Provider> = {
  name: "required",
  docs: "required",
  scheme: "required",
  methods: "optional",
  payload: "optional",
  formField: "optional",
  emptyBody: "optional",
  losslessIntegers: "optional",
  encoding: "optional",
  normalize: "optional",
  occurredAt: "optional",
  tolerance: "optional",
  key: "optional",
  retries: "optional",
  repeats: "optional",
  handshake: "optional",
  decisions: "optional",
  contentType: "optional",
  notSecrets: "optional",
  sortedKeys: "optional",
  seams: "optional",
  unprotected: "optional",
  [CHOICES]: "optional",
};

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/**
 * Declares a provider. It is checked here and frozen: a row that cannot work throws now, not when traffic comes.
 *
 * @throws ConfigurationError for a name, scheme or option that cannot be honoured
 * @example
 * ```ts
 * import { body, defineProvider, hmac } from "@countersign/core";
 *
 * export const warehouse = defineProvider<{ sku: string }>({
 *   name: "warehouse",
 *   docs: "https://example.com/webhooks",
 *   scheme: hmac({
 *     digest: "sha256",
 *     encoding: "base64",
 *     signature: { header: "x-signature" },
 *     content: [body],
 *   }),
 * });
 * ```
 */
export function defineProvider<Payload = unknown>(provider: Provider<Payload>): Provider<Payload> {
  checkOptions(provider, KEYS, "");
  if (typeof provider.name !== "string" || !NAME.test(provider.name)) {
    throw new ConfigurationError(
      "name",
      "name must be 1 to 64 lower-case letters, digits and hyphens, a letter first.",
    );
  }
  if (typeof provider.docs !== "string" || provider.docs === "")
    throw new ConfigurationError("docs", "docs must be the address of the page that says how the provider signs.");
  checkMethods(provider.methods);
  if (provider.payload !== undefined) checkChoice(provider.payload, "payload", ["json", "form", "raw"]);
  if (provider.encoding !== undefined) checkChoice(provider.encoding, "encoding", ["refuse", "compressed", "inflated"]);
  for (const name of ["normalize", "occurredAt", "key"] as const) checkFunction(provider[name], name);
  for (const name of ["tolerance", "retries"] as const) {
    const duration = provider[name];
    if (duration !== undefined) parseDuration(duration, name, 1);
  }
  checkKind(provider.scheme);
  return row(provider);
}

function checkMethods(methods: readonly string[] | undefined): void {
  if (methods === undefined) return;
  const valid = Array.isArray(methods) && methods.length > 0 && methods.every((method) => /^[A-Z]+$/.test(method));
  if (!valid) throw new ConfigurationError("methods", 'methods must name at least one method in upper case: ["POST"].');
}

/** A scheme that cannot work is refused when it is declared. */
function checkKind(scheme: Scheme): void {
  switch (scheme?.kind) {
    case "token":
      checkHeaderName(scheme.header, "scheme.header");
      checkUsername(scheme.username, "scheme.username");
      return;
    case "proof":
      checkProof(scheme);
      return;
    default:
      if (typeof scheme?.[KIND] === "object") {
        checkScheme(scheme);
        return;
      }
      throw new ConfigurationError("scheme", "scheme must be made by hmac(), asymmetric() or token().");
  }
}
