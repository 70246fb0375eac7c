import { createHmac } from "node:crypto";

export const NOW = 1_784_000_000_000;
export const SECRET = "s3cr3t-do-not-tell";
export const WHSEC = `whsec_${Buffer.from("a signing key of 32 bytes length").toString("base64")}`;

type Bytes = string | Uint8Array;

/** Signatures made by node:crypto alone: what is signed says what is expected. */
export function mac(content: Bytes, secret: Bytes = SECRET, digest = "sha256") {
  return createHmac(digest, secret).update(content);
}

export function stripeRequest(time: string, body: Bytes = "{}") {
  const content = Buffer.concat([Buffer.from(`${time}.`), Buffer.from(body as string)]);
  return { method: "POST", headers: { "stripe-signature": `t=${time},v1=${mac(content).digest("hex")}` }, body };
}

export function githubRequest(body: Bytes) {
  return { method: "POST", headers: { "x-hub-signature-256": `sha256=${mac(body).digest("hex")}` }, body };
}

export function standardRequest(id: string, time: string, body: string) {
  const key = Buffer.from(WHSEC.slice("whsec_".length), "base64");
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": time,
    "webhook-signature": `v1,${mac(`${id}.${time}.${body}`, key).digest("base64")}`,
  };
  return { method: "POST", headers, body };
}

/** The code of the refusal; fails when there is none. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = (await work.then(
    () => {
      throw new Error("it was accepted");
    },
    (thrown: unknown) => thrown,
  )) as { code?: string };
  if (error.code === undefined) throw error;
  return error.code;
}
