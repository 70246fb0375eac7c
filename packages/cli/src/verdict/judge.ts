import { createVerifier, type Delivery, type PlainAnswer, type Provider, WebhookError } from "@countersign/core";
import { headerRecord, type SavedRequest } from "../request/saved.ts";

/** What a verifier says of a request. */
export interface Verdict {
  readonly provider: string;
  readonly ok: boolean;
  /** `"genuine"`, `"handshake"` or the code of the refusal. */
  readonly code: string;
  readonly message: string;
  /** What a receiver with the default settings answers. */
  readonly answer: PlainAnswer;
  /** When it was signed, RFC 3339, where that is signed. */
  readonly signedAt?: string;
  readonly id?: string;
  /** Which of the secrets matched, counted from 1. */
  readonly secret?: number;
}

/**
 * Judges a request as a receiver would.
 *
 * @param now when, in milliseconds since the epoch
 * @throws ConfigurationError where the secret is nothing that the provider uses
 */
export async function judge(
  provider: Provider<any>,
  secrets: readonly string[],
  request: SavedRequest,
  now: number,
): Promise<Verdict> {
  const { method, url, headers, body } = request;
  let refused: WebhookError | undefined;
  let proven: Delivery | undefined;
  const verifier = createVerifier(provider, {
    secret: secrets,
    clock: { now: () => now },
    log: false,
    inspect: false,
    limit: Number.MAX_SAFE_INTEGER,
    onReject: (error) => {
      refused = error;
    },
    ...(/^https?:\/\/[^/?#\s]+[^#\s]*$/.test(url) ? { exactUrl: url } : {}),
  });
  const handler = (delivery: Delivery) => {
    proven = delivery;
  };
  let answer: PlainAnswer;
  try {
    answer = await verifier.respond({ method, url, headers: headerRecord(headers), body }, handler);
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    refused = error;
    answer = { status: error.status, headers: {}, body: "" };
  }
  const { name } = provider;
  if (proven !== undefined) return { provider: name, ok: true, ...told(proven), answer };
  if (refused !== undefined) return { provider: name, ok: false, code: refused.code, message: refused.message, answer };
  return { provider: name, ok: true, code: "handshake", message: "A set-up request of the provider's own.", answer };
}

function told({ timestamp, id, secretIndex }: Delivery) {
  return {
    code: "genuine",
    message: "The request is genuine.",
    ...(timestamp === undefined ? {} : { signedAt: timestamp.toISOString() }),
    ...(id === undefined ? {} : { id }),
    secret: secretIndex + 1,
  };
}
