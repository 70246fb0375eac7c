import type { AsymmetricScheme, KIND } from "../scheme/scheme.ts";
import { asymmetric } from "./asymmetric.ts";

/**
 * An Ed25519 signature: the receiver holds the public key only, and so cannot forge. `secret` is then the public key
 * when verifying and the private key when signing. The same as `asymmetric({ algorithm: "ed25519", … })`.
 *
 * @example
 * ```ts
 * import { body, defineProvider, ed25519, timestamp } from "@countersign/core";
 *
 * const bot = defineProvider({
 *   name: "bot",
 *   docs: "https://docs.discord.com/developers/interactions/overview",
 *   scheme: ed25519({
 *     encoding: "hex",
 *     publicKey: "hex",
 *     signature: { header: "x-signature-ed25519" },
 *     timestamp: { header: "x-signature-timestamp", unit: "s", tolerance: "5m" },
 *     content: [timestamp, body],
 *   }),
 * });
 * ```
 */
export function ed25519(scheme: Omit<AsymmetricScheme, "kind" | "algorithm" | "form" | typeof KIND>): AsymmetricScheme {
  return asymmetric({ ...scheme, algorithm: "ed25519" });
}
