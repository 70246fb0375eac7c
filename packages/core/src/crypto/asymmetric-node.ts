import * as crypto from "node:crypto";
import { decodeInto } from "../lib/bytes.ts";
import { type AsymmetricAlgorithm, algorithmRow, type SignatureForm } from "../scheme/algorithms.ts";
import type { MakeSign, MakeVerify, ReadSignature } from "./asymmetric-shape.ts";
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

/** Content beyond it is brought together in memory of its own. */
const LARGEST = 16_384;
/**
 * Where a signature and what it covers are brought together. Shared by all keys: safe, because nothing awaits between
 * writing and verifying. Memory of a request's own costs a tenth of what verifying RSA does.
 */
const contents = Buffer.from(new ArrayBuffer(LARGEST));
const signatures = new Uint8Array(1_024);
/** One view for each length that a signature has. */
const views = new Map<number, Uint8Array>();

/** All that is signed, as one view; the body itself where nothing stands around it. */
function whole({ before, body, after }: Content): Uint8Array {
  if (before === "" && after === "") return typeof body === "string" ? Buffer.from(body) : body;
  const size = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  const length = before.length + size + after.length;
  const bytes = length > LARGEST ? Buffer.allocUnsafe(length) : contents;
  for (let i = 0; i < before.length; i++) bytes[i] = before.charCodeAt(i);
  if (typeof body === "string") bytes.write(body, before.length);
  else bytes.set(body, before.length);
  const end = before.length + size;
  for (let i = 0; i < after.length; i++) bytes[end + i] = after.charCodeAt(i);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
}

/** Good until the next one is read. */
export const readSignature: ReadSignature = (text, encoding) => {
  if (text.length > signatures.length) return Buffer.from(text, encoding);
  const length = decodeInto(text, encoding, signatures);
  let view = views.get(length);
  if (view === undefined) {
    view = signatures.subarray(0, length);
    views.set(length, view);
  }
  return view;
};

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
