import { type KeyObject, sign } from "node:crypto";

/** Certificates for tests, written as DER by hand: each mistake that a chain can have is an option. */
export interface CertificateOptions {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly ca: boolean;
  /** Object identifiers of extensions, each with no content but a null. */
  readonly markers?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
}

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Buffer.from(bytes));
}

const name = (text: string): Buffer => sequence(tlv(0x31, sequence(oid("2.5.4.3"), tlv(0x0c, Buffer.from(text)))));
const time = (date: Date): Buffer => tlv(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d{3}/g, "")}`)); // GeneralizedTime.

const extension = (id: string, critical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));

/** A certificate in DER, version 3. */
export function certificate(options: CertificateOptions): Buffer {
  const { subject, publicKey, issuer, issuerKey, ca, markers = [] } = options;
  const { from = new Date("2025-01-01"), to = new Date("2035-01-01") } = options;
  const ecdsa = issuerKey.asymmetricKeyType === "ec";
  const algorithm = ecdsa ? sequence(oid("1.2.840.10045.4.3.2")) : sequence(oid("1.2.840.113549.1.1.11"), tlv(0x05));
  const basic = ca ? sequence(tlv(0x01, Buffer.from([0xff]))) : sequence();
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1 + Math.floor(subject.length / 2)])),
    algorithm,
    name(issuer),
    sequence(time(from), time(to)),
    name(subject),
    publicKey.export({ type: "spki", format: "der" }),
    tlv(
      0xa3,
      sequence(extension("2.5.29.19", true, basic), ...markers.map((marker) => extension(marker, false, tlv(0x05)))),
    ),
  );
  const signature = sign("sha256", toBeSigned, issuerKey);
  return sequence(toBeSigned, algorithm, tlv(0x03, Buffer.from([0]), signature));
}

/** As PEM, without a line break at its end. */
export function asPem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString("base64")
    .match(/.{1,64}/g) as string[];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----`;
}
