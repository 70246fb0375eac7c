import { concat } from "./inflate.ts";

/** Below this, chunks are kept as they came and hashed in one go; above it they are hashed as they arrive. */
export const STREAM_FROM = 16_384;

/**
 * Keeps a body that arrives in pieces. A large one is copied piece by piece into one buffer, so that no moment has to
 * bring many megabytes together: as large as the request declares, which costs no memory until it is written, or else
 * one that doubles.
 */
export class BodyBuffer {
  length = 0;
  #chunks: Uint8Array[] = [];
  #large: Uint8Array | undefined = undefined;
  readonly #declared: number;
  readonly #limit: number;

  /** @param declared bytes that the request says it has, or -1; `limit` is what may come at most */
  constructor(declared: number, limit: number) {
    this.#declared = declared;
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    const end = this.length + chunk.length;
    if (this.#large === undefined && (end <= STREAM_FROM || this.#chunks.length === 0)) this.#chunks.push(chunk);
    else this.#roomFor(end).set(chunk, this.length);
    this.length = end;
  }

  /** What has come, as few pieces as there are. */
  parts(): readonly Uint8Array[] {
    return this.#large === undefined ? this.#chunks : [this.#large.subarray(0, this.length)];
  }

  whole(): Uint8Array {
    return this.#large === undefined ? concat(this.#chunks, this.length) : this.#large.subarray(0, this.length);
  }

  #roomFor(end: number): Uint8Array {
    const large = this.#large;
    if (large !== undefined && end <= large.length) return large;
    const grown = new Uint8Array(
      this.#declared >= end ? this.#declared : Math.min(this.#limit, Math.max(65_536, end * 2)),
    );
    let at = 0;
    for (const kept of this.parts()) {
      grown.set(kept, at);
      at += kept.length;
    }
    this.#chunks = [];
    this.#large = grown;
    return grown;
  }
}
