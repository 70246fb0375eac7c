import { createVerifier, type SecretLookup } from "@countersign/core";
import { jwt } from "@countersign/tokens";
import { googlePubSub } from "@countersign/tokens/providers";
import { describe, expect, test } from "vitest";
import { otherRsa, p256, rsa, verdict } from "../make.ts";
import { bearer, clock, GENUINE, NOW, OPTIONS, SECONDS, schemed, token } from "./kit.ts";

describe("times", () => {
  test.each<[string, object, string]>([
    ["expired", { exp: SECONDS - 61, iat: SECONDS - 3661 }, "timestamp_too_old"],
    ["expired within the tolerance", { exp: SECONDS - 59 }, "accepted"],
    ["never expires", { exp: undefined }, "malformed_signature"],
    ["expires as text", { exp: String(SECONDS + 60) }, "malformed_signature"],
    ["expires at no time", { exp: null }, "malformed_signature"],
    ["expires in milliseconds", { exp: NOW }, "malformed_signature"],
    ["a negative time", { exp: -1 }, "malformed_signature"],
    ["not valid yet", { nbf: SECONDS + 61 }, "timestamp_in_future"],
    ["valid within the tolerance", { nbf: SECONDS + 59 }, "accepted"],
    ["made in the future", { iat: SECONDS + 61 }, "timestamp_in_future"],
    ["made at no time", { iat: "now" }, "malformed_signature"],
    ["with a fraction of a second", { iat: SECONDS - 0.5, exp: SECONDS + 0.5 }, "accepted"],
  ])("%s", async (_, claims, expected) => {
    expect(await bearer(token(claims))).toBe(expected);
  });
  test("an age is judged by the verifier's window", async () => {
    const fresh = { ...OPTIONS, maxAge: "5m" } as const;
    expect(await bearer(token({ iat: SECONDS - 300, exp: undefined }), fresh)).toBe("accepted");
    expect(await bearer(token({ iat: SECONDS - 301, exp: undefined }), fresh)).toBe("timestamp_too_old");
    expect(await bearer(token({ iat: SECONDS + 301, exp: undefined }), fresh)).toBe("timestamp_in_future");
    expect(await bearer(token({ iat: undefined }), fresh)).toBe("malformed_signature");
    expect(await bearer(token({ iat: SECONDS, exp: SECONDS - 61 }), fresh)).toBe("timestamp_too_old");
  });
});

test("no key is asked for what is refused anyway, and a failing lookup is 503", async () => {
  let asked = 0;
  const down: SecretLookup = () => {
    asked++;
    throw new Error("down");
  };
  const provider = googlePubSub({ audience: GENUINE.aud, serviceAccount: GENUINE.email });
  const verifier = createVerifier(provider, { secret: down, clock, log: false });
  const send = (text: string) =>
    verdict(verifier.verify({ method: "POST", url: "/", headers: { authorization: `Bearer ${text}` }, body: "{}" }));
  for (const claims of [{ aud: "x" }, { exp: 1 }, { email: "x" }]) await send(token(claims));
  expect(asked).toBe(0);
  expect(await send(token())).toBe("secret_unavailable");
});

test("of several keys the one that holds is told, and those of other kinds are passed over", async () => {
  const scheme = jwt({ ...OPTIONS, algorithms: ["RS256", "ES256"] });
  const verifier = createVerifier(schemed(scheme), { secret: [p256.pem, otherRsa.pem, rsa.pem], clock });
  const headers = { authorization: `Bearer ${token({}, { kid: undefined })}` };
  const delivery = await verifier.verify({ method: "POST", url: "/", headers, body: "{}" });
  expect(delivery.secretIndex).toBe(2);
});
