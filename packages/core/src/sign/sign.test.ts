import { createHmac, generateKeyPairSync, verify as verifySignature } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { aperture, discord, github, slack, standardWebhooks, stripe, tailscale, twilio } from "../providers/index.ts";
import { createSigner, sign } from "./sign.ts";

const mac = (secret: string, content: string, digest = "sha256") => createHmac(digest, secret).update(content);

describe("sign", () => {
  test("writes what each scheme sends, under node:crypto's own MAC", async () => {
    expect(await sign(github, { secret: "a", body: "é" })).toEqual({
      "x-hub-signature-256": `sha256=${mac("a", "é").digest("hex")}`,
    });
    expect(await sign(stripe, { secret: ["a", "b"], body: "{}", timestamp: 5 })).toEqual({
      "stripe-signature": `t=5,v1=${mac("a", "5.{}").digest("hex")},v1=${mac("b", "5.{}").digest("hex")}`,
    });
    expect(await sign(slack, { secret: ["a", "b"], body: "{}", timestamp: new Date(5_999) })).toEqual({
      "x-slack-request-timestamp": "5",
      "x-slack-signature": `v0=${mac("a", "v0:5:{}").digest("hex")}`,
    });
    expect(await sign(aperture(), { secret: ["a", "b"], body: "{}" })).toEqual({ authorization: "Bearer a" });
  });

  test("takes any bytes", async () => {
    const body = Uint8Array.of(0, 255, 254, 0xef, 0xbb, 0xbf);
    const expected = `sha256=${createHmac("sha256", "a").update(body).digest("hex")}`;
    for (const given of [body, body.buffer, new DataView(body.buffer)]) {
      expect((await sign(github, { secret: "a", body: given as never }))["x-hub-signature-256"]).toBe(expected);
    }
  });

  test("makes an id where one is signed and none is given, another each time", async () => {
    const secret = `whsec_${Buffer.from("a".repeat(24)).toString("base64")}`;
    const one = await sign(standardWebhooks, { secret, body: "{}" });
    const two = await sign(standardWebhooks, { secret, body: "{}" });
    expect(one["webhook-id"]).toMatch(/^[\x21-\x7e]+$/);
    expect(one["webhook-id"]).not.toBe(two["webhook-id"]);
  });

  test("signs with Ed25519 what the public key verifies", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const seed = Buffer.from(privateKey.export({ format: "jwk" }).d as string, "base64url").toString("hex");
    const headers = await sign(discord, { secret: seed, body: "{}", timestamp: 5 });
    const signature = Buffer.from(headers["x-signature-ed25519"] as string, "hex");
    expect(verifySignature(null, Buffer.from("5{}"), publicKey, signature)).toBe(true);
  });

  test("signs a form as Twilio does, also where its content type goes without saying", async () => {
    const url = "https://example.com/voice";
    const expected = mac("token", `${url}AllCallSidCA1`, "sha1").digest("base64");
    const body = "CallSid=CA1&A=ll";
    expect(await sign(twilio, { secret: "token", url, body })).toEqual({ "x-twilio-signature": expected });
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    expect(await sign(twilio, { secret: "token", url, body, headers })).toEqual({ "x-twilio-signature": expected });
  });

  test.each([
    ["a number that is none", { timestamp: Number.NaN }, "timestamp"],
    ["a fraction", { timestamp: 1.5 }, "timestamp"],
    ["a negative number", { timestamp: -1 }, "timestamp"],
    ["a number that is written with an exponent", { timestamp: 1e21 }, "timestamp"],
    ["milliseconds where seconds belong", { timestamp: 1_700_000_000_000 }, "timestamp"],
    ["an invalid Date", { timestamp: new Date("?") }, "timestamp"],
    ["a Date before 1970", { timestamp: new Date(-1000) }, "timestamp"],
    ["a body that was parsed", { body: { a: 1 } }, "body"],
    ["no body", { body: undefined }, "body"],
    ["an empty secret", { secret: "" }, "secret"],
    ["no secret", { secret: undefined }, "secret"],
  ])("throws for %s", async (_, change, option) => {
    const work = sign(stripe, { secret: "a", body: "{}", ...(change as object) } as never);
    await expect(work).rejects.toBeInstanceOf(ConfigurationError);
    await expect(work).rejects.toMatchObject({ option });
  });

  test.each(["a.b", " a", "a  b", "", "é", "a\n"])("throws for the id %j", async (id) => {
    await expect(sign(standardWebhooks, { secret: "QUJD", body: "{}", id })).rejects.toMatchObject({ option: "id" });
  });

  test("throws for a URL that is signed and is not given, or cannot travel", async () => {
    await expect(sign(twilio, { secret: "a", body: "" })).rejects.toMatchObject({ option: "url" });
    await expect(sign(twilio, { secret: "a", body: "", url: "https://example.com/Ā" })).rejects.toMatchObject({
      option: "url",
    });
    await expect(sign(twilio, { secret: "a", body: "a=%", url: "https://example.com/" })).rejects.toMatchObject({
      option: "body",
    });
  });
});

test("a signer says which headers it sets", async () => {
  for (const provider of [tailscale, slack, standardWebhooks, aperture({ authorization: "x-api-key" })]) {
    const signer = createSigner(provider, { secret: "QUJD" });
    expect(Object.keys(await signer.sign({ body: "{}" })).sort()).toEqual([...signer.headers].sort());
  }
});
