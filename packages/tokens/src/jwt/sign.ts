import type { ProofMessage, Secret } from "@countersign/core/scheme";
import { SignJWT } from "jose";
import type { Carrier } from "../compact/carrier.ts";
import { readSigningKey, signedAt } from "../key/signing-key.ts";
import { sha256, WRITTEN } from "./hash.ts";
import type { JwtSettings } from "./options.ts";

/** How long a token of our own is good for, in seconds. */
const LIFE = 300;

/** The sending side: a token with the claims that the scheme asks for, made anew for each request. */
export function jwtSigner(settings: JwtSettings, { header, prefix }: Carrier) {
  return (secrets: readonly Secret[]): ((message: ProofMessage) => Promise<Record<string, string>>) => {
    const key = readSigningKey(secrets, settings.algorithms);
    return async ({ method, url, body, timestamp }) => {
      const { algorithm, keyId, material } = await key();
      const now = signedAt(timestamp, 1000);
      const claims: Record<string, unknown> = { iat: now, ...(settings.expires ? { exp: now + LIFE } : {}) };
      for (const pin of settings.pins) claims[pin.claim] = pin.values[0];
      if ("email" in claims) claims.email_verified = true;
      const { bodyHash, headHash } = settings;
      if (bodyHash !== undefined) claims[bodyHash.claim] = WRITTEN[bodyHash.encoding](await sha256(body));
      if (headHash !== undefined) {
        const text = headHash.text({ method, url });
        claims[headHash.claim] = WRITTEN.hex(await sha256(new TextEncoder().encode(text)));
      }
      if (settings.keyIdClaim !== undefined && !(settings.keyIdClaim in claims) && keyId !== undefined)
        claims[settings.keyIdClaim] = keyId;
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, typ: settings.types[0], ...(keyId === undefined ? {} : { kid: keyId }) })
        .sign(material);
      return { [header]: `${prefix}${token}` };
    };
  };
}
