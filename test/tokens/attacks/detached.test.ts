import { createVerifier } from "@countersign/core";
import { type JwsOptions, jws } from "@countersign/tokens";
import { describe, expect, test } from "vitest";
import { detached, rsa, verdict } from "../make.ts";
import { clock, NOW, SECONDS, schemed } from "./kit.ts";

describe("detached signatures", () => {
  const body = '{"a":1}';
  const options: JwsOptions = { header: "x-jws", algorithms: ["RS256"], b64: false };
  const send = (text: string, change: Partial<JwsOptions> = {}, sent = body, headers: object = {}) =>
    verdict(
      createVerifier(schemed(jws({ ...options, ...change })), { secret: rsa.pem, clock, log: false }).verify({
        method: "POST",
        url: "/",
        headers: { "x-jws": text, ...headers },
        body: sent,
      }),
    );
  const make = (header: object, payload = body) => detached({ alg: "RS256", ...header }, payload, rsa.privateKey);

  test("b64 counts only as the scheme says, and only when it is critical", async () => {
    expect(await send(make({ b64: false, crit: ["b64"] }))).toBe("accepted");
    expect(await send(make({ b64: false }))).toBe("malformed_signature");
    expect(await send(make({ b64: false }), { crit: false })).toBe("accepted");
    expect(await send(make({ b64: false, crit: ["b64", "exp"] }), { crit: false })).toBe("malformed_signature");
    expect(await send(make({}), { crit: false })).toBe("malformed_signature");
    expect(await send(make({}), { b64: true })).toBe("accepted");
    expect(await send(make({ b64: false, crit: ["b64"] }), { b64: true })).toBe("malformed_signature");
  });

  test("a time is signed, whole and in its window", async () => {
    const timed = { b64: true, timestamp: { member: "ts", unit: "s", tolerance: "5m" } } as const;
    expect(await send(make({ ts: SECONDS - 300 }), timed)).toBe("accepted");
    expect(await send(make({ ts: SECONDS - 301 }), timed)).toBe("timestamp_too_old");
    for (const ts of [undefined, String(SECONDS), SECONDS + 0.5, -1, 1e300, null])
      expect(await send(make({ ts }), timed)).toBe("malformed_signature");
  });

  test("a time in a header of its own is part of what is signed", async () => {
    const timed: Partial<JwsOptions> = {
      b64: true,
      timestamp: { header: "X-Time", unit: "ms", tolerance: "5m" },
      payload: [{ part: "timestamp" }, ".", { part: "body" }],
    };
    const text = make({}, `${NOW}.${body}`);
    expect(await send(text, timed, body, { "x-time": String(NOW) })).toBe("accepted");
    expect(await send(text, timed, body, { "x-time": String(NOW + 1) })).toBe("signature_mismatch");
    expect(await send(text, timed, body, { "x-time": `0${NOW}` })).toBe("malformed_signature");
    expect(await send(text, timed, body)).toBe("missing_signature");
  });

  test.each<[string, Partial<JwsOptions>]>([
    ["a body that is not signed", { payload: ["nothing"] }],
    ["a body that is signed twice", { payload: [{ part: "body" }, { part: "body" }] }],
    ["a time in a header that is not signed", { timestamp: { header: "x-time", unit: "s", tolerance: "5m" } }],
    ["a time that is nowhere", { payload: [{ part: "timestamp" }, { part: "body" }] }],
    ["a time in two places", { timestamp: { header: "a", member: "b", unit: "s", tolerance: "5m" } }],
    ["a unit that is none", { timestamp: { member: "ts", unit: "h" as never, tolerance: "5m" } }],
    ["crit without b64", { b64: true, crit: false }],
    ["no header", { header: "" }],
    ["an option that does not exist", { critical: true } as never],
  ])("a set-up is refused: %s", (_, change) => {
    expect(() => jws({ ...options, ...change })).toThrow(expect.objectContaining({ name: "ConfigurationError" }));
  });
});
