import { describe, expect, test } from "vitest";
import * as asymmetricNode from "./asymmetric-node.ts";
import * as asymmetricWeb from "./asymmetric-web.ts";
import { readPublicKey } from "./key-text.ts";
import { platform as node } from "./node.ts";
import { readPrivateKey } from "./private-key.ts";
import type { Content } from "./shape.ts";
import { platform as web } from "./web.ts";

/** RFC 4231, section 4: HMAC-SHA-256 and HMAC-SHA-512. Keys and data are hex. Case 5 is left out: it truncates. */
const rfc4231 = [
  {
    name: "test case 1",
    key: "0b".repeat(20),
    data: "4869205468657265",
    sha256: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    sha512:
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
  },
  {
    name: "test case 2, a key shorter than the output",
    key: "4a656665",
    data: "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
    sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    sha512:
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  },
  {
    name: "test case 3, key and data longer than 64 bytes together",
    key: "aa".repeat(20),
    data: "dd".repeat(50),
    sha256: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    sha512:
      "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
  },
  {
    name: "test case 4",
    key: "0102030405060708090a0b0c0d0e0f10111213141516171819",
    data: "cd".repeat(50),
    sha256: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    sha512:
      "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
  },
  {
    name: "test case 6, a key longer than a block",
    key: "aa".repeat(131),
    data: "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
    sha256: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    sha512:
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
  },
  {
    name: "test case 7, key and data longer than a block",
    key: "aa".repeat(131),
    data: "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
    sha256: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    sha512:
      "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
  },
] as const;

/** RFC 2202, section 3: HMAC-SHA-1. */
const rfc2202 = [
  {
    name: "test case 1",
    key: "0b".repeat(20),
    data: "4869205468657265",
    sha1: "b617318655057264e28bc0b6fb378c8ef146be00",
  },
  {
    name: "test case 2",
    key: "4a656665",
    data: "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
    sha1: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
  },
  {
    name: "test case 3",
    key: "aa".repeat(20),
    data: "dd".repeat(50),
    sha1: "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
  },
  {
    name: "test case 6, a key longer than a block",
    key: "aa".repeat(80),
    data: "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
    sha1: "aa4ae5e15272d00e95705637ce8a3b55ed402112",
  },
] as const;

/** RFC 8032, section 7.1: Ed25519. */
const rfc8032 = [
  {
    name: "test 1",
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  },
  {
    name: "test 2",
    seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  },
  {
    name: "test 3",
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  },
] as const;

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

function content(hex: string): Content {
  return { before: "", body: bytes(hex), after: "" };
}

/** The same bytes in front of the body, in it, and behind it. */
function cut(hex: string): Content {
  const data = Buffer.from(hex, "hex");
  return {
    before: data.subarray(0, 1).toString("latin1"),
    body: new Uint8Array(data.subarray(1, 5)),
    after: data.subarray(5).toString("latin1"),
  };
}

describe.each([
  ["node", node],
  ["web", web],
] as const)("%s", (_, platform) => {
  describe.each(rfc4231)("RFC 4231, $name", ({ key, data, sha256, sha512 }) => {
    test.each([
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

  test.each(rfc2202)("RFC 2202, $name", async ({ key, data, sha1 }) => {
    expect(await platform.macKey("sha1", bytes(key)).mac(content(data), "hex")).toBe(sha1);
  });

  test("takes data beyond one buffer", async () => {
    const data = "5a".repeat(40_000);
    const expected = await (platform === node ? web : node)
      .macKey("sha256", bytes("4a656665"))
      .mac(content(data), "hex");
    expect(await platform.macKey("sha256", bytes("4a656665")).mac(content(data), "hex")).toBe(expected);
  });
});

describe.each([
  ["node", asymmetricNode],
  ["web", asymmetricWeb],
] as const)("%s", (_, { makeSign, makeVerify }) => {
  test.each(rfc8032)("RFC 8032, $name", async ({ seed, publicKey, message, signature }) => {
    const sign = makeSign("ed25519", "raw", readPrivateKey("ed25519", seed));
    expect(Buffer.from(await sign(content(message))).toString("hex")).toBe(signature);
    const verify = makeVerify("ed25519", "raw", readPublicKey("ed25519", publicKey));
    expect(await verify(content(message), bytes(signature))).toBe(true);
    expect(await verify(content(`${message}00`), bytes(signature))).toBe(false);
  });
});
