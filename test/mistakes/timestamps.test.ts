import { ConfigurationError, createVerifier } from "@countersign/core";
import { hubspot, paddle, slack, standardWebhooks, stripe, tailscale, workos } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import { codeOf, mac, NOW, SECRET, standardRequest, stripeRequest, WHSEC } from "./requests.ts";

const clock = () => NOW;
const SECONDS = NOW / 1000;

/** One signed request at a time that is written as given. */
const AT: readonly [name: string, unit: number, verify: (time: string) => Promise<unknown>][] = [
  ["stripe", 1000, (time) => createVerifier(stripe, { secret: SECRET, clock }).verify(stripeRequest(time))],
  [
    "standardwebhooks",
    1000,
    (time) => createVerifier(standardWebhooks, { secret: WHSEC, clock }).verify(standardRequest("msg_1", time, "{}")),
  ],
  [
    "slack",
    1000,
    (time) =>
      createVerifier(slack, { secret: SECRET, clock }).verify({
        headers: { "x-slack-request-timestamp": time, "x-slack-signature": `v0=${mac(`v0:${time}:{}`).digest("hex")}` },
        body: "{}",
      }),
  ],
  [
    "paddle",
    1000,
    (time) =>
      createVerifier(paddle, { secret: SECRET, clock }).verify({
        headers: { "paddle-signature": `ts=${time};h1=${mac(`${time}:{}`).digest("hex")}` },
        body: "{}",
      }),
  ],
  [
    "workos",
    1,
    (time) =>
      createVerifier(workos, { secret: SECRET, clock }).verify({
        headers: { "workos-signature": `t=${time}, v1=${mac(`${time}.{}`).digest("hex")}` },
        body: "{}",
      }),
  ],
  [
    "hubspot",
    1,
    (time) =>
      createVerifier(hubspot, { secret: SECRET, clock }).verify({
        url: "https://example.com/",
        headers: {
          "x-hubspot-request-timestamp": time,
          "x-hubspot-signature-v3": mac(`POSThttps://example.com/[]${time}`).digest("base64"),
        },
        body: "[]",
      }),
  ],
  [
    "tailscale",
    1000,
    (time) =>
      createVerifier(tailscale, { secret: SECRET, clock }).verify({
        headers: { "tailscale-webhook-signature": `t=${time},v1=${mac(`${time}.[]`).digest("hex")}` },
        body: "[]",
      }),
  ],
];

describe.each(AT)("timestamp grammar (%s)", (_, unit, verify) => {
  const now = String(NOW / unit);

  test("the canonical time is accepted: the requests below are refused for their spelling alone", async () => {
    expect(await verify(now)).toBeTruthy();
  });

  test.each([
    `${now}abc`,
    `${now}.9`,
    `+${now}`,
    ` +${now}.9`,
    `0${now}`,
    `-${now}`,
    `0x${(NOW / unit).toString(16)}`,
    `${NOW / unit / 1e9}e9`,
    "1e9",
    "NaN",
    "Infinity",
    "null",
    "",
    "٣",
    `${now}\u0000`,
  ])("%j is malformed, although parseInt or Number() would take it or make NaN of it", async (time) => {
    expect(await codeOf(verify(time))).toBe("malformed_signature");
  });
});

describe.each(AT)("no future check (%s)", (_, unit, verify) => {
  test("a time that is a year ahead does not stay replayable for a year", async () => {
    expect(await codeOf(verify(String((NOW + 365 * 86_400_000) / unit)))).toBe("timestamp_in_future");
  });

  test("seconds where milliseconds are due, or the reverse, are not in the window either", async () => {
    expect(await codeOf(verify(String(unit === 1 ? SECONDS : NOW)))).toMatch(/^timestamp_/);
  });
});

describe("tolerance −1, NaN or Infinity switches the check off", () => {
  test.each([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    "0s",
    "-5m",
    "Infinity",
    null,
    false,
  ])("%s throws when the verifier is built", (tolerance) => {
    expect(() => createVerifier(stripe, { secret: SECRET, tolerance: tolerance as never })).toThrow(ConfigurationError);
    expect(() => createVerifier(stripe, { secret: SECRET, tolerance: { past: tolerance as never } })).toThrow(
      ConfigurationError,
    );
    expect(() => createVerifier(stripe, { secret: SECRET, tolerance: { future: tolerance as never } })).toThrow(
      ConfigurationError,
    );
  });
});
