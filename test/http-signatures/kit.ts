/** What the tests of the scheme share: one provider, a request that it signed, and what becomes of it. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createVerifier, defineProvider, sign, type VerifierOptions } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { type HttpSignatureOptions, httpSignature } from "@countersign/http-signatures";
import { type KeyPair, keys } from "./rfc9421.ts";

export const NOW = 1_784_000_000;
export const clock = fakeClock(NOW * 1000);
export const URL_CALLED = "https://hooks.example.com/in?x=1";
export const BODY = '{"hello":"world"}';

export function pair(kid: string) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const written = (key: typeof publicKey) => JSON.stringify({ ...key.export({ format: "jwk" }), kid });
  return {
    public: written(publicKey),
    private: written(privateKey),
    pem: String(publicKey.export({ format: "pem", type: "spki" })).trim(),
  };
}
export const ours = pair("ours");
export const theirs = pair("theirs");

export const provider = (options: HttpSignatureOptions = {}) =>
  defineProvider({ name: "acme", docs: "https://example.com", scheme: httpSignature(options) });

export interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}
export const request = async (
  options: HttpSignatureOptions = {},
  secret: string | string[] = ours.private,
): Promise<Request> => {
  const own = { "content-type": "application/json" };
  const message = { method: "POST", url: URL_CALLED, headers: own, body: BODY, timestamp: NOW, id: "evt-1" };
  const headers = await sign(provider(options), { ...message, secret });
  return { ...message, headers: { ...own, ...headers } };
};

export const verdict = async (
  from: Request,
  options: HttpSignatureOptions = {},
  more: Partial<VerifierOptions<any, any>> = {},
): Promise<string> => {
  const verifier = createVerifier(provider(options), { secret: ours.public, clock, ...more } as VerifierOptions<
    any,
    any
  >);
  const result = await verifier.verify(from).catch((error: unknown) => error);
  return (result as { code?: string }).code ?? "accepted";
};
/** What is told to the developer. */
export const reason = async (from: Request, options: HttpSignatureOptions = {}): Promise<string> => {
  const verifier = createVerifier(provider(options), { secret: ours.public, clock });
  return verifier.verify(from).then(
    () => "accepted",
    (error: Error) => error.message,
  );
};

export function of({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) {
  return {
    public: JSON.stringify(publicKey.export({ format: "jwk" })),
    private: JSON.stringify(privateKey.export({ format: "jwk" })),
  };
}

/** The standard's own key, without its name: to make one takes too long. */
const { kid: _, ...rsaJwk } = (keys["test-key-rsa"] as KeyPair).jwk;
export const rsa = {
  private: JSON.stringify(rsaJwk),
  public: JSON.stringify({ kty: rsaJwk.kty, n: rsaJwk.n, e: rsaJwk.e }),
};
