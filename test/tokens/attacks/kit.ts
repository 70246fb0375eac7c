import { createVerifier, defineProvider, type VerifierOptions } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { type JwtOptions, type jws, jwt } from "@countersign/tokens";
import { compact, rsa, verdict } from "../make.ts";

/** What the attacks have in common: a genuine token, the set-up that takes it, and a way to send another. */

export const NOW = 1_784_000_000_000;
export const SECONDS = NOW / 1000;
export const clock = fakeClock(NOW);

export const GENUINE = {
  iss: "https://accounts.google.com",
  aud: "https://example.com/push",
  sub: "113774264463038321964",
  email: "push@mine.iam.gserviceaccount.com",
  email_verified: true,
  iat: SECONDS,
  exp: SECONDS + 3600,
};
export const OPTIONS: JwtOptions = {
  algorithms: ["RS256"],
  issuer: "https://accounts.google.com",
  audience: "https://example.com/push",
  email: "push@mine.iam.gserviceaccount.com",
};
export const HEADER = { alg: "RS256", typ: "JWT", kid: "key-1" };
export const TRUSTED = rsa.jwk({ kid: "key-1", alg: "RS256", use: "sig" });

export const schemed = (scheme: ReturnType<typeof jwt> | ReturnType<typeof jws>) =>
  defineProvider({ name: "attacked", docs: "https://example.com", payload: "raw", scheme });

export function bearer(token: string, options: Partial<JwtOptions> = {}, secret: VerifierOptions["secret"] = TRUSTED) {
  const verifier = createVerifier(schemed(jwt({ ...OPTIONS, ...options })), { secret, clock, log: false });
  const headers = { authorization: `Bearer ${token}` };
  return verdict(verifier.verify({ method: "POST", url: "/", headers, body: "{}" }));
}
export const token = (claims: object = {}, header: object = {}, key = rsa.privateKey) =>
  compact({ ...HEADER, ...header }, { ...GENUINE, ...claims }, key);
