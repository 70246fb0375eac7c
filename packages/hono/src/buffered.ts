import type { Context } from "hono";

/** The bytes, where other middleware has read them through Hono, which keeps what it read. */
export function bufferedBody(c: Context): Promise<Uint8Array> | undefined {
  const { arrayBuffer, blob, text } = c.req.bodyCache as unknown as {
    arrayBuffer?: ArrayBuffer | Promise<ArrayBuffer>; // Hono's validator keeps no promise before 4.2.
    blob?: Promise<Blob>;
    text?: Promise<string>;
  };
  const buffer = arrayBuffer ?? blob?.then((value) => value.arrayBuffer());
  if (buffer !== undefined) return Promise.resolve(buffer).then((bytes) => new Uint8Array(bytes));
  return text?.then((value) => new TextEncoder().encode(value));
}

/** Hands the verified bytes on to `c.req.json()` and its like. */
export function handOn(c: Context, body: Uint8Array): void {
  const { req } = c;
  req.bodyCache = { arrayBuffer: new VerifiedBytes(body) as never };
  const type = req.raw.headers.get("content-type");
  // Hono makes a Response of what it keeps, which had no type before 4.13.8: a form was then none.
  if (type !== null && FORM.test(type)) {
    req.formData = () => new Response(copyOf(body), { headers: { "content-type": type } }).formData();
  }
}

const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

function copyOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/**
 * A promise of an `ArrayBuffer` that copies the bytes, which may be part of a larger buffer, only when somebody asks.
 */
class VerifiedBytes implements Promise<ArrayBuffer> {
  readonly [Symbol.toStringTag] = "Promise";
  readonly #bytes: Uint8Array;
  #copied: Promise<ArrayBuffer> | undefined = undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #copy(): Promise<ArrayBuffer> {
    this.#copied ??= Promise.resolve(copyOf(this.#bytes));
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

  /** Before 4.2 Hono makes a Response of it without awaiting it, and so of its text. */
  toString(): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes);
  }
}
