import { describe, expect, it } from "vitest";
import { platform as node } from "../../packages/core/src/crypto/node.ts";
import type { Content } from "../../packages/core/src/crypto/shape.ts";
import { platform as web } from "../../packages/core/src/crypto/web.ts";
import { rfc2202, rfc4231, rfc8032 } from "./rfc.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

function content(hex: string): Content {
  const data = bytes(hex);
  return { before: "", chunks: [data], length: data.length, after: "" };
}

/** The same bytes in front of the body, in two chunks, and behind it. */
function cut(hex: string): Content {
  const data = Buffer.from(hex, "hex");
  const chunks = [new Uint8Array(data.subarray(1, 3)), new Uint8Array(data.subarray(3, 5))];
  return {
    before: data.subarray(0, 1).toString("latin1"),
    chunks,
    length: 4,
    after: data.subarray(5).toString("latin1"),
  };
}

describe.each([
  ["node", node],
  ["web", web],
] as const)("%s", (_, platform) => {
  describe.each(rfc4231)("RFC 4231, $name", ({ key, data, sha256, sha512 }) => {
    it.each([
      ["sha256", sha256],
      ["sha512", sha512],
    ] as const)("%s", async (digest, expected) => {
      const mac = platform.macKey(digest, bytes(key));
      expect(await mac.mac(content(data), "hex")).toBe(expected);
      expect(await mac.mac(cut(data), "hex")).toBe(expected);
      expect(await mac.mac(content(data), "base64")).toBe(Buffer.from(expected, "hex").toString("base64"));
      const stream = mac.stream?.("");
      stream?.update(bytes(data));
      expect(stream?.digest("", "hex") ?? expected).toBe(expected);
    });
  });

  it.each(rfc2202)("RFC 2202, $name", async ({ key, data, sha1 }) => {
    expect(await platform.macKey("sha1", bytes(key)).mac(content(data), "hex")).toBe(sha1);
  });

  it.each(rfc8032)("RFC 8032, $name", async ({ seed, publicKey, message, signature }) => {
    expect(Buffer.from(await platform.signKey(bytes(seed))(content(message))).toString("hex")).toBe(signature);
    const verify = platform.verifyKey(bytes(publicKey));
    expect(await verify(content(message), bytes(signature))).toBe(true);
    expect(await verify(content(`${message}00`), bytes(signature))).toBe(false);
  });

  it("takes data beyond one buffer", async () => {
    const data = "5a".repeat(40_000);
    const expected = await (platform === node ? web : node)
      .macKey("sha256", bytes("4a656665"))
      .mac(content(data), "hex");
    expect(await platform.macKey("sha256", bytes("4a656665")).mac(content(data), "hex")).toBe(expected);
  });
});
