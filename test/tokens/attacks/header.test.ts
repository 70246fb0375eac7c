import { createVerifier, type SecretLookup } from "@countersign/core";
import { jwt } from "@countersign/tokens";
import { describe, expect, test } from "vitest";
import { compact, otherRsa, rsa, verdict } from "../make.ts";
import { bearer, clock, HEADER, OPTIONS, schemed, TRUSTED, token } from "./kit.ts";

describe("kid, jku, x5u and jwk: injection of paths, URLs and keys", () => {
  test.each([
    "../../../../dev/null",
    "https://evil.example/jwks.json",
    "' OR 1=1 --",
    "key-1 | cat /etc/passwd",
    "x".repeat(256),
  ])("kid is a name to compare and nothing else: %s", async (kid) => {
    const wanted: unknown[] = [];
    const secret: SecretLookup = (_request, _context, key) => {
      wanted.push(key);
      return TRUSTED;
    };
    expect(await bearer(token({}, { kid }), {}, secret)).toBe("signature_mismatch"); // Of another name than the key.
    expect(wanted).toEqual([{ keyId: kid, algorithm: "RS256" }]);
  });
  test.each(["", "x".repeat(257), "a\nb", "a\0b", "é", 1, null, {}])("kid is no name: %j", async (kid) => {
    expect(await bearer(token({}, { kid }))).toBe("malformed_signature");
  });
  test.each<[string, object]>([
    ["jwk", { jwk: JSON.parse(otherRsa.jwk()) }],
    ["jku", { jku: "https://evil.example/jwks.json" }],
    ["x5u", { x5u: "https://evil.example/cert.pem" }],
    ["x5c", { x5c: ["MIIB"] }],
  ])("%s in the token is ignored", async (_, header) => {
    expect(await bearer(token({}, header, otherRsa.privateKey))).toBe("signature_mismatch");
    expect(await bearer(token({}, { ...header, kid: undefined }, otherRsa.privateKey))).toBe("signature_mismatch");
    expect(await bearer(token({}, header))).toBe("accepted");
  });
});

describe("crit, b64, typ and other words of the header", () => {
  test.each<[string, object]>([
    ["an extension that is not known", { crit: ["exp"], exp: 1 }],
    ["an empty list", { crit: [] }],
    ["b64 false", { b64: false, crit: ["b64"] }],
    ["b64 false, not critical", { b64: false }],
    ["an access token", { typ: "at+jwt" }],
    ["no text", { typ: 1 }],
  ])("%s", async (_, header) => {
    expect(await bearer(token({}, header))).toBe("malformed_signature");
  });
  test("a type is compared as the standard says", async () => {
    for (const typ of ["jwt", "application/JWT", undefined]) expect(await bearer(token({}, { typ }))).toBe("accepted");
    expect(await bearer(token({}, { typ: undefined }), { type: "secevent+jwt" })).toBe("malformed_signature");
    expect(await bearer(token({}, { typ: "secevent+jwt" }), { type: "secevent+jwt" })).toBe("accepted");
  });
});

describe("hostile tokens", () => {
  const [h, p, s] = token().split(".") as [string, string, string];
  test.each<[string, string]>([
    ["no segments", ""],
    ["one", h],
    ["two", `${h}.${p}`],
    ["four", `${h}.${p}.${s}.`],
    ["five, as an encrypted one", `${h}.${p}.${s}.${s}.${s}`],
    ["no payload", `${h}..${s}`],
    ["no signature", `${h}.${p}.`],
    ["padding", `${h}=.${p}.${s}`],
    ["standard base64", `${h}.${p}.${s.slice(0, -1)}+`],
    ["blanks", `${h}. ${p}.${s}`],
    ["a line break", `${h}.${p}.${s}\n`],
    ["no JSON", `${Buffer.from("{").toString("base64url")}.${p}.${s}`],
    ["a list for a header", `${Buffer.from("[]").toString("base64url")}.${p}.${s}`],
    ["null for claims", compact(HEADER, "null", rsa.privateKey)],
    ["claims that are no UTF-8", compact(HEADER, Buffer.from([0x7b, 0xff, 0x7d]), rsa.privateKey)],
    ["8 KiB and more", token({ more: "x".repeat(8192) })],
    ["a bomb of brackets", compact(HEADER, "[".repeat(5000), rsa.privateKey)],
  ])("%s", async (_, text) => {
    expect(await bearer(text)).toBe("malformed_signature");
  });
  test("a header that comes twice, or with another word", async () => {
    const verifier = createVerifier(schemed(jwt(OPTIONS)), { secret: TRUSTED, clock });
    const send = (authorization: string | string[]) =>
      verdict(verifier.verify({ method: "POST", url: "/", headers: { authorization }, body: "{}" }));
    expect(await send([`Bearer ${token()}`, `Bearer ${token()}`])).toBe("malformed_signature");
    expect(await send(`Basic ${token()}`)).toBe("malformed_signature");
    expect(await send(`BEARER ${token()}`)).toBe("accepted");
    expect(await send(token())).toBe("malformed_signature");
  });
});
