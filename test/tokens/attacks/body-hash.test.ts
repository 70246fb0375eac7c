import { createVerifier } from "@countersign/core";
import { plaid } from "@countersign/tokens/providers";
import { describe, expect, test } from "vitest";
import { compact, hashOf, p256, verdict } from "../make.ts";
import { clock, SECONDS } from "./kit.ts";

describe("body hash not compared", () => {
  const body = '{"webhook_code":"SYNC_UPDATES_AVAILABLE"}';
  const made = (claims: object) => compact({ alg: "ES256", typ: "JWT" }, { iat: SECONDS, ...claims }, p256.privateKey);
  const send = (text: string, sent = body) =>
    verdict(
      createVerifier(plaid, { secret: p256.pem, clock, log: false }).verify({
        method: "POST",
        url: "/",
        headers: { "plaid-verification": text },
        body: sent,
      }),
    );
  const hash = hashOf(body, "hex");

  test("another body, one byte more, the same JSON written otherwise", async () => {
    const text = made({ request_body_sha256: hash });
    expect(await send(text)).toBe("accepted");
    for (const other of ["{}", `${body} `, body.replace(":", ": "), ""])
      expect(await send(text, other)).not.toBe("accepted");
  });
  test.each<[string, unknown]>([
    ["no hash", undefined],
    ["null", null],
    ["an empty one", ""],
    ["a list", [hash]],
    ["the beginning of it", hash.slice(0, 32)],
    ["in upper case", hash.toUpperCase()],
    ["in base64", hashOf(body, "base64")],
    ["of nothing", hashOf("", "hex")],
  ])("%s", async (_, said) => {
    expect(await send(made({ request_body_sha256: said }))).toMatch(/signature/);
  });
  test("the head is judged before a byte of the body is read", async () => {
    const verifier = createVerifier(plaid, { secret: p256.pem, clock });
    const headers = { "plaid-verification": made({ request_body_sha256: hash }).replace(/.{8}$/, "AAAAAAAA") };
    expect(await verifier.begin({ method: "POST", headers })).toMatchObject({ status: 401 });
  });
});
