/**
 * The keys of a sender cannot be had: their source is down, answers nonsense, or is too slow, and nothing that was
 * fetched before may still be used. A verifier answers 503 (`secret_unavailable`), so that the sender tries again.
 */
export class KeySourceError extends Error {
  override readonly name = "KeySourceError";

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
