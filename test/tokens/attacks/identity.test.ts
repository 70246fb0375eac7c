import { type JwtOptions, jwt } from "@countersign/tokens";
import { describe, expect, test } from "vitest";
import { bearer, GENUINE, token } from "./kit.ts";

test("the genuine token is accepted, so that what follows is refused for its own reason", async () => {
  expect(await bearer(token())).toBe("accepted");
  expect(await bearer(token({ aud: ["other", GENUINE.aud] }))).toBe("accepted");
  expect(await bearer(token().replace("Bearer", "bearer"))).toBe("accepted");
});

describe("audience only", () => {
  const pins = { issuer: "https://issuer.example", audience: "me" };
  test.each<[string, Partial<JwtOptions>, string]>([
    ["nothing is pinned", {}, "issuer"],
    ["the audience alone", { audience: "me" }, "issuer"],
    ["the issuer alone", { issuer: pins.issuer }, "audience"],
    ["the subject alone", { subject: "s" }, "issuer"],
    ["issuer and audience, and nobody's identity", pins, "subject"],
    ["a sole issuer without an audience", { issuer: pins.issuer, soleIssuer: true }, "audience"],
    ["claims that are empty", { ...pins, claims: {} }, "subject"],
  ])("a set-up is refused: %s", (_, options, option) => {
    expect(() => jwt({ algorithms: ["RS256"], ...options })).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option: `jwt.${option}` }),
    );
  });

  test.each<[string, Partial<JwtOptions>]>([
    ["subject", { ...pins, subject: "s" }],
    ["email", { ...pins, email: ["a@example.com", "b@example.com"] }],
    ["another claim", { ...pins, claims: { azp: "the-sender" } }],
    ["a sole issuer", { ...pins, soleIssuer: true }],
  ])("a set-up is taken with %s", (_, options) => {
    expect(() => jwt({ algorithms: ["RS256"], ...options })).not.toThrow();
  });
});

describe("a token for somebody else of the same issuer", () => {
  test.each<[string, object]>([
    ["another account", { email: "attacker@evil.iam.gserviceaccount.com" }],
    ["an account whose name begins alike", { email: "push@mine.iam.gserviceaccount.com.evil.example" }],
    ["in another case", { email: "PUSH@mine.iam.gserviceaccount.com" }],
    ["no account", { email: undefined }],
    ["a list of accounts", { email: [GENUINE.email] }],
    ["an email that nobody verified", { email_verified: false }],
    ["an email that says so in text", { email_verified: "true" }],
    ["an email that says nothing", { email_verified: undefined }],
    ["another audience", { aud: "https://example.com/push/" }],
    ["no audience", { aud: undefined }],
    ["an empty list of audiences", { aud: [] }],
    ["an audience that holds it", { aud: ["x https://example.com/push"] }],
    ["another issuer", { iss: "https://accounts.google.com.evil.example" }],
    ["a list of issuers", { iss: [GENUINE.iss] }],
  ])("%s", async (_, claims) => {
    expect(await bearer(token(claims))).toBe("unknown_sender");
  });

  test("a pinned subject, and other claims", async () => {
    expect(await bearer(token(), { subject: GENUINE.sub, claims: { azp: "a" } })).toBe("unknown_sender");
    expect(await bearer(token({ azp: "a" }), { subject: GENUINE.sub, claims: { azp: "a" } })).toBe("accepted");
    expect(await bearer(token({ azp: "a", sub: "1" }), { subject: GENUINE.sub })).toBe("unknown_sender");
    const inherited = bearer(token(), { claims: { constructor: "x" } });
    expect(await inherited).toBe("unknown_sender");
  });
});
