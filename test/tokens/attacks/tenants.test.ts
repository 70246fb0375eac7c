import { createVerifier } from "@countersign/core";
import { atlassianConnect, microsoftGraph } from "@countersign/tokens/providers";
import { describe, expect, test } from "vitest";
import { compact, hashOf, rsa, verdict } from "../make.ts";
import { clock, SECONDS } from "./kit.ts";

describe("tenant from an unsigned claim", () => {
  test("Atlassian: a token of one site does not hold for another", async () => {
    const secrets = new Map([
      ["site-a", "secret of a"],
      ["site-b", "secret of b"],
    ]);
    const verifier = createVerifier(atlassianConnect({ baseUrl: "https://example.com" }), {
      secret: (_request, _context, wanted) => secrets.get(wanted?.keyId ?? "") ?? null,
      clock,
      log: false,
    });
    const send = (iss: unknown, secret: string) => {
      const claims = { iss, iat: SECONDS, exp: SECONDS + 180, qsh: hashOf("POST&/hook&", "hex") };
      const headers = { authorization: `JWT ${compact({ alg: "HS256", typ: "JWT" }, claims, secret)}` };
      return verdict(verifier.verify({ method: "POST", url: "/hook", headers, body: "{}" }));
    };
    expect(await send("site-a", "secret of a")).toBe("accepted");
    expect(await send("site-a", "secret of b")).toBe("signature_mismatch");
    expect(await send("site-c", "secret of b")).toBe("unknown_sender");
    expect(await send(["site-a"], "secret of a")).toBe("malformed_signature");
    expect(await send("site-a\n", "secret of a")).toBe("malformed_signature");
  });

  const APP = "8e460676-ae3f-4b1e-8790-ee0fb5d6148f";
  const [MINE, ALSO_MINE, OTHER] = [
    "84bd8158-6d4d-4958-8b9f-9d6445542f95",
    "11111111-2222-3333-4444-555555555555",
    "99999999-2222-3333-4444-555555555555",
  ] as const;
  const PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086";
  const graphToken = (tenant: string, claims: object = {}) =>
    compact(
      { alg: "RS256", typ: "JWT" },
      {
        aud: APP,
        iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
        azp: PUBLISHER,
        tid: tenant,
        iat: SECONDS,
        exp: SECONDS + 3600,
        ...claims,
      },
      rsa.privateKey,
    );
  const graph = createVerifier(microsoftGraph({ appId: APP, tenants: [MINE, ALSO_MINE] }), {
    secret: rsa.pem,
    clock,
    log: false,
  });
  const notify = (tokens: unknown, tenants: readonly (string | undefined)[]) =>
    verdict(
      graph.verify({
        method: "POST",
        url: "/",
        headers: {},
        body: JSON.stringify({ value: tenants.map((tenantId) => ({ id: "n", tenantId })), validationTokens: tokens }),
      }),
    );

  test("Graph: a notification of a tenant that no token proves", async () => {
    expect(await notify([graphToken(MINE)], [MINE, undefined])).toBe("accepted");
    expect(await notify([graphToken(MINE), graphToken(ALSO_MINE)], [MINE, ALSO_MINE])).toBe("accepted");
    expect(await notify([graphToken(MINE)], [ALSO_MINE])).toBe("unknown_sender");
    expect(await notify([graphToken(MINE), graphToken(ALSO_MINE)], [undefined])).toBe("unknown_sender");
  });
  test.each<[string, unknown, string]>([
    ["a token of another tenant", [graphToken(OTHER)], "unknown_sender"],
    ["one good token and one of another tenant", [graphToken(MINE), graphToken(OTHER)], "unknown_sender"],
    ["a token that another application asked for", [graphToken(MINE, { azp: OTHER })], "unknown_sender"],
    ["a token for another application", [graphToken(MINE, { aud: OTHER })], "unknown_sender"],
    [
      "one good token and one forged",
      [graphToken(MINE), graphToken(MINE).replace(/.{9}$/, "AAAAAAAAA")],
      "signature_mismatch",
    ],
    ["no tokens", [], "missing_signature"],
    ["tokens that are no list", graphToken(MINE), "missing_signature"],
    ["tokens that are no text", [1], "malformed_signature"],
    ["too many", Array(33).fill(graphToken(MINE)), "malformed_signature"],
  ])("Graph: %s", async (_, tokens, expected) => {
    expect(await notify(tokens, [MINE])).toBe(expected);
  });
  test("Graph's question when you subscribe is answered, and nothing that a browser would run", async () => {
    const ask = (query: string) =>
      graph.handle(new Request(`https://example.com/hook?${query}`, { method: "POST" }), () => new Response("handled"));
    const answer = await ask("validationToken=Validation%3A+Testing+client+application+reachability");
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "text/plain; charset=utf-8",
      "Validation: Testing client application reachability",
    ]);
    expect((await ask(`validationToken=${"x".repeat(3000)}`)).status).toBe(400);
    expect((await ask("validationToken=a%0D%0Ab")).status).toBe(400);
  });
});
