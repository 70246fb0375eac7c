import type { ProofMessage, Secret } from "@countersign/core/scheme";
import { FlattenedSign } from "jose";
import type { Carrier } from "../compact/carrier.ts";
import { readSigningKey, signedAt } from "../key/signing-key.ts";
import type { JwsSettings } from "./options.ts";
import { payloadOf } from "./payload.ts";

/** The sending side: a JWS over the body, with the payload taken out again. */
export function jwsSigner(settings: JwsSettings, { header, prefix }: Carrier) {
  const { time, timeHeader, keyIdHeader, unencoded } = settings;
  return (secrets: readonly Secret[]): ((message: ProofMessage) => Promise<Record<string, string>>) => {
    const key = readSigningKey(secrets, settings.algorithms);
    return async ({ body, timestamp }) => {
      const { algorithm, keyId, material } = await key();
      const written = String(signedAt(timestamp, time?.unit === "s" ? 1000 : 1));
      const signed = await new FlattenedSign(payloadOf(settings.payload, written, body))
        .setProtectedHeader({
          alg: algorithm,
          ...(settings.type === undefined ? {} : { typ: settings.type }),
          ...(keyId === undefined ? {} : { kid: keyId }),
          ...(time?.member === undefined ? {} : { [time.member]: Number(written) }),
          ...(unencoded !== false ? { b64: false, crit: ["b64"] } : {}),
        })
        .sign(material);
      return {
        [header]: `${prefix}${signed.protected}..${signed.signature}`,
        ...(timeHeader === undefined ? {} : { [timeHeader]: written }),
        ...(keyIdHeader === undefined || keyId === undefined ? {} : { [keyIdHeader]: keyId }),
      };
    };
  };
}
