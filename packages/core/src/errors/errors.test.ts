import { describe, expect, test } from "vitest";
import { ConfigurationError, defaultStatus, WebhookError, webhookErrorCodes } from "./errors.ts";
import { describe as sentence } from "./reasons.ts";

describe("error codes", () => {
  test("and their statuses are a table that others rely on", () => {
    expect(Object.fromEntries(webhookErrorCodes.map((code) => [code, defaultStatus(code)]))).toEqual({
      method_not_allowed: 405,
      missing_signature: 401,
      malformed_signature: 401,
      timestamp_too_old: 401,
      timestamp_in_future: 401,
      signature_mismatch: 401,
      credential_mismatch: 401,
      unknown_sender: 401,
      secret_unavailable: 503,
      body_too_large: 413,
      unsupported_encoding: 415,
      body_timeout: 408,
      body_incomplete: 400,
      malformed_encoding: 400,
      malformed_text: 400,
      malformed_payload: 400,
      invalid_payload: 422,
      missing_key: 422,
      duplicate: 200,
      in_progress: 503,
      store_unavailable: 503,
      handshake: 200,
      body_consumed: 500,
      misconfigured: 500,
    });
  });

  test("__proto__ finds nothing", () => {
    expect(defaultStatus("__proto__" as never)).toBeUndefined();
    expect(defaultStatus("constructor" as never)).toBeUndefined();
  });

  const ACME = { name: "acme", docs: "https://example.com/docs" };

  test.each(webhookErrorCodes)("%s has a sentence", (code) => {
    expect(sentence(code, "detail", ACME)).toMatch(/\w/);
    expect(sentence(code, `"${"x".repeat(5000)}`, ACME).length).toBeLessThan(700);
  });
});

test("a WebhookError is an Error with a code, a status, a provider and a cause", () => {
  const cause = new Error("why");
  const error = new WebhookError("signature_mismatch", "no", { provider: "acme", cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    name: "WebhookError",
    code: "signature_mismatch",
    status: 401,
    provider: "acme",
    cause,
  });
  expect(new WebhookError("duplicate", "no", { status: 204 }).status).toBe(204);
  expect("cause" in new WebhookError("duplicate", "no")).toBe(false);
});

test("a ConfigurationError names its option", () => {
  expect(new ConfigurationError("limit", "no")).toMatchObject({
    name: "ConfigurationError",
    option: "limit",
    code: "invalid_option",
  });
});

describe("an error as an answer", () => {
  test("a refusal is a bare status", async () => {
    const error = new WebhookError("missing_signature", "no");
    expect(error.answer).toEqual({ status: 401 });
    const response = error.toResponse();
    expect([response.status, await response.text()]).toEqual([401, ""]);
  });

  test("a handshake does not go out empty", async () => {
    const answer = { status: 200, headers: { "content-type": "text/plain" }, body: "challenge" };
    const response = new WebhookError("handshake", "reply", { answer }).toResponse();
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/plain",
      "challenge",
    ]);
  });
});
