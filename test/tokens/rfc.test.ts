import { createVerifier, defineProvider } from "@countersign/core";
import { jws } from "@countersign/tokens";
import { describe, expect, test } from "vitest";
import { CLAIMS, EXAMPLES, OCTETS } from "./examples.ts";
import { verdict } from "./make.ts";

describe.each(EXAMPLES)("$name", ({ alg, key, header, payload, signature, b64 }) => {
  const verifierFor = (options: object = {}) =>
    createVerifier(
      defineProvider({
        name: "example",
        docs: "https://www.rfc-editor.org/rfc/rfc7515",
        payload: "raw",
        scheme: jws({ header: "x-jws", algorithms: [alg], ...(b64 === undefined ? {} : { b64 }), ...options }),
      }),
      { secret: key },
    );
  const send = (jwsText: string, body: string, verifier = verifierFor()) =>
    verdict(verifier.verify({ method: "POST", url: "/", headers: { "x-jws": jwsText }, body }));

  test("holds", async () => {
    expect(await send(`${header}..${signature}`, payload)).toBe("accepted");
  });

  test("does not hold for another payload", async () => {
    expect(await send(`${header}..${signature}`, `${payload} `)).toBe("signature_mismatch");
  });

  test("is not taken where its payload is in the other form", async () => {
    expect(await send(`${header}..${signature}`, payload, verifierFor({ b64: b64 === false }))).toBe(
      "malformed_signature",
    );
  });

  test("is not taken with its payload in the header too", async () => {
    const whole = `${header}.${Buffer.from(payload).toString("base64url")}.${signature}`;
    expect(await send(whole, payload)).toBe("malformed_signature");
  });
});

test("RFC 7515, A.5: a token without a signature is not taken", async () => {
  const verifier = createVerifier(
    defineProvider({
      name: "example",
      docs: "https://www.rfc-editor.org/rfc/rfc7515",
      payload: "raw",
      scheme: jws({ header: "x-jws", algorithms: ["HS256"] }),
    }),
    { secret: OCTETS },
  );
  const request = { method: "POST", url: "/", headers: { "x-jws": "eyJhbGciOiJub25lIn0.." }, body: CLAIMS };
  expect(await verdict(verifier.verify(request))).toBe("malformed_signature");
});
