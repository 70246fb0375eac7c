import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { type Table, table } from "@countersign/core/checks";

const DECODERS: Table<() => Transform> = table({
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
});

/** What the reader needs of the request that it reads for. */
export interface BodyFlow {
  pause(): void;
  resume(): void;
  /** The body is complete, or as much of it as will be kept. Called once. */
  done(): void;
}

/**
 * Collects an answer's body, decoded, up to a limit of **decoded** bytes: 48 KB of gzip can hold 50 MB.
 * An encoding that cannot be decoded leaves an empty, truncated body; the status still counts.
 */
export class BodyReader {
  truncated = false;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #finished = false;
  readonly #limit: number;
  readonly #flow: BodyFlow;
  readonly #decoder: Transform | undefined;

  constructor(encoding: string | undefined, limit: number, flow: BodyFlow) {
    this.#limit = limit;
    this.#flow = flow;
    const name = (encoding ?? "identity").trim().toLowerCase();
    if (name === "identity" || name === "") return;
    const create = DECODERS[name];
    if (create === undefined) {
      this.#cut();
      return;
    }
    this.#decoder = create();
    this.#decoder.on("data", (chunk: Buffer) => this.#keep(chunk));
    this.#decoder.on("end", () => this.#finish());
    this.#decoder.on("error", () => this.#cut());
    this.#decoder.on("drain", () => flow.resume());
  }

  push(chunk: Buffer): void {
    if (this.#finished) return;
    if (this.#decoder === undefined) this.#keep(chunk);
    else if (!this.#decoder.write(chunk)) this.#flow.pause();
  }

  end(): void {
    if (this.#decoder === undefined) this.#finish();
    else if (!this.#finished) this.#decoder.end();
  }

  /** The text kept so far. A character that the cut went through is left out. */
  text(): string {
    if (this.#length === 0) return "";
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#length);
    return this.truncated ? new TextDecoder().decode(bytes, { stream: true }) : bytes.toString("utf8");
  }

  destroy(): void {
    this.#finished = true;
    this.#decoder?.destroy();
  }

  #keep(chunk: Buffer): void {
    if (this.#finished) return;
    const room = this.#limit - this.#length;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    if (kept.length > 0) {
      this.#chunks.push(kept);
      this.#length += kept.length;
    }
    if (chunk.length > room) this.#cut();
  }

  /** Not at once: the owner may still be inside a callback of the client, or have no reader in hand yet. */
  #cut(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.truncated = true;
    queueMicrotask(() => this.#flow.done());
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#flow.done();
  }
}
