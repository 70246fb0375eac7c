import { createVerifier, sign, type WebhookError } from "@countersign/core";
import { providers } from "@countersign/core/providers";
import { isProof } from "@countersign/core/scheme";
import { testSecret } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { keysOf } from "../key-pairs.ts";
import { forgeries, type Vector, vectors } from "./vectors.ts";

function clockAt(vector: Vector) {
  const { timestamp } = vector;
  const unit = isProof(vector.provider.scheme) ? undefined : vector.provider.scheme.timestamp?.unit;
  const now = timestamp instanceof Date ? timestamp.getTime() : (timestamp ?? 0) * (unit === "s" ? 1000 : 1);
  return { now: () => now };
}

/** A query is accepted only as part of the whole URL where nothing separates it from the body. */
function exactUrl({ provider, url }: Vector) {
  return provider.seams?.includes("url/body") && url?.includes("?") ? { exactUrl: url } : {};
}

function request(vector: Vector) {
  return {
    method: vector.method ?? "POST",
    url: vector.url ?? "https://example.com/hook",
    headers: vector.headers,
    body: vector.body,
  };
}

describe.each(vectors)("$provider.name: $name", (vector) => {
  const { provider, secret } = vector;

  test("verifies", async () => {
    const verifier = createVerifier(provider, {
      secret,
      clock: clockAt(vector),
      ...exactUrl(vector),
      ...(vector.raw === true ? { payload: "raw" as const } : {}),
    });
    const delivery = await verifier.verify(request(vector)).catch((error: WebhookError) => {
      // A proven set-up request passes the verdict like any other; it is only answered elsewhere.
      if (error.code === "handshake") return undefined;
      throw error;
    });
    if (delivery === undefined) return;
    expect(delivery.text()).toBe(vector.body);
    expect(delivery.id).toBe(vector.id);
  });

  test("is refused under another secret", async () => {
    const spelled = keysOf(provider, testSecret(provider, 9)).verifying;
    const verifier = createVerifier(provider, {
      secret: spelled,
      clock: clockAt(vector),
      payload: "raw",
      ...exactUrl(vector),
    });
    const error: WebhookError = await verifier.verify(request(vector)).then(
      () => expect.unreachable("it verified"),
      (thrown) => thrown,
    );
    expect(error.code).toBe(provider.scheme.kind === "token" ? "credential_mismatch" : "signature_mismatch");
  });

  // Where the vector holds what only its sender would write (other signers' signatures, an offset in the time), it is
  // not what sign() makes.
  if (vector.unsigned !== undefined) return;
  test("is what sign() makes", async () => {
    const headers = await sign(provider, {
      secret: vector.privateKey ?? secret,
      body: vector.body,
      headers: vector.headers,
      ...(vector.timestamp === undefined ? {} : { timestamp: vector.timestamp }),
      ...(vector.id === undefined ? {} : { id: vector.id }),
      ...(vector.method === undefined ? {} : { method: vector.method }),
      ...(vector.url === undefined ? {} : { url: vector.url }),
    });
    expect(vector.headers).toMatchObject(headers);
  });
});

test.each(forgeries)("refuses $provider.name: $name", async (vector) => {
  const verifier = createVerifier(vector.provider, { secret: vector.secret, clock: clockAt(vector) });
  await expect(verifier.verify(request(vector))).rejects.toMatchObject({ code: vector.code });
});

test("has a vector for every provider", () => {
  const covered = new Set(vectors.map((vector) => vector.provider.name));
  expect(Object.keys(providers).filter((name) => !covered.has(name))).toEqual([]);
});
