import { ConfigurationError } from "@countersign/core";

/** Refuses what was meant as `config.webhook` and is somewhere else, where nothing would read it. @throws ConfigurationError */
export function checkNearMisses(route: { readonly config?: unknown; readonly webhook?: unknown }): void {
  const config = (route.config ?? {}) as Readonly<Record<string, unknown>>;
  const miss = isProtection(config)
    ? "config"
    : isProtection(route.webhook)
      ? "webhook"
      : Object.keys(config).find((name) => name !== "webhook" && isMeant(name, config[name]));
  if (miss === undefined) return;
  const place = miss === "config" || miss === "webhook" ? miss : `config.${miss}`;
  throw new ConfigurationError(
    place,
    `This route has its webhook's options in ${place}, which nothing reads, so that its requests would not be verified: put them in config.webhook, or declare the route with webhookRoute().`,
    "unknown_option",
  );
}

function isMeant(name: string, value: unknown): boolean {
  if (isProtection(value)) return true;
  return /^web[-_]?hooks?$/i.test(name) && typeof value === "object" && value !== null && "secret" in value;
}

/** Whether a value names a provider, which only the options of a webhook do. */
function isProtection(value: unknown): boolean {
  const { provider } = (value ?? {}) as { readonly provider?: { readonly scheme?: { readonly kind?: unknown } } };
  return typeof provider?.scheme?.kind === "string";
}
