import { createHmac } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import type { Answer } from "../errors/errors.ts";
import type { VerifierOptions } from "../receive/options.ts";
import type { Provider } from "../scheme/provider.ts";
import { sign } from "../sign/sign.ts";
import { createVerifier } from "../verifier.ts";
import { asana, discord, dropbox, hubspot, linear, meta, notion, slack, zendesk, zoom } from "./index.ts";

type Options = VerifierOptions<undefined, undefined, unknown>;

/** What a request that may be a handshake is answered, or why it is refused. */
async function outcome(
  provider: Provider<any>,
  options: Options,
  request: { method?: string; url?: string; headers?: Record<string, string>; body?: string },
): Promise<{ code: string; answer?: Answer }> {
  const whole = { method: "POST", url: "/hook", headers: {}, body: "", ...request };
  return createVerifier(provider, options)
    .verify(whole)
    .then(
      () => ({ code: "accepted" }),
      (error) => error,
    );
}

async function signed(provider: Provider<any>, secret: string, payload: unknown, key = secret) {
  const body = JSON.stringify(payload);
  return outcome(provider, { secret }, { headers: await sign(provider, { secret: key, body }), body });
}

describe("slack", () => {
  const challenge = { type: "url_verification", token: "t", challenge: "3eZbrw1aBm2rZgRNFdxV" };

  test("repeats the challenge once it is proven", async () => {
    const { code, answer } = await signed(slack, "secret", challenge);
    expect(code).toBe("handshake");
    expect(answer).toMatchObject({ status: 200, body: challenge.challenge });
  });

  test("does not repeat it to a stranger", async () => {
    expect(await signed(slack, "secret", challenge, "other")).toMatchObject({ code: "signature_mismatch" });
  });

  test("reads the JSON in an interaction's form", async () => {
    const body = `payload=${encodeURIComponent('{"type":"block_actions","trigger_id":"1.2"}')}`;
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      ...(await sign(slack, { secret: "s", body })),
    };
    const { payload } = await createVerifier(slack, { secret: "s" }).verify({ headers, body });
    expect(payload.type).toBe("block_actions");
  });
});

describe("zoom", () => {
  const validation = {
    payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" },
    event_ts: 1,
    event: "endpoint.url_validation",
  };

  test("answers the token and its MAC", async () => {
    const { code, answer } = await signed(zoom, "zoom_secret", validation);
    expect(code).toBe("handshake");
    expect(JSON.parse(answer?.body ?? "")).toEqual({
      plainToken: "qgg8vlvZRS6UYooatFL8Aw",
      encryptedToken: "46a324cfb7c2ec760e4cd561586a53aadb6fc7561eb8d626d6ee1b71d808b3c0",
    });
  });

  test("makes no MAC for what could be a request", async () => {
    const token = "v0:1700000000:{}";
    const { code, answer } = await signed(zoom, "s", { ...validation, payload: { plainToken: token } });
    expect(code).toBe("accepted");
    expect(answer).toBeUndefined();
  });
});

describe("meta", () => {
  const options: Options = { secret: "app", handshake: "mine" };
  const ask = (query: string, chosen: Options = options) =>
    outcome(meta, chosen, { method: "GET", url: `/hook?${query}` });
  const good = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=mine";

  test("repeats the challenge for the verify token", async () => {
    expect(await ask(good)).toMatchObject({ code: "handshake", answer: { status: 200, body: "1158201444" } });
    expect(await ask(`own=1&${good}`)).toMatchObject({ answer: { status: 200 } });
  });

  test("refuses another token, and answers nobody without one", async () => {
    expect(await ask(good.replace("mine", "yours"))).toMatchObject({ answer: { status: 403 } });
    expect(await ask(good.replace("mine", ""))).toMatchObject({ answer: { status: 403 } });
    expect(await ask(good, { secret: "app" })).toMatchObject({ code: "method_not_allowed" });
    expect(await ask("hub.mode=other")).toMatchObject({ code: "method_not_allowed" });
    expect(await ask(good.replace("1158201444", "a%0d%0ab"))).toMatchObject({ answer: { status: 400 } });
  });
});

describe("asana", () => {
  const secret = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81";
  const ask = (headers: Record<string, string>, take?: (secret: string) => boolean | Promise<boolean>) =>
    outcome(asana, { secret: "old", ...(take === undefined ? {} : { handshake: take }) }, { headers, body: "{}" });

  test("repeats a secret that is taken", async () => {
    const seen: string[] = [];
    const { answer } = await ask({ "X-Hook-Secret": secret }, async (given) => seen.push(given) > 0);
    expect(answer).toMatchObject({ status: 204, headers: { "x-hook-secret": secret } });
    expect(seen).toEqual([secret]);
  });

  test("refuses one that is not taken, nobody asked for, or no secret", async () => {
    expect(await ask({ "x-hook-secret": secret }, () => false)).toMatchObject({ code: "missing_signature" });
    expect(await ask({ "x-hook-secret": secret })).toMatchObject({ code: "missing_signature" });
    expect(await ask({ "x-hook-secret": "short" }, () => true)).toMatchObject({ code: "missing_signature" });
    const both = { "x-hook-secret": secret, "x-hook-signature": "0".repeat(64) };
    expect(await ask(both, () => true)).toMatchObject({ code: "signature_mismatch" });
  });
});

describe("discord", () => {
  const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
  const secret = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

  test("answers both pings, and no event", async () => {
    expect(await signed(discord, secret, { type: 1, version: 1 }, seed)).toMatchObject({
      code: "handshake",
      answer: { status: 200, body: '{"type":1}' },
    });
    expect(await signed(discord, secret, { type: 0, version: 1 }, seed)).toMatchObject({ answer: { status: 204 } });
    expect(await signed(discord, secret, { type: 1, version: 1, event: { type: "ENTITLEMENT_CREATE" } }, seed)).toEqual(
      { code: "accepted" },
    );
    expect(await signed(discord, secret, { type: 2, id: "1" }, seed)).toEqual({ code: "accepted" });
  });

  test("answers a badly signed ping 401", async () => {
    const other = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    expect(await signed(discord, secret, { type: 1 }, other)).toMatchObject({
      code: "signature_mismatch",
      status: 401,
    });
  });
});

describe("dropbox", () => {
  test("repeats the challenge as plain text", async () => {
    const { answer } = await outcome(dropbox, { secret: "s" }, { method: "GET", url: "/hook?challenge=abc123" });
    expect(answer).toMatchObject({ status: 200, body: "abc123", headers: { "x-content-type-options": "nosniff" } });
  });

  test("answers no GET without one", async () => {
    expect(await outcome(dropbox, { secret: "s" }, { method: "GET" })).toMatchObject({ code: "method_not_allowed" });
    const long = `/hook?challenge=${"a".repeat(1025)}`;
    expect(await outcome(dropbox, { secret: "s" }, { method: "GET", url: long })).toMatchObject({
      code: "method_not_allowed",
    });
  });
});

describe("notion", () => {
  test("never takes a token from a request, not even one that is signed with itself", async () => {
    const body = '{"verification_token":"secret_theirs"}';
    const headers = {
      "x-notion-signature": `sha256=${createHmac("sha256", "secret_theirs").update(body).digest("hex")}`,
    };
    expect(await outcome(notion, { secret: "secret_mine" }, { headers, body })).toMatchObject({
      code: "signature_mismatch",
    });
    expect(await outcome(notion, { secret: "secret_theirs" }, { headers, body })).toMatchObject({
      answer: { status: 200 },
    });
    expect(await outcome(notion, { secret: "secret_mine" }, { body })).toMatchObject({ code: "missing_signature" });
  });
});

describe("linear", () => {
  test("refuses a body without a time, or with an old one", async () => {
    expect(await signed(linear, "s", { action: "create", type: "Issue" })).toMatchObject({ code: "malformed_payload" });
    const old = { action: "create", type: "Issue", webhookTimestamp: Date.now() - 61_000 };
    expect(await signed(linear, "s", old)).toMatchObject({ code: "timestamp_too_old" });
    expect(await signed(linear, "s", { ...old, webhookTimestamp: Date.now() })).toEqual({ code: "accepted" });
    expect(await signed(linear, "s", null)).toMatchObject({ code: "malformed_payload" });
  });
});

describe("idempotency keys", () => {
  const proof = { id: undefined };

  test("hubspot: one for a batch, which stays when attemptNumber changes", () => {
    const event = {
      eventId: 1,
      subscriptionId: 2,
      subscriptionType: "contact.creation",
      occurredAt: 3,
      portalId: 33,
      appId: 5,
      attemptNumber: 0,
    };
    const key = hubspot.key?.([event, { ...event, eventId: 4 }], proof);
    expect(key).toBe(
      hubspot.key?.(
        [
          { ...event, attemptNumber: 1 },
          { ...event, eventId: 4 },
        ],
        proof,
      ),
    );
    expect(key).not.toBe(hubspot.key?.([event], proof));
    expect(hubspot.key?.([{} as never], proof)).toBeUndefined();
    expect(hubspot.key?.([], proof)).toBeUndefined();
  });

  test("zendesk: none for a trigger's own id", () => {
    expect(zendesk.key?.({ id: "35436" }, proof)).toBeUndefined();
    expect(zendesk.key?.({ id: "01HK", type: "zen:event-type:ticket.created" }, proof)).toBe("01HK");
  });
});

describe("a raw payload", () => {
  test.each([
    [slack, { type: "url_verification", challenge: "abc" }],
    [zoom, { event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" } }],
    [notion, { verification_token: "secret_abc" }],
  ] as const)("does not keep the set-up request of $name from being answered", async (provider, payload) => {
    for (const body of [JSON.stringify(payload), JSON.stringify(payload, null, 2)]) {
      const headers = await sign(provider, { secret: "secret", body });
      expect(await outcome(provider, { secret: "secret", payload: "raw" } as never, { headers, body })).toMatchObject({
        code: "handshake",
      });
    }
  });

  test("of an event is not parsed only to see that it is none", async () => {
    const parse = vi.spyOn(JSON, "parse");
    const body = JSON.stringify({ type: "event_callback" });
    const headers = await sign(slack, { secret: "secret", body });
    expect(await outcome(slack, { secret: "secret", payload: "raw" } as never, { headers, body })).toEqual({
      code: "accepted",
    });
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});
