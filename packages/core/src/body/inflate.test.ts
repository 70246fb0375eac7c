import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { InflatedTooLarge, inflate } from "./inflate.ts";

const plain = Buffer.from("webhook ".repeat(1000));

describe("inflating", () => {
  test.each([
    ["gzip", gzipSync(plain)],
    ["deflate", deflateSync(plain)],
  ])("%s", async (encoding, body) => {
    expect(Buffer.from(await inflate(encoding, body, plain.length)).equals(plain)).toBe(true);
  });

  test("an empty body inside", async () => expect(await inflate("gzip", gzipSync(""), 10)).toHaveLength(0));

  test("stops at the limit, one byte over it", async () => {
    await expect(inflate("gzip", gzipSync(plain), plain.length - 1)).rejects.toBeInstanceOf(InflatedTooLarge);
  });

  test("a bomb is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    await expect(inflate("gzip", bomb, 1024 * 1024)).rejects.toBeInstanceOf(InflatedTooLarge);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  test.each([
    ["nothing", "gzip", Buffer.alloc(0)],
    ["plain text", "gzip", plain],
    ["cut off", "gzip", gzipSync(plain).subarray(0, 20)],
    ["cut off by one byte", "gzip", gzipSync(plain).subarray(0, -1)],
    ["junk behind it", "gzip", Buffer.concat([gzipSync(plain), Buffer.from("junk")])],
    ["a wrong checksum", "gzip", flip(gzipSync(plain), -6)],
    ["the other format", "deflate", gzipSync(plain)],
    ["raw deflate", "deflate", deflateRawSync(plain)],
  ])("broken data is an error: %s", async (_, encoding, body) => {
    await expect(inflate(encoding, body, 1_000_000)).rejects.toThrow();
  });
});

function flip(body: Buffer, at: number): Buffer {
  const index = (at + body.length) % body.length;
  body[index] = (body[index] as number) ^ 1;
  return body;
}
