/** Stalwart's `httpAuth` without a `signatureKey`: sent by its own configuration text, received by a row of one line. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier, explain, type Verifier } from "@countersign/core";
import { type StalwartPayload, stalwartHttpAuth } from "@countersign/core/providers";
import { createSender } from "@countersign/sender";
import { fromStalwart } from "@countersign/systems";
import { describe, expect, test } from "vitest";
import { loopback } from "../sender/loopback.ts";

const bearer = (secret: string) => ({ "@type": "Bearer", bearerToken: { "@type": "Value", secret } });
const basic = (username: string, secret: string) => ({
  "@type": "Basic",
  username,
  secret: { "@type": "Value", secret },
});

/** Sends one event as Stalwart does to a receiver; gives back what came of the first attempt, and what the handler saw. */
async function sent(httpAuth: object, receiver: Receiver) {
  const seen: string[] = [];
  const server = createServer((req, res) => {
    receiver
      .handleIncoming(req, res, ({ payload }) => void seen.push(...payload.events.map(({ type }) => type)))
      .catch((error) => res.destroy(error));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  // It gives up after its first attempt.
  const text = JSON.stringify({ url, httpAuth, throttle: 1, discardAfter: 1 });
  const sender = createSender({ endpoints: fromStalwart(text), guard: loopback });
  const handle = await sender.send({ type: "auth.success", data: { accountName: "jdoe@example.org" } });
  const [outcome] = await handle.outcome();
  await sender.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { status: outcome?.status, answered: outcome?.history[0]?.status, seen };
}

type Receiver = Verifier<StalwartPayload, unknown>;
const accepted = { status: "delivered", answered: 204, seen: ["auth.success"] };
const refused = { status: "discarded", answered: 401, seen: [] };

describe("a receiver for httpAuth without signatureKey is one line", () => {
  test.each([
    ["Bearer", bearer("a-long-random-token"), createVerifier(stalwartHttpAuth(), { secret: "a-long-random-token" })],
    [
      "Basic",
      basic("mail", "pässword: 1"),
      createVerifier(stalwartHttpAuth({ username: "mail" }), { secret: "pässword: 1" }),
    ],
  ])("%s: Stalwart's own configuration is accepted", async (_, httpAuth, receiver) => {
    expect(await sent(httpAuth, receiver)).toEqual(accepted);
  });

  test.each([
    ["another token", bearer("another-token")],
    ["the token as a password", basic("mail", "a-long-random-token")],
    ["no credential", { "@type": "Unauthenticated" }],
  ])("Bearer: %s is refused", async (_, httpAuth) => {
    const receiver = createVerifier(stalwartHttpAuth(), { secret: "a-long-random-token", log: false });
    expect(await sent(httpAuth, receiver)).toEqual(refused);
  });

  test.each([
    ["another password", basic("mail", "another")],
    ["another user", basic("root", "password")],
    ["a user whose name takes some of the password", basic("mai", "l:password")],
    ["the password as a token", bearer("password")],
  ])("Basic: %s is refused", async (_, httpAuth) => {
    const receiver = createVerifier(stalwartHttpAuth({ username: "mail" }), { secret: "password", log: false });
    expect(await sent(httpAuth, receiver)).toEqual(refused);
  });

  test("both passwords are valid during a rotation", async () => {
    const receiver = createVerifier(stalwartHttpAuth({ username: "mail" }), { secret: ["new", "old"] });
    for (const password of ["old", "new"]) expect(await sent(basic("mail", password), receiver)).toEqual(accepted);
  });

  test.each(["a:b", "", "a\nb", 5])("a user name that Basic cannot carry is refused at set-up: %j", (username) => {
    expect(() => stalwartHttpAuth({ username: username as string })).toThrow(
      expect.objectContaining({ option: "username" }),
    );
  });

  test("explain names a password with a line break", async () => {
    const provider = stalwartHttpAuth({ username: "mail" });
    const headers = { authorization: `Basic ${Buffer.from("mail:password").toString("base64")}` };
    const { findings } = await explain(provider, { secret: "password\n", headers, body: '{"events":[]}' });
    expect(findings.map(({ code }) => code)).toContain("secret_whitespace");
  });
});
