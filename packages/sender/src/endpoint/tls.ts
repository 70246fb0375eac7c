import { createSecureContext } from "node:tls";
import { ConfigurationError } from "@countersign/core";
import { checkBoolean, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import { type Readers, readText, type SecretSource } from "../secret/secret.ts";
import type { TlsSettings } from "../transport/transport.ts";

/** TLS of one endpoint. PEM text, or where to read it. */
export interface TlsOptions {
  /** Certificate authorities to trust instead of the well-known ones. */
  readonly ca?: SecretSource | readonly SecretSource[];
  /** Client certificate chain, with `key`. */
  readonly cert?: SecretSource;
  /** Private key of the client certificate, PEM. */
  readonly key?: SecretSource;
  /** Opens a private key that is encrypted. */
  readonly passphrase?: SecretSource;
  /** The name that the certificate must be for, when it is not the URL's host. */
  readonly servername?: string;
  /**
   * Accepts any certificate, so that anybody on the network path can read and change what is sent. The endpoint's
   * description shows it as long as it is on.
   * @default false
   */
  readonly allowInvalidCertificates?: boolean;
}

const KEYS: KeysOf<TlsOptions> = {
  ca: "optional",
  cert: "optional",
  key: "optional",
  passphrase: "optional",
  servername: "optional",
  allowInvalidCertificates: "optional",
};

/** Reads and checks TLS options. @throws ConfigurationError */
export function checkTls(
  options: TlsOptions | undefined,
  readers: Readers,
  option: string,
): { settings: TlsSettings | undefined; secrets: readonly string[] } {
  if (options === undefined) return { settings: undefined, secrets: [] };
  checkOptions(options, KEYS, option);
  const { cert, key, passphrase, servername } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigurationError(`${option}.key`, `${option} needs cert and key together.`);
  }
  const read = (source: SecretSource, name: string) => readText(source, readers, `${option}.${name}`);
  const ca = options.ca === undefined ? undefined : list(options.ca).map((one, index) => read(one, `ca[${index}]`));
  const settings: TlsSettings = {
    rejectUnauthorized: !checkBoolean(options.allowInvalidCertificates ?? false, `${option}.allowInvalidCertificates`),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert: read(cert, "cert") }),
    ...(key === undefined ? {} : { key: read(key, "key") }),
    ...(passphrase === undefined ? {} : { passphrase: read(passphrase, "passphrase") }),
    ...(servername === undefined ? {} : { servername: checkText(servername, `${option}.servername`) }),
  };
  try {
    createSecureContext(settings as object);
  } catch {
    throw new ConfigurationError(
      option,
      `${option} has a certificate or key that cannot be read. Give PEM text, and the passphrase if the key has one.`,
    );
  }
  const secrets = [settings.key, settings.passphrase].filter((one): one is string => one !== undefined);
  return { settings: Object.freeze(settings), secrets };
}

function list(value: SecretSource | readonly SecretSource[]): readonly SecretSource[] {
  return Array.isArray(value) ? (value as readonly SecretSource[]) : [value as SecretSource];
}
