import { ConfigurationError } from "../errors/errors.ts";

/** Where there is no `node:http`, its doors would only be weight. */
export function handleIncoming(..._: readonly unknown[]): never {
  throw new ConfigurationError(
    "verifier",
    'This build has no door for node:http: use handle() or verifyRequest(), or bundle with the export condition "node".',
  );
}

export { handleIncoming as readIncoming };
