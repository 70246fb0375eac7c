import { createVerifier, memoryReplayStore, sign, type WebhookError } from "@countersign/core";
import { jwks, type KeyFetch } from "@countersign/core/keys";
import { fakeClock } from "@countersign/core/testing";
import { signMessage, ucp } from "@countersign/http-signatures";
import { describe, expect, test } from "vitest";
import { type KeyPair, keys, publicJwk } from "./rfc9421.ts";

// https://ucp.dev/specification/signatures: the signed components, and how they are verified.
const PROFILE = "https://business.example/.well-known/ucp";
const NAME = "test-key-ecc-p256";
const PRIVATE = JSON.stringify((keys[NAME] as KeyPair).jwk);
const NOW = 1_784_000_000;
const MESSAGE = {
  method: "POST",
  url: "https://platform.example/webhooks/orders?shop=7",
  headers: {
    "content-type": "application/json",
    "ucp-agent": `profile="${PROFILE}"`,
    "idempotency-key": "550e8400-e29b-41d4-a716-446655440000",
  } as Record<string, string>,
  body: '{"id":"order_1"}',
  timestamp: NOW,
};
const signed = async (message = MESSAGE) => ({
  ...message,
  headers: { ...message.headers, ...(await sign(ucp, { ...message, secret: PRIVATE })) },
});
const clock = fakeClock(NOW * 1000);
const verifier = createVerifier(ucp, { secret: publicJwk(NAME), clock });
const codeOf = (request: object) =>
  verifier.verify(request as Awaited<ReturnType<typeof signed>>).then(
    () => "accepted",
    (error: unknown) => (error as WebhookError).code,
  );

describe("UCP", () => {
  test("is signed as its specification says", async () => {
    const { headers } = await signed();
    expect(headers["signature-input"]).toBe(
      `sig1=("@method" "@authority" "@path" "@query" "ucp-agent" "idempotency-key" "content-digest" "content-type");created=${NOW};keyid="${NAME}"`,
    );
    expect((await verifier.verify(await signed())).id).toBe(MESSAGE.headers["idempotency-key"]);
  });

  test("needs no created, and its idempotency key stops a repetition", async () => {
    const { timestamp: _, ...message } = MESSAGE;
    const components = [
      "@method",
      "@authority",
      "@path",
      "@query",
      "ucp-agent",
      "idempotency-key",
      "content-digest",
      "content-type",
    ];
    const own = await signMessage(message, { secret: PRIVATE, components, created: false, body: MESSAGE.body });
    const request = { ...message, headers: { ...MESSAGE.headers, ...own } };
    const replay = memoryReplayStore({ clock });
    const once = createVerifier(ucp, { secret: publicJwk(NAME), clock, replay, onDuplicate: "refuse" });
    await (await once.verify(request)).commit();
    await expect(once.verify(request)).rejects.toMatchObject({ code: "duplicate" });
  });

  test.each([
    "ucp-agent",
    "idempotency-key",
    "content-type",
    "content-digest",
    "@query",
    "@authority",
    "@path",
    "@method",
  ])("does not count without %s", async (left) => {
    const components = [
      "@method",
      "@authority",
      "@path",
      "@query",
      "ucp-agent",
      "idempotency-key",
      "content-digest",
      "content-type",
    ];
    const some = components.filter((one) => one !== left);
    const own = await signMessage(MESSAGE, { secret: PRIVATE, components: some, created: NOW, body: MESSAGE.body });
    expect(await codeOf({ ...MESSAGE, headers: { ...MESSAGE.headers, ...own } })).toBe("malformed_signature");
  });

  test("a GET covers no body and no key", async () => {
    const get = {
      method: "GET",
      url: "https://platform.example/checkout-sessions/chk_123",
      headers: {},
      body: "",
      timestamp: NOW,
    };
    const headers = await sign(ucp, { ...get, secret: PRIVATE });
    expect(headers["signature-input"]).toBe(`sig1=("@method" "@authority" "@path");created=${NOW};keyid="${NAME}"`);
    expect(await codeOf({ ...get, headers })).toBe("accepted");
  });

  test("a signature for Web Bot Auth as well covers its agent too", async () => {
    const agent = { ...MESSAGE.headers, "signature-agent": `sig1="${PROFILE}";type=jwks_uri` };
    const request = await signed({ ...MESSAGE, headers: agent });
    expect(request.headers["signature-input"]).toContain('"signature-agent";key="sig1"');
    expect(await codeOf(request)).toBe("accepted");
    const { headers } = await signed();
    expect(await codeOf({ ...MESSAGE, headers: { ...headers, "signature-agent": agent["signature-agent"] } })).toBe(
      "malformed_signature",
    );
  });

  test("keys come from the profile that is known, and from no other that a request names", async () => {
    const fetched: string[] = [];
    const profile = `{"ucp":{"version":"2026-01-01"},"keys":[{"kty":"OKP","crv":"X25519","x":"AA"},${publicJwk(NAME)}]}`;
    const fetch: KeyFetch = async (url) => {
      fetched.push(String(url));
      return new Response(profile, { headers: { "content-type": "application/json" } });
    };
    const known = new Map([[PROFILE, jwks(PROFILE, { fetch, clock })]]);
    const looking = createVerifier(ucp, {
      clock,
      secret: (request, context, wanted) => known.get(wanted?.url ?? "")?.(request, context, wanted) ?? null,
    });
    await looking.verify(await signed());
    expect(fetched).toEqual([PROFILE]);
    const evil = {
      ...MESSAGE,
      headers: { ...MESSAGE.headers, "ucp-agent": 'profile="https://evil.example/.well-known/ucp"' },
    };
    await expect(looking.verify(await signed(evil))).rejects.toMatchObject({ code: "unknown_sender" });
    expect(fetched).toEqual([PROFILE]);
  });
});
