import { createVerifier, type Provider, WebhookError } from "@countersign/core";
import { headerRecord, type SavedRequest } from "../request/saved.ts";
import type { JudgedAt } from "./time.ts";

/** What a verifier says of a request. */
export interface Verdict {
  readonly provider: string;
  readonly ok: boolean;
  /** `"genuine"`, `"handshake"` or the code of the refusal. */
  readonly code: string;
  readonly message: string;
  /** What a receiver with the default settings answers. */
  readonly status: number;
  /** When it was signed, RFC 3339, where that is signed. */
  readonly signedAt?: string;
  readonly id?: string;
  /** Which of the secrets matched, counted from 1. */
  readonly secret?: number;
}

/**
 * Judges a request as a receiver would.
 *
 * @throws ConfigurationError where the secret is nothing that the provider uses
 */
export async function judge(
  provider: Provider<any>,
  secrets: readonly string[],
  request: SavedRequest,
  { now }: Pick<JudgedAt, "now">,
): Promise<Verdict> {
  const { method, url, headers, body } = request;
  const verifier = createVerifier(provider, {
    secret: secrets,
    clock: { now: () => now },
    log: false,
    limit: Number.MAX_SAFE_INTEGER,
    ...(/^https?:\/\/[^/?#\s]+[^#\s]*$/.test(url) ? { exactUrl: url } : {}),
  });
  try {
    const { id, timestamp, secretIndex } = await verifier.verify({ method, url, headers: headerRecord(headers), body });
    return {
      provider: provider.name,
      ok: true,
      code: "genuine",
      message: "The request is genuine.",
      status: 204,
      ...(timestamp === undefined ? {} : { signedAt: timestamp.toISOString() }),
      ...(id === undefined ? {} : { id }),
      secret: secretIndex + 1,
    };
  } catch (error) {
    if (!(error instanceof WebhookError)) throw error;
    const { code, message, status } = error;
    return { provider: provider.name, ok: code === "handshake", code, message, status };
  }
}
