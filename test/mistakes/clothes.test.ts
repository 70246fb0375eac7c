/** A captured genuine request with everything changed that is not signed: it is handled once. */
import { gzipSync } from "node:zlib";
import { createVerifier, memoryReplayStore, sign, type VerifierOptions } from "@countersign/core";
import { slack, stripe, twilio } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";

const SECRET = "a long random secret";
type Options = Omit<VerifierOptions<undefined, any>, "secret">;
type Wire = { method: string; url: string; headers: Record<string, string>; body: Uint8Array };

/** How often a handler works on the first request and then on each of its changes, in turn. */
async function handled(
  provider: typeof slack | typeof stripe | typeof twilio,
  options: Options,
  requests: readonly Wire[],
) {
  const verifier = createVerifier(
    provider as never,
    {
      secret: SECRET,
      replay: memoryReplayStore(),
      log: false,
      ...options,
    } as never,
  );
  let times = 0;
  for (const request of requests) {
    await verifier.respond(request, () => {
      times++;
    });
  }
  return times;
}

describe("an id that is hidden or changed", () => {
  test("Twilio: a field that swallows its neighbour, a character at a time", async () => {
    const url = "https://example.com/sms";
    const fields = { Body: "hello", MessageSid: "SM0123456789abcdef", NumMedia: "0" };
    const wire = async (pairs: Record<string, string>): Promise<Wire> => {
      const body = new TextEncoder().encode(new URLSearchParams(pairs).toString());
      return { method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" }, body };
    };
    const genuine = await wire(fields);
    const headers = await sign(twilio, { secret: SECRET, url, body: genuine.body, headers: genuine.headers });
    // Names and values are signed unseparated: MessageSid's value can take the letters of the next name.
    const next = "NumMedia0";
    const others = Array.from({ length: next.length - 1 }, (_, i) =>
      wire({
        Body: fields.Body,
        MessageSid: fields.MessageSid + next.slice(0, i + 1),
        [next.slice(i + 1)]: "",
      }),
    );
    const requests = [genuine, ...(await Promise.all(others))].map((one) => ({
      ...one,
      headers: { ...one.headers, ...headers },
    }));
    const key = (delivery: { payload: { MessageSid: string } }) => delivery.payload.MessageSid;
    // The attack is real: told apart by the id alone, the same signature passes again and again.
    expect(
      await handled(
        twilio,
        { key: key as never, equalContent: "distinct", publicUrl: "https://example.com" },
        requests,
      ),
    ).toBeGreaterThan(5);
    expect(
      await handled(
        twilio,
        { key: key as never, equalContent: "duplicate", publicUrl: "https://example.com" },
        requests,
      ),
    ).toBe(1);
  });

  test.each(["json", "form", "raw"] as const)(
    "Slack: a form under another content type, payload %s",
    async (payload) => {
      const body = new TextEncoder().encode("command=%2Fdeploy&trigger_id=13345224609.738474920&team_id=T1");
      const headers = await sign(slack, { secret: SECRET, body });
      const of = (type: string): Wire => ({
        method: "POST",
        url: "/",
        headers: { ...headers, "content-type": type },
        body,
      });
      const requests = [
        of("application/x-www-form-urlencoded"),
        of("text/plain"),
        of("application/json"),
        of("application/x-www-form-urlencoded;charset=x"),
      ];
      expect(await handled(slack, payload === "json" ? {} : { payload }, requests)).toBe(1);
      expect(await handled(slack, payload === "json" ? {} : { payload }, [...requests].reverse())).toBeLessThanOrEqual(
        1,
      );
    },
  );

  test("Stripe: compressed bytes without their Content-Encoding", async () => {
    const body = gzipSync('{"id":"evt_1","object":"event","type":"ping"}');
    const headers = await sign(stripe, { secret: SECRET, body });
    const zipped: Wire = { method: "POST", url: "/", headers: { ...headers, "content-encoding": "gzip" }, body };
    const bare: Wire = { method: "POST", url: "/", headers, body };
    const options: Options = { encoding: "compressed", payload: "raw" };
    expect(await handled(stripe, options, [zipped, bare])).toBe(1);
    expect(await handled(stripe, options, [bare, zipped])).toBe(1);
  });
});

test("equal content is legitimate for some: the user must choose, and each choice says what it costs", () => {
  const options = { secret: SECRET, replay: memoryReplayStore(), publicUrl: "https://example.com" };
  const key = (): string => "a";
  expect(() => createVerifier(twilio, { ...options, key })).toThrow(
    expect.objectContaining({ option: "equalContent" }),
  );
  for (const equalContent of ["duplicate", "distinct"] as const)
    expect(() => createVerifier(twilio, { ...options, key, equalContent })).not.toThrow();
});
