import { generateKeyPairSync, type KeyObject, sign as signBytes, verify as verifyBytes } from "node:crypto";
import { importPacked } from "../packed/pack.ts";
import { stripeEvent } from "./bodies.ts";
import { type Race, type Row, race } from "./measure.ts";
import { ns } from "./verify.ts";

/** What the platform is told besides the bytes. */
const BARE = {
  "ecdsa-p256-sha256": {
    hash: "sha256",
    dsaEncoding: "der",
    pair: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  },
  "ecdsa-p384-sha384": {
    hash: "sha384",
    dsaEncoding: "ieee-p1363",
    pair: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  },
  "rsa-pkcs1-sha256": { hash: "sha256", padding: 1, pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }) },
  "rsa-pss-sha512": {
    hash: "sha512",
    padding: 6,
    saltLength: -1,
    pair: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  },
  ed25519: { hash: null, pair: () => generateKeyPairSync("ed25519") },
} as const;

/** A verdict on a signature by a private key against `crypto.verify` alone, of the same bytes; and a hit in a JWK Set. */
export async function benchAsymmetric(): Promise<Row[]> {
  const { asymmetric, body, createVerifier, defineProvider, timestamp } =
    await importPacked<typeof import("@countersign/core")>("@countersign/core");
  const { jwks } = await importPacked<typeof import("@countersign/core/keys")>("@countersign/core/keys");
  const content = stripeEvent(1000);
  const time = String(Math.floor(Date.now() / 1000));
  const bytes = Buffer.concat([Buffer.from(`${time}.`), content]);

  const rows: Row[] = [];
  for (const [algorithm, { hash, pair, ...settings }] of Object.entries(BARE)) {
    const { privateKey, publicKey } = (pair as () => { privateKey: KeyObject; publicKey: KeyObject })();
    const signature = signBytes(hash, bytes, { key: privateKey, ...(settings as object) });
    const form = "dsaEncoding" in settings && settings.dsaEncoding === "der" ? "der" : "raw";
    const provider = defineProvider({
      name: "bench",
      docs: "https://example.com",
      scheme: asymmetric({
        algorithm: algorithm as keyof typeof BARE,
        form,
        encoding: "base64",
        signature: { header: "x-signature" },
        timestamp: { header: "x-time", unit: "s", tolerance: "24h" },
        content: [timestamp, ".", body],
      }),
    });
    const secret = publicKey.export({ format: "pem", type: "spki" }) as string;
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "1" };
    const source = jwks("https://example.com/jwks", { fetch: async () => Response.json({ keys: [jwk] }) });
    const options = { payload: "raw", tolerance: "24h" } as const;
    const verifier = createVerifier(provider, { ...options, secret });
    const fetched = createVerifier(provider, { ...options, secret: source });
    const headers = { "x-signature": signature.toString("base64"), "x-time": time };
    const request = { method: "POST", url: "/", headers, body: content };
    const bare = { key: publicKey, ...(settings as object) };
    await fetched.verify(request);
    const sides = await race({
      floor: () => verifyBytes(hash, bytes, bare, signature),
      verify: () => verifier.verify(request),
      fetched: () => fetched.verify(request),
    });
    rows.push({
      name: `verify 1 KB, ${algorithm} / crypto.verify of the same bytes`,
      ...sides.ratio("verify", "floor"),
      note: against(sides),
      target: ["<=", 1.15],
    });
    if (algorithm === "rsa-pkcs1-sha256") {
      rows.push({
        name: "a hit in a JWK Set adds",
        value: (sides.cost("fetched") - sides.cost("verify")) / 1_000,
        unit: " µs",
        note: `${ns(sides.cost("fetched"))} against ${ns(sides.cost("verify"))}, rsa-pkcs1-sha256`,
        target: ["<=", 2],
      });
    }
  }
  return rows;
}

function against(sides: Race<"floor" | "verify" | "fetched">): string {
  return `${ns(sides.cost("verify"))} against ${ns(sides.cost("floor"))}`;
}
