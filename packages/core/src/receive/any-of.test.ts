import { describe, expect, test } from "vitest";
import { WebhookError } from "../errors/errors.ts";
import { explain } from "../explain/explain.ts";
import { hmac } from "../kind/hmac.ts";
import { token } from "../kind/token.ts";
import { github, gitlab, meta, stripe, tailscale } from "../providers/index.ts";
import { memoryReplayStore } from "../replay/memory.ts";
import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Provider } from "../scheme/provider.ts";
import { fakeClock, signedRequest } from "../testing/index.ts";
import { createVerifier } from "../verifier.ts";
import { anyOf, until } from "./any-of.ts";

const NOW = 1_784_000_000_000;
const OLD = "old-secret-of-the-route";
const NEW = "new-secret-of-the-route";
const plain = (name: string, header: string) =>
  defineProvider({
    name,
    docs: "https://example.com",
    scheme: hmac({ digest: "sha256", encoding: "hex", signature: { header }, content: [body] }),
  });
const before = plain("before", "x-signature");
const after = plain("after", "x-signature-v2");
const secret = { before: OLD, after: NEW };
const clock = fakeClock(NOW);
const BODY = '{"order":7}';
const from = (provider: Provider<any>, key: string, headers: Record<string, string> = {}) =>
  signedRequest(provider, { secret: key, body: BODY, timestamp: new Date(NOW), headers });
const end = (promise: Promise<{ readonly provider: string }>) =>
  promise.then(
    ({ provider }) => provider,
    (error) => (error instanceof WebhookError ? error.code : error),
  );

describe("anyOf", () => {
  const verifier = createVerifier(anyOf(before, after), { secret, clock });

  test("each request is judged by the row that its head shows", async () => {
    expect(await end(verifier.verify(await from(before, OLD)))).toBe("before");
    expect(await end(verifier.verify(await from(after, NEW)))).toBe("after");
  });

  test("a row's secret proves nothing under another row", async () => {
    expect(await end(verifier.verify(await from(before, NEW)))).toBe("signature_mismatch");
    expect(await end(verifier.verify(await from(after, OLD)))).toBe("signature_mismatch");
  });

  test("no row is tried after another: a broken signature beside a good one is refused", async () => {
    const { headers } = await from(after, "wrong");
    const request = await from(before, OLD, { "x-signature-v2": headers["x-signature-v2"] as string });
    expect(await end(createVerifier(anyOf(after, before), { secret, clock }).verify(request))).toBe(
      "signature_mismatch",
    );
  });

  test("nothing that any row knows is a missing signature", async () => {
    expect(await end(verifier.verify({ headers: {}, body: BODY }))).toBe("missing_signature");
  });

  test("an event that comes signed both ways is handled once", async () => {
    const once = createVerifier(anyOf(before, after), { secret, clock, replay: memoryReplayStore({ clock }) });
    await (await once.verify(await from(before, OLD))).commit();
    expect(await end(once.verify(await from(after, NEW)))).toBe("duplicate");
  });

  test("also when one of them is a static credential with an id of its own", async () => {
    const gateway = defineProvider({
      name: "gateway",
      docs: "https://example.com",
      scheme: token({ header: "x-api-key" }),
      key: (payload: any) => String(payload.order),
    });
    const once = createVerifier(anyOf(gateway, before), {
      secret: { gateway: "key-of-the-gateway", before: OLD },
      clock,
      replay: memoryReplayStore({ clock }),
    });
    await (await once.verify(await from(gateway, "key-of-the-gateway"))).commit();
    expect(await end(once.verify(await from(before, OLD)))).toBe("duplicate");
  });

  test("what the first row handled alone stays known when the second joins it", async () => {
    const replay = memoryReplayStore({ clock });
    const alone = createVerifier(stripe, { secret: OLD, clock, replay });
    const event = await signedRequest(stripe, { secret: OLD, body: '{"id":"evt_1"}', timestamp: new Date(NOW) });
    await (await alone.verify(event)).commit();
    const joined = createVerifier(anyOf(stripe, after), { secret: { stripe: OLD, after: NEW }, clock, replay });
    expect(await end(joined.verify(event))).toBe("duplicate");
  });

  test("equal ids of two systems are two events", async () => {
    const keyed = (name: string, header: string) =>
      defineProvider({ ...plain(name, header), key: (payload: any) => payload.id as string });
    const [one, two] = [keyed("one", "x-one"), keyed("two", "x-two")];
    const both = createVerifier(anyOf(one, two), {
      secret: { one: OLD, two: NEW },
      clock,
      replay: memoryReplayStore({ clock }),
    });
    await (await both.verify(await signedRequest(one, { secret: OLD, body: '{"id":"7","a":1}' }))).commit();
    expect(await end(both.verify(await signedRequest(two, { secret: NEW, body: '{"id":"7","b":1}' })))).toBe("two");
  });

  test("until its date the old row is accepted, and refused from then on", async () => {
    const moving = fakeClock(NOW);
    const moved = createVerifier(anyOf(until(new Date(NOW + 1000), before), after), { secret, clock: moving });
    expect(await end(moved.verify(await from(before, OLD)))).toBe("before");
    moving.advance(1000);
    expect(await end(moved.verify(await from(before, OLD)))).toBe("unknown_sender");
    expect(await end(moved.verify(await from(after, NEW)))).toBe("after");
    const alone = createVerifier(until(new Date(NOW), before), { secret: OLD, clock });
    expect(await end(alone.verify(await from(before, OLD)))).toBe("unknown_sender");
  });

  test("a set-up request without a signature goes to the row that answers one", async () => {
    const both = createVerifier(anyOf(gitlab, meta), { secret: { gitlab: OLD, meta: NEW }, handshake: "token", clock });
    const request = { method: "GET", url: "/?hub.mode=subscribe&hub.verify_token=token&hub.challenge=42", headers: {} };
    const answer = await both.begin(request);
    expect(answer).toMatchObject({ status: 200, body: "42" });
  });

  test("an option that one row alone understands goes to that row", async () => {
    const both = createVerifier(anyOf(github, tailscale), {
      secret: { github: OLD, tailscale: "tskey-webhook-x" },
      tolerance: "1m",
      clock,
    });
    const late = { secret: "tskey-webhook-x", body: "[]", timestamp: new Date(NOW - 61_000) };
    expect(await end(both.verify(await signedRequest(tailscale, late)))).toBe("timestamp_too_old");
    expect(await end(both.verify(await signedRequest(github, { secret: OLD, body: "{}" })))).toBe("github");
    expect(() => createVerifier(anyOf(github, gitlab), { secret: OLD, tolerance: "1m" })).toThrow(/signs no time/);
  });

  test("explain looks at the row that the head shows", async () => {
    const request = await from(after, NEW);
    const { findings } = await explain(anyOf(before, after), {
      ...request,
      secret: { before: OLD, after: `${NEW}\n` },
    });
    expect(findings[0]?.code).toBe("secret_whitespace");
  });

  test("what cannot be told apart, or is nobody's, is refused when it is set up", () => {
    expect(() => anyOf(before, plain("other", "X-Signature"))).toThrow(/x-signature/);
    expect(() => anyOf(before, before)).toThrow(/two rows/);
    expect(() => until("soon", before)).toThrow(/date/);
    expect(() => createVerifier(anyOf(before, after), { secret: { ...secret, stripe: "x" } })).toThrow(
      /secret\.stripe/,
    );
    expect(() => createVerifier(anyOf(before, after), { secret: { before: OLD } })).toThrow(/secret is missing/);
    expect(() => createVerifier(before, { secret: { before: OLD } })).toThrow(/secret/);
  });
});
