import { signedBody } from "../body/signed-body.ts";
import type { Content } from "../crypto/shape.ts";
import type { RequestHead } from "../head/head.ts";
import type { HeadersLike } from "../head/headers.ts";
import { SignatureScheme } from "../scheme/compile.ts";
import { type Proof, Unreadable } from "../scheme/proof.ts";
import type { Ed25519Scheme, MacScheme } from "../scheme/scheme.ts";
import { anyEqual, keyMaker } from "../secret/keys.ts";
import type { Secret } from "../secret/secrets.ts";

/** One assumption about what the sender did: verified as it is, or with something changed. */
export interface Attempt {
  readonly scheme: MacScheme | Ed25519Scheme;
  readonly secrets: readonly Secret[];
  readonly headers: HeadersLike;
  readonly rawHeaders?: readonly string[];
  readonly method?: string;
  readonly url: string;
  readonly body: Uint8Array;
  /** Another text around the body than the scheme's own. */
  readonly around?: (proof: Proof) => { readonly before: string; readonly after: string };
}

/** Something that people get wrong, and how to see it: by trying what they should have done. */
export interface Hypothesis {
  readonly code: string;
  readonly sentence: string;
  readonly mend: string;
  variants(attempt: Attempt): readonly Attempt[] | Promise<readonly Attempt[]>;
}

/** Whether one of the signatures in the request is right under this assumption. Time plays no part. */
export async function holds(attempt: Attempt): Promise<boolean> {
  const read = readAttempt(attempt);
  if (read === undefined) return false;
  for (const secret of attempt.secrets) {
    try {
      const key = keyMaker(attempt.scheme)(secret);
      const found =
        key.mac === undefined
          ? await key.matches?.(read.content, read.signatures)
          : anyEqual(await key.mac.mac(read.content, attempt.scheme.encoding), read.signatures);
      if (found === true) return true;
    } catch {
      // This secret cannot be written so: not what happened.
    }
  }
  return false;
}

/** Where a signed time lies plays no part here. */
const ANY_TIME = { judgeTime: () => undefined };

/** The proof that the head claims, whatever its time; `undefined` when the scheme or the head cannot be read. */
export function proofOf(attempt: Attempt): Proof | undefined {
  try {
    const proof = new SignatureScheme(attempt.scheme).readProof(headOf(attempt), attempt.url, ANY_TIME);
    return proof === undefined || proof instanceof Unreadable ? undefined : proof;
  } catch {
    return undefined;
  }
}

function headOf(attempt: Attempt): RequestHead {
  return { ...attempt, method: attempt.method ?? "POST" };
}

function readAttempt(attempt: Attempt): { content: Content; signatures: readonly string[] } | undefined {
  const proof = proofOf(attempt);
  if (proof === undefined) return undefined;
  const { before, after } = attempt.around?.(proof) ?? proof;
  const body = signedBody(new SignatureScheme(attempt.scheme).carries, headOf(attempt), attempt.body);
  return body === undefined ? undefined : { content: { before, body, after }, signatures: proof.signatures };
}
