import { oidOf, sequenceOf, TAG, type Value, valuesOf } from "./der.ts";

/** What is read of a certificate (RFC 5280, 4.1): its key, and which extensions it has. Its signature is not looked at. */
export interface CertificateParts {
  /** The public key as SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** The object identifiers of its extensions. */
  readonly extensions: readonly string[];
}

/** Takes a certificate in DER apart; nothing where it is none. */
export function readCertificate(der: Uint8Array): CertificateParts | undefined {
  const [toBeSigned] = sequenceOf(der) ?? [];
  if (toBeSigned?.tag !== TAG.sequence) return undefined;
  const fields = valuesOf(toBeSigned.content);
  if (fields === undefined) return undefined;
  // Version (absent in version 1), serial number, algorithm, issuer, validity, subject, then the key.
  const at = fields[0]?.tag === 0xa0 ? 6 : 5;
  const publicKey = fields[at];
  if (publicKey?.tag !== TAG.sequence) return undefined;
  const extensions = readExtensions(fields.find(({ tag }) => tag === TAG.extensions));
  return extensions === undefined ? undefined : { publicKey: publicKey.whole, extensions };
}

function readExtensions(value: Value | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  const names = sequenceOf(value.content)?.map(({ whole }) => {
    const [name] = sequenceOf(whole) ?? [];
    return name === undefined ? "" : oidOf(name);
  });
  return names?.includes("") === true ? undefined : names;
}
