import type { Context } from "hono";

/** The bytes, where other middleware has read them through Hono, which keeps what it read. */
export function bufferedBody(c: Context): Promise<Uint8Array> | undefined {
  const { arrayBuffer, blob, text } = c.req.bodyCache as unknown as {
    arrayBuffer?: Promise<ArrayBuffer>;
    blob?: Promise<Blob>;
    text?: Promise<string>;
  };
  const buffer = arrayBuffer ?? blob?.then((value) => value.arrayBuffer());
  if (buffer !== undefined) return buffer.then((bytes) => new Uint8Array(bytes));
  return text?.then((value) => new TextEncoder().encode(value));
}

/**
 * The verified bytes for `c.req.json()` and its like: a promise of an `ArrayBuffer` that copies the bytes, which may be
 * part of a larger buffer, only when somebody asks.
 */
export class VerifiedBytes implements Promise<ArrayBuffer> {
  readonly [Symbol.toStringTag] = "Promise";
  readonly #bytes: Uint8Array;
  #copied: Promise<ArrayBuffer> | undefined = undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #copy(): Promise<ArrayBuffer> {
    this.#copied ??= Promise.resolve(new Uint8Array(this.#bytes).buffer);
    return this.#copied;
  }

  // biome-ignore lint/suspicious/noThenProperty: being awaited is what it is for
  then<A = ArrayBuffer, B = never>(
    done?: ((buffer: ArrayBuffer) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#copy().then(done, failed);
  }

  catch<A = never>(failed?: ((reason: unknown) => A | PromiseLike<A>) | null): Promise<ArrayBuffer | A> {
    return this.#copy().catch(failed);
  }

  finally(done?: (() => void) | null): Promise<ArrayBuffer> {
    return this.#copy().finally(done);
  }
}
