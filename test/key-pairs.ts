import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { AsymmetricScheme, Provider } from "@countersign/core";
import { testSecret } from "@countersign/core/testing";

/** What a provider's sender holds, and what its receiver holds. */
export interface Keys {
  readonly signing: string;
  readonly verifying: string;
}

/** Keys of any provider: one secret, or a new pair of the kind that its scheme asks for, as its vendor writes them. */
export function keysOf({ scheme }: Provider<any>, secret?: string): Keys {
  if (scheme.kind === "asymmetric") return newPair(scheme);
  const text = secret ?? testSecret({ scheme } as Provider<any>);
  return { signing: text, verifying: text };
}

/** A new pair; Ed25519's as the bare bytes where the vendor writes them so. */
export function newPair({ algorithm, publicKey: form }: AsymmetricScheme): Keys {
  if (algorithm === "ed25519") {
    const { privateKey } = generateKeyPairSync("ed25519");
    const { d, x } = privateKey.export({ format: "jwk" }) as { d: string; x: string };
    const encoding = form === "hex" ? "hex" : "base64";
    const written = (part: string) => Buffer.from(part, "base64url").toString(encoding);
    return { signing: written(d), verifying: written(x) };
  }
  const pair = algorithm.startsWith("rsa")
    ? nextRsa()
    : generateKeyPairSync("ec", { namedCurve: algorithm.includes("p256") ? "P-256" : "P-384" });
  return {
    signing: pair.privateKey.export({ format: "pem", type: "pkcs8" }) as string,
    verifying: pair.publicKey.export({ format: "pem", type: "spki" }) as string,
  };
}

/** Finding primes takes a good part of a second: two pairs take turns. */
const rsa: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }[] = [];
let turn = 0;
function nextRsa(): (typeof rsa)[number] {
  turn = 1 - turn;
  rsa[turn] ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
  return rsa[turn] as (typeof rsa)[number];
}
