import {
  ConfigurationError,
  createSigner,
  type ExternalSigner,
  type Provider,
  type SignBytes,
  type Signer,
  type SignerOptions,
} from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
import { every } from "@countersign/core/scheme";
import { type Readers, readSecret, type SecretSource } from "../secret/secret.ts";

/** Whose scheme requests are signed by, and with which secrets: `secret` or `signer`, exactly one of the two. */
export interface SignOptions {
  /** A provider of `@countersign/core/providers`, or your own. */
  readonly provider: Provider<any>;
  /** Several during a rotation: each signs where the scheme can carry several signatures, else the first. */
  readonly secret?: SecretSource | readonly SecretSource[];
  /**
   * Makes signatures where the key is, in a KMS or an HSM. One that fails, or takes longer than the endpoint's timeout,
   * is tried again on the endpoint's schedule.
   */
  readonly signer?: SignBytes | ExternalSigner | readonly (SignBytes | ExternalSigner)[];
}

const KEYS: KeysOf<SignOptions> = { provider: "required", secret: "optional", signer: "optional" };
/** A request has few headers for signatures, and each scheme costs its receiver a check. */
const MOST = 4;

/** A signer and its secrets. */
export interface EndpointSigner {
  readonly signer: Signer;
  readonly secrets: readonly (string | Uint8Array)[];
  /** Whether somebody outside of this process is asked, and may be away. */
  readonly outside: boolean;
}

/** Checks providers and secrets. Several sign one request, each in headers of its own. @throws ConfigurationError */
export function checkSign(
  options: SignOptions | readonly SignOptions[] | undefined,
  readers: Readers,
  option: string,
): EndpointSigner | undefined {
  if (options === undefined) return undefined;
  if (!Array.isArray(options)) return checkOne(options as SignOptions, readers, option);
  if (options.length === 0 || options.length > MOST)
    throw new ConfigurationError(option, `${option} must list 1 to ${MOST} schemes.`);
  return together(
    options.map((one, index) => checkOne(one as SignOptions, readers, `${option}[${index}]`)),
    option,
  );
}

function checkOne(options: SignOptions, readers: Readers, option: string): EndpointSigner {
  checkOptions(options, KEYS, option);
  const { provider, secret, signer } = options;
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
  if (signer !== undefined) {
    const both = secret === undefined ? { signer } : { signer, secret: "" };
    return { signer: signerOf(provider, both, option), secrets: [], outside: true };
  }
  const sources = Array.isArray(secret) ? (secret as readonly SecretSource[]) : [secret as SecretSource];
  if (sources.length === 0) {
    throw new ConfigurationError(`${option}.secret`, `${option}.secret must list at least one secret.`);
  }
  const secrets = sources.map((source, index) =>
    readSecret(source, readers, sources.length === 1 ? `${option}.secret` : `${option}.secret[${index}]`),
  );
  return { signer: signerOf(provider, { secret: secrets }, option), secrets, outside: false };
}

/** The provider's own rules for a secret are told by the path of this option. */
function signerOf(provider: Provider<any>, options: SignerOptions, option: string): Signer {
  try {
    return createSigner(provider, options);
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

/** Several schemes as one: each signs the request as the others have left it out. */
function together(all: readonly EndpointSigner[], option: string): EndpointSigner {
  if (all.length === 1) return all[0] as EndpointSigner;
  const headers = all.flatMap(({ signer }) => signer.headers);
  const twice = headers.find((name, index) => headers.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConfigurationError(
      option,
      `${option} has two schemes that write the header "${twice}": a receiver could read only one of them.`,
    );
  }
  return {
    signer: {
      headers,
      sign(message) {
        const proofs = every(all.map(({ signer }) => signer.sign(message)));
        return proofs instanceof Promise ? proofs.then(merged) : merged(proofs);
      },
    },
    secrets: all.flatMap(({ secrets }) => secrets),
    outside: all.some(({ outside }) => outside),
  };
}

function merged(proofs: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.assign({}, ...proofs) as Record<string, string>;
}
