import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { createVerifier, memoryReplayStore, type WebhookError } from "@countersign/core";
import { github, stripe } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import { githubRequest, mac, NOW, SECRET, stripeRequest } from "./requests.ts";

const clock = () => NOW;
const time = NOW / 1000;
const down = () => {
  throw new Error("connection refused");
};

describe("replies that tell why", () => {
  const forged = { headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}` }, body: "{}" };
  const CASES = [
    ["no header", {}, { headers: {}, body: "{}" }],
    ["malformed", {}, { headers: { "x-hub-signature-256": "?" }, body: "{}" }],
    ["forged", {}, forged],
    ["unknown tenant", { secret: () => null }, githubRequest("{}")],
  ] as const;

  test("each refusal of a class answers the same bare status", async () => {
    const answers = await Promise.all(
      CASES.map(async ([, options, request]) => {
        const verifier = createVerifier(github, { secret: SECRET, clock, ...options });
        const { headers, body } = request;
        const response = await verifier.handle(
          new Request("http://example.com/", {
            method: "POST",
            headers: headers as Record<string, string>,
            body: body as string,
          }),
          () => undefined,
        );
        return { status: response.status, body: await response.text(), headers: [...response.headers] };
      }),
    );
    for (const answer of answers) expect(answer).toEqual({ status: 401, body: "", headers: [] });
  });

  test("an unknown tenant is told apart by time, which the README admits: it is refused from the head", async () => {
    const { method, headers } = githubRequest("{}");
    const begin = (secret: () => string | null) =>
      createVerifier(github, { secret, clock, log: false }).begin({ method, url: "/", headers });
    expect(await begin(() => null)).toMatchObject({ code: "unknown_sender", status: 401 });
    expect(await begin(() => SECRET)).toMatchObject({ declaredLength: -1 });
    const readme = readFileSync(new URL("../../packages/core/README.md", import.meta.url), "utf8");
    expect(readme).toMatch(/a sender that the lookup does not know .* told apart by time: 1\.2 µs/);
  });

  test("also where something is down: nothing but a status and when to come again", async () => {
    for (const options of [{ secret: down }, { replay: { ...memoryReplayStore(), claim: down } }]) {
      const verifier = createVerifier(github, { secret: SECRET, ...options });
      const request = new Request("http://example.com/", githubRequest("{}") as RequestInit);
      const response = await verifier.handle(request, () => undefined);
      expect([response.status, await response.text(), [...response.headers]]).toEqual([
        503,
        "",
        [["retry-after", "5"]],
      ]);
    }
  });
});

describe("errors that contain the expected signature", () => {
  test("or the secret: neither stands in any part of what a developer is told", async () => {
    const expected = mac(`${time}.{}`);
    const hex = expected.digest("hex");
    const heard: unknown[] = [];
    const verifier = createVerifier(stripe, {
      secret: [SECRET, `${SECRET}2`],
      clock,
      onReject: (error) => heard.push(error),
    });
    const signature = `t=${time},v1=${"0".repeat(64)}`;
    const error: WebhookError = await verifier
      .verify({ headers: { "stripe-signature": signature }, body: "{}" })
      .catch((thrown) => thrown);
    for (const told of [
      error.message,
      inspect(error, { depth: 9 }),
      JSON.stringify(error),
      String(error.stack),
      inspect(heard, { depth: 9 }),
    ]) {
      expect(told).not.toContain(SECRET);
      expect(told).not.toContain(hex);
      expect(told).not.toContain(Buffer.from(hex, "hex").toString("base64"));
    }
    expect(await verifier.verify(stripeRequest(String(time)))).toBeTruthy();
  });
});
