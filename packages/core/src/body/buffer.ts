import { concat } from "./inflate.ts";

/** Below this, chunks are kept as they came and hashed in one go; above it they are hashed as they arrive. */
export const STREAM_FROM = 16_384;

/**
 * Keeps a body that arrives in pieces. A large one goes into a buffer that doubles, so that no moment copies more than
 * has come, and never grows past what the request declared.
 */
export class BodyBuffer {
  length = 0;
  private chunks: Uint8Array[] = [];
  private large: Uint8Array | undefined = undefined;
  private readonly most: number;

  /** @param most bytes that can come at most: the declared length, else the limit */
  constructor(most: number) {
    this.most = most;
  }

  push(chunk: Uint8Array): void {
    const end = this.length + chunk.length;
    if (this.large === undefined) {
      this.chunks.push(chunk);
      if (end > STREAM_FROM && this.chunks.length > 1) {
        this.large = new Uint8Array(Math.min(this.most, Math.max(65_536, end * 2)));
        let at = 0;
        for (const kept of this.chunks) {
          this.large.set(kept, at);
          at += kept.length;
        }
        this.chunks = [];
      }
    } else {
      if (end > this.large.length) {
        const larger = new Uint8Array(Math.min(this.most, end * 2));
        larger.set(this.large.subarray(0, this.length));
        this.large = larger;
      }
      this.large.set(chunk, this.length);
    }
    this.length = end;
  }

  /** What has come, as few pieces as there are. */
  parts(): readonly Uint8Array[] {
    return this.large === undefined ? this.chunks : [this.large.subarray(0, this.length)];
  }

  whole(): Uint8Array {
    return this.large === undefined ? concat(this.chunks, this.length) : this.large.subarray(0, this.length);
  }
}
