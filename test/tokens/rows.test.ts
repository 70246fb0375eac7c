import { createVerifier, type Provider, sign } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import * as rows from "@countersign/tokens/providers";
import { describe, expect, test } from "vitest";
import { compact, hashOf, otherRsa, p256, rsa, verdict } from "./make.ts";
import { NOW, REQUESTS, type TokenRequest } from "./requests.ts";

const { googlePubSub, plaid } = rows;
const clock = fakeClock(NOW);

function providerOf({ from, options }: TokenRequest): Provider<any> {
  const found: unknown = (rows as Record<string, unknown>)[from];
  return (typeof found === "function" ? found(options) : found) as Provider<any>;
}

describe.each(Object.entries(REQUESTS))("%s", (_, row) => {
  const provider = providerOf(row);
  const { body, headers, secret, url = "https://example.com/hook" } = row;
  const verifier = createVerifier(provider, { secret, clock, log: false });
  const send = (change: object = {}) => verdict(verifier.verify({ method: "POST", url, headers, body, ...change }));

  test("a request as the vendor makes it is accepted", async () => {
    expect(await send()).toBe("accepted");
  });

  test("is refused under another key", async () => {
    const other = createVerifier(provider, { secret: another(secret), clock, log: false });
    expect(await verdict(other.verify({ method: "POST", url, headers, body }))).toBe("signature_mismatch");
  });

  test(`another body is ${row.covers ? "refused" : "not noticed, as its unprotected says"}`, async () => {
    expect(provider.unprotected).toBeTruthy();
    const other = body.replace(/"([A-Za-z_]+)":"[^"]*"/, '"$1":"other"');
    expect(other).not.toBe(body);
    expect(await send({ body: other })).toBe(row.covers ? "signature_mismatch" : "accepted");
  });

  test("is refused without its proof", async () => {
    const bare = row.from === "microsoftGraph" ? { body: '{"value":[]}' } : { headers: {} };
    expect(await send(bare)).toBe("missing_signature");
  });

  // Microsoft alone can sign what Graph sends.
  if (row.signWith === undefined) return;
  test("what is signed here is accepted too", async () => {
    const made = await sign(provider, {
      secret: row.signWith as string,
      body,
      method: "POST",
      url,
      timestamp: new Date(NOW),
    });
    expect(await send({ headers: made })).toBe("accepted");
  });
});

/** A key of the same kind that signed nothing here. */
function another(secret: string): string {
  if (secret.includes('"P-256"'))
    return '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}';
  if (secret.includes('"Ed25519"'))
    return '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}';
  return secret.includes("RSA") || secret.includes("PUBLIC KEY") ? otherRsa.pem : "another secret";
}

test("Plaid's page: its key is taken, and a token with its header is read", async () => {
  // https://plaid.com/docs/api/webhooks/webhook-verification/
  const key = {
    alg: "ES256",
    crv: "P-256",
    kid: "bfbd5111-8e33-4643-8ced-b2e642a72f3c",
    kty: "EC",
    use: "sig",
    x: "hKXLGIjWvCBv-cP5euCTxl8g9GLG9zHo_3pO5NN1DwQ",
    y: "shhexqPB7YffGn6fR6h2UhTSuCtPmfzQJ6ENVIoO4Ys",
  };
  const claims = { iat: 1_560_211_755, request_body_sha256: hashOf("{}", "hex") };
  const token = compact({ alg: "ES256", kid: key.kid, typ: "JWT" }, claims, p256.privateKey);
  const verifier = createVerifier(plaid, { secret: JSON.stringify(key), clock: fakeClock(1_560_211_755_000) });
  const request = { method: "POST", url: "/", headers: { "plaid-verification": token }, body: "{}" };
  expect(await verdict(verifier.verify(request))).toBe("signature_mismatch"); // Read, and not signed by that key.
});

test("Upsun's page: the header of its JWS is the same to the letter", () => {
  const written = Buffer.from('{"alg":"HS256","b64":false,"crit":["b64"]}').toString("base64url");
  expect(REQUESTS.upsun?.headers["x-jws-signature"]?.split("..")[0]).toBe(written);
});

test("Pub/Sub's page: its token is read, and refused when it has expired", async () => {
  // https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
  const [header, claims] = [
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IjdkNjgwZDhjNzBkNDRlOTQ3MTMzY2JkNDk5ZWJjMWE2MWMzZDVhYmMiLCJ0eXAiOiJKV1QifQ",
    "eyJhdWQiOiJodHRwczovL2V4YW1wbGUuY29tIiwiYXpwIjoiMTEzNzc0MjY0NDYzMDM4MzIxOTY0IiwiZW1haWwiOiJnYWUtZ2NwQGFwcHNwb3QuZ3NlcnZpY2VhY2NvdW50LmNvbSIsImVtYWlsX3ZlcmlmaWVkIjp0cnVlLCJleHAiOjE1NTAxODU5MzUsImlhdCI6MTU1MDE4MjMzNSwiaXNzIjoiaHR0cHM6Ly9hY2NvdW50cy5nb29nbGUuY29tIiwic3ViIjoiMTEzNzc0MjY0NDYzMDM4MzIxOTY0In0",
  ];
  const asked: unknown[] = [];
  const at = (now: number, serviceAccount = "gae-gcp@appspot.gserviceaccount.com") => {
    const provider = googlePubSub({ audience: "https://example.com", serviceAccount });
    const secret = (_: unknown, __: unknown, wanted: unknown) => {
      asked.push(wanted);
      return rsa.pem;
    };
    const verifier = createVerifier(provider, { secret, clock: fakeClock(now) });
    const headers = { authorization: `Bearer ${header}.${claims}.${"A".repeat(342)}` };
    return verdict(verifier.verify({ method: "POST", url: "/", headers, body: "{}" }));
  };
  expect(await at(1_550_182_400_000)).toBe("signature_mismatch");
  expect(asked).toEqual([{ keyId: "7d680d8c70d44e947133cbd499ebc1a61c3d5abc", algorithm: "RS256" }]);
  expect(await at(1_550_186_000_000)).toBe("timestamp_too_old");
  expect(await at(1_550_182_400_000, "somebody@else.iam.gserviceaccount.com")).toBe("unknown_sender");
  expect(asked).toHaveLength(1); // No key is fetched for what would be refused anyway.
});
