import * as crypto from "node:crypto";
import { type AsymmetricAlgorithm, algorithmRow, type SignatureForm } from "../scheme/algorithms.ts";
import type { MakeSign, MakeVerify } from "./asymmetric-shape.ts";
import { derToRaw, inRange } from "./ecdsa-signature.ts";
import type { Content } from "./shape.ts";

/** What both of Node's calls take beside the bytes; prepared once. */
function settingsOf(algorithm: AsymmetricAlgorithm, form: SignatureForm, key: crypto.KeyObject) {
  const { padding } = algorithmRow(algorithm);
  if (padding === undefined) return { key, dsaEncoding: form === "der" ? ("der" as const) : ("ieee-p1363" as const) };
  if (padding === "pkcs1") return { key, padding: crypto.constants.RSA_PKCS1_PADDING };
  const saltLength = crypto.constants.RSA_PSS_SALTLEN_DIGEST;
  return { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

/** All that is signed, as one view; the body itself where nothing stands around it. */
function whole({ before, body, after }: Content): Uint8Array {
  const middle = typeof body === "string" ? Buffer.from(body) : body;
  if (before === "" && after === "") return middle;
  return Buffer.concat([Buffer.from(before, "latin1"), middle, Buffer.from(after, "latin1")]);
}

/** Node's own; also Bun's and Deno's. Synchronous: a promise costs more than the rest around it. */
export const makeVerify: MakeVerify = function verifyKey(algorithm, form, spki) {
  const key = crypto.createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  const settings = settingsOf(algorithm, form, key);
  const { key: type, hash = null, bytes } = algorithmRow(algorithm);
  if (type === "P-256" || type === "P-384") {
    return (content, signature) =>
      (form === "der" ? derToRaw(signature, type) !== undefined : inRange(signature, type)) &&
      crypto.verify(hash, whole(content), settings, signature);
  }
  return (content, signature) =>
    (bytes === undefined || signature.length === bytes) && crypto.verify(hash, whole(content), settings, signature);
};

export const makeSign: MakeSign = function signKey(algorithm, form, pkcs8) {
  const key = crypto.createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  const settings = settingsOf(algorithm, form, key);
  const { hash = null } = algorithmRow(algorithm);
  return (content) => crypto.sign(hash, whole(content), settings);
};
