import { createVerifier, sign } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { atlassianConnect, googleChat, googlePubSub, saleor } from "@countersign/tokens/providers";
import { verifySignatureWithJwks } from "@saleor/app-sdk/auth";
import * as atlassian from "atlassian-jwt";
import { OAuth2Client } from "google-auth-library";
import { describe, expect, test } from "vitest";
import { compact, rsa, verdict } from "./make.ts";

/** Official libraries as verifiers of what is signed here, and as signers of what is verified here. */

const now = Math.floor(Date.now() / 1000); // Those libraries read the clock themselves.
const clock = fakeClock(now * 1000);

describe("google-auth-library", () => {
  const key = rsa.privateJwk({ kid: "k" });

  test("accepts the token of Pub/Sub that is made here", async () => {
    const provider = googlePubSub({
      audience: "https://example.com",
      serviceAccount: "push@p.iam.gserviceaccount.com",
    });
    const { authorization = "" } = await sign(provider, { secret: key, body: "{}", timestamp: now });
    const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(
      authorization.replace("Bearer ", ""),
      { k: rsa.pem },
      "https://example.com",
      ["https://accounts.google.com"],
    );
    expect(ticket.getPayload()).toMatchObject({ email: "push@p.iam.gserviceaccount.com", email_verified: true });
  });

  test("accepts the token of Google Chat that is made here", async () => {
    const provider = googleChat({ projectNumber: "1234567890" });
    const { authorization = "" } = await sign(provider, { secret: key, body: "{}", timestamp: now });
    const chat = "chat@system.gserviceaccount.com";
    const token = authorization.replace("Bearer ", "");
    const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(token, { k: rsa.pem }, "1234567890", [chat]);
    expect(ticket.getPayload()?.iss).toBe(chat);
  });

  test("accepts a token for somebody else's account, which is refused here", async () => {
    const claims = { iss: "https://accounts.google.com", aud: "https://example.com", iat: now, exp: now + 600 };
    const token = compact(
      { alg: "RS256", kid: "k", typ: "JWT" },
      { ...claims, email: "attacker@evil.iam.gserviceaccount.com", email_verified: true },
      rsa.privateKey,
    );
    await new OAuth2Client().verifySignedJwtWithCertsAsync(token, { k: rsa.pem }, claims.aud, [claims.iss]);
    const provider = googlePubSub({ audience: claims.aud, serviceAccount: "push@p.iam.gserviceaccount.com" });
    const verifier = createVerifier(provider, { secret: rsa.pem, clock });
    const request = { method: "POST", url: "/", headers: { authorization: `Bearer ${token}` }, body: "{}" };
    expect(await verdict(verifier.verify(request))).toBe("unknown_sender");
  });
});

describe("atlassian-jwt", () => {
  const provider = atlassianConnect({ baseUrl: "https://example.com/jira" });
  const verifier = createVerifier(provider, { secret: "shared secret", clock });

  const URLS = [
    "/jira/issue",
    "/jira/issue/",
    "/jira",
    "/jira/a%20b?z=1&a=2",
    "/jira/p?q=a+b&q=A%20c&q=,&empty=&bare",
    "/jira/p?q=%2C%26%3D~%21%27%28%29*&jwt=ignored",
    "/jira/p?b=2&B=1&a%5B%5D=%C3%A9",
    "/jira/a&b?x=%25",
  ];

  test.each(URLS)("its query hash is accepted here: %s", async (url) => {
    const request = atlassian.fromMethodAndUrl("POST", url);
    const qsh = atlassian.createQueryStringHash(request, false, "https://example.com/jira");
    const token = atlassian.encodeSymmetric({ iss: "key", iat: now, exp: now + 180, qsh }, "shared secret");
    const headers = { authorization: `JWT ${token}` };
    expect(await verdict(verifier.verify({ method: "POST", url, headers, body: "{}" }))).toBe("accepted");
    expect(await verdict(verifier.verify({ method: "GET", url, headers, body: "" }))).toBe("method_not_allowed");
    expect(
      await verdict(verifier.verify({ method: "POST", url: url.replace("/jira", "/jira/x"), headers, body: "{}" })),
    ).toBe("signature_mismatch");
  });

  test("decodes the token that is made here", async () => {
    const url = "https://example.com/jira/issue?a=1";
    const { authorization = "" } = await sign(provider, { secret: "shared secret", body: "{}", url, timestamp: now });
    const token = authorization.replace("JWT ", "");
    const claims = atlassian.decodeSymmetric(token, "shared secret", atlassian.SymmetricAlgorithm.HS256);
    const request = atlassian.fromMethodAndUrl("POST", "/jira/issue?a=1");
    expect(claims.qsh).toBe(atlassian.createQueryStringHash(request, false, "https://example.com/jira"));
  });
});

test("@saleor/app-sdk accepts what is signed here", async () => {
  const body = '{"product":{"name":"T-shirt"}}';
  const { "saleor-signature": signature = "" } = await sign(saleor, { secret: rsa.privateJwk({ kid: "1" }), body });
  const jwks = JSON.stringify({ keys: [JSON.parse(rsa.jwk({ kid: "1", alg: "RS256", use: "sig" }))] });
  await verifySignatureWithJwks(jwks, signature, body);
  await expect(verifySignatureWithJwks(jwks, signature, `${body} `)).rejects.toThrow();
});
