import { describe, expect, test } from "vitest";
import { BodyBuffer, STREAM_FROM } from "./buffer.ts";

const bytes = (length: number, seed = 0) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255);

describe("a body in pieces", () => {
  test.each([
    ["none", []],
    ["one", [5]],
    ["small ones", [5, 1, 7]],
    ["up to the threshold", [STREAM_FROM - 1, 1]],
    ["over the threshold", [STREAM_FROM - 1, 1, 1, 3]],
    ["a large first one", [100_000]],
    ["a large first one and more", [100_000, 1, 200_000, 7]],
    ["many", Array<number>(300).fill(1000)],
  ])("comes back whole: %s", (_, sizes) => {
    const total = sizes.reduce((sum, size) => sum + size, 0);
    for (const most of [total, 10_000_000]) {
      const buffer = new BodyBuffer(most, most);
      const pieces = sizes.map((size, i) => bytes(size, i));
      for (const piece of pieces) buffer.push(piece);
      const whole = Buffer.concat(pieces);
      expect(buffer.length).toBe(total);
      expect(Buffer.compare(buffer.whole(), whole)).toBe(0);
      expect(Buffer.compare(Buffer.concat(buffer.parts()), whole)).toBe(0);
    }
  });

  test("one piece is handed back itself, however large", () => {
    const piece = bytes(50_000);
    const buffer = new BodyBuffer(-1, 1_000_000);
    buffer.push(piece);
    expect(buffer.whole()).toBe(piece);
  });

  test("copies a bounded number of times, and never allocates more than can come", () => {
    const buffer = new BodyBuffer(-1, 1_000_000);
    const seen = new Set<ArrayBufferLike>();
    for (let i = 0; i < 1000; i++) {
      buffer.push(bytes(1000, i));
      const [part] = buffer.parts();
      if (part !== undefined && buffer.length > STREAM_FROM) seen.add(part.buffer);
    }
    expect(seen.size).toBeLessThanOrEqual(6);
    for (const memory of seen) expect(memory.byteLength).toBeLessThanOrEqual(1_000_000);
  });
});
