/**
 * A host that the reader's own network is sure of: a name with at least one dot, or `*.` before one for every host below
 * it.
 */
const PATTERN = /^(\*\.)?[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u;

/** Whether this can be one of the hosts for {@link trust}. */
export function isHostPattern(host: unknown): host is string {
  return typeof host === "string" && PATTERN.test(host);
}

/**
 * The same dialect without zero-width spaces inside the names of these hosts, so that a name that was copied works in a
 * terminal. A name is taken whole: neither a longer host that ends or begins with it is meant, nor a user name before
 * another host. What breaks a scheme or a mention stays.
 */
export function trust(dialect: (cleaned: string) => string, hosts: readonly string[]): (cleaned: string) => string {
  if (hosts.length === 0) return dialect;
  const names = hosts.map((host) => {
    const below = host.startsWith("*.");
    const labels = (below ? host.slice(2) : host).split(".");
    return `${below ? "(?:[\\p{L}\\p{N}-]{1,63}\u200b?\\.\u200b?){1,10}" : ""}${labels.join("\u200b?\\.\u200b?")}`;
  });
  const whole = new RegExp(
    `(?<![\\p{L}\\p{N}_.-]|\\.\u200b)(?:${names.join("|")})(?![\\p{L}\\p{N}_@-]|\u200b?\\.\u200b?[\\p{L}\\p{N}_-])`,
    "giu",
  );
  return (cleaned) => dialect(cleaned).replace(whole, (name) => name.replaceAll("\u200b", ""));
}
