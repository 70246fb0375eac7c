import { ConfigurationError, createSigner, type Provider, type Signer } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import { type Readers, readSecret, type SecretSource } from "../secret/secret.ts";

/** Whose scheme requests are signed by, and with which secrets. */
export interface SignOptions {
  /** A provider of `@countersign/core/providers`, or your own. */
  readonly provider: Provider<any>;
  /** Several during a rotation: each signs where the scheme can carry several signatures, else the first. */
  readonly secret: SecretSource | readonly SecretSource[];
}

const KEYS: KeysOf<SignOptions> = { provider: "required", secret: "required" };

/** A signer and its secrets. */
export interface EndpointSigner {
  readonly signer: Signer;
  readonly secrets: readonly (string | Uint8Array)[];
}

/** Checks provider and secrets. @throws ConfigurationError */
export function checkSign(
  options: SignOptions | undefined,
  readers: Readers,
  option: string,
): EndpointSigner | undefined {
  if (options === undefined) return undefined;
  checkOptions(options, KEYS, option);
  const { provider, secret } = options;
  if (
    typeof provider !== "object" ||
    provider === null ||
    typeof provider.scheme !== "object" ||
    provider.scheme === null
  ) {
    throw new ConfigurationError(
      `${option}.provider`,
      `${option}.provider must be a provider, such as tailscale or standardWebhooks from @countersign/core/providers.`,
    );
  }
  const sources = Array.isArray(secret) ? (secret as readonly SecretSource[]) : [secret as SecretSource];
  if (sources.length === 0) {
    throw new ConfigurationError(`${option}.secret`, `${option}.secret must list at least one secret.`);
  }
  const secrets = sources.map((source, index) =>
    readSecret(source, readers, sources.length === 1 ? `${option}.secret` : `${option}.secret[${index}]`),
  );
  return { signer: signerOf(provider, secrets, option), secrets };
}

/** The provider's own rules for a secret are told by the path of this option. */
function signerOf(provider: Provider<any>, secret: EndpointSigner["secrets"], option: string): Signer {
  try {
    return createSigner(provider, { secret });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) {
      throw new ConfigurationError(
        `${option}.provider`,
        `${option}.provider is not complete: define it with defineProvider of @countersign/core.`,
      );
    }
    const between = error.message.startsWith(error.option) ? "." : ": ";
    throw new ConfigurationError(`${option}.${error.option}`, option + between + error.message, error.code);
  }
}
