import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { importPacked } from "../packed/pack.ts";
import { stripeEvent } from "./bodies.ts";
import { type Row, race } from "./measure.ts";

const URL_CALLED = "https://hooks.example.com/in";

/** An HTTP message signature with its digest, against the same two pieces of work of the platform alone. */
export async function benchHttpSignatures(): Promise<Row[]> {
  const core = await importPacked<typeof import("@countersign/core")>("@countersign/core");
  const own = await importPacked<typeof import("@countersign/http-signatures")>("@countersign/http-signatures");
  const body = stripeEvent(1000);

  const prepare = async (algorithm: "ed25519" | "ecdsa-p256-sha256" | "rsa-v1_5-sha256") => {
    const { publicKey, privateKey } = pairs[algorithm]();
    const provider = core.defineProvider({
      name: "acme",
      docs: "https://example.com",
      payload: "raw",
      scheme: own.httpSignature({ algorithms: [algorithm], tolerance: "24h" }),
    });
    const jwk = (key: KeyObject) => JSON.stringify({ ...key.export({ format: "jwk" }), kid: "2026-11" });
    const message = { method: "POST", url: URL_CALLED, headers: { "content-type": "application/json" }, body };
    const proof = await core.sign(provider, { ...message, secret: jwk(privateKey), id: "evt_1PZ2" });
    const request = { ...message, headers: { ...message.headers, ...proof } };
    const verifier = core.createVerifier(provider, { secret: jwk(publicKey), tolerance: "24h" });
    const base = Buffer.from(own.signatureBaseOf(request, "sig1") as string);
    const signature = Buffer.from((proof.signature as string).slice("sig1=:".length, -1), "base64");
    const digest = createHash("sha256").update(body).digest();
    const hash = algorithm === "ed25519" ? null : "sha256";
    const key = {
      key: createPublicKey({ key: publicKey.export({ format: "jwk" }), format: "jwk" }),
      dsaEncoding: "ieee-p1363" as const,
    };
    return {
      floor: () => verify(hash, base, key, signature) && createHash("sha256").update(body).digest().equals(digest),
      verify: () => verifier.verify(request),
    };
  };

  const rows: Row[] = [];
  for (const algorithm of ["ed25519", "ecdsa-p256-sha256", "rsa-v1_5-sha256"] as const) {
    const tasks = await prepare(algorithm);
    if (!tasks.floor() || (await tasks.verify()) === undefined) throw new Error("One side does not verify.");
    const found = await race(tasks);
    rows.push({
      name: `verify RFC 9421 with ${algorithm}, 1 KB / crypto.verify of the signature base, and SHA-256 of the body`,
      ...found.ratio("verify", "floor"),
      target: ["<=", 1.15],
      note: `${(found.cost("verify") / 1000).toFixed(1)} µs against ${(found.cost("floor") / 1000).toFixed(1)} µs`,
    });
  }
  return rows;
}

const pairs = {
  ed25519: () => generateKeyPairSync("ed25519"),
  "ecdsa-p256-sha256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "rsa-v1_5-sha256": () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
};
