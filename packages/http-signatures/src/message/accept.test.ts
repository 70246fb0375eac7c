import { ConfigurationError } from "@countersign/core";
import { Fault } from "@countersign/core/scheme";
import { describe, expect, test } from "vitest";
import { acceptSignature, readAcceptSignature } from "./accept.ts";

// RFC 9421, 5.1.
const VALUE =
  'sig1=("@method" "@target-uri" "@authority" "content-digest" "cache-control");keyid="test-key-rsa-pss";created;tag="app-123"';
const REQUESTED = {
  label: "sig1",
  components: ['"@method"', '"@target-uri"', '"@authority"', '"content-digest"', '"cache-control"'],
  created: true,
  keyid: "test-key-rsa-pss",
  tag: "app-123",
};
const read = (value: string) => readAcceptSignature({ headers: { "accept-signature": value } });

describe("Accept-Signature", () => {
  test("is read as the standard's example says", () => {
    expect(read(VALUE)).toEqual([REQUESTED]);
    expect(readAcceptSignature({ headers: {} })).toEqual([]);
  });

  test("is written, and read back", () => {
    expect(read(acceptSignature([REQUESTED]))).toEqual([REQUESTED]);
    const other = {
      label: "b",
      components: ['"@query-param";name="id"'],
      expires: true,
      nonce: 'a"\\b',
      alg: "ed25519",
    };
    expect(read(acceptSignature([REQUESTED, other]))).toEqual([REQUESTED, other]);
  });

  test.each([
    "sig1",
    'sig1="x"',
    'sig1=("@method"',
    'sig1=("@method" "@method")',
    'sig1=("@nothing")',
    "sig1=(date)",
    'sig1=("@method");tag=1',
    'sig1=("@method"), sig1=("@path")',
    Array.from({ length: 9 }, (_, i) => `s${i}=()`).join(", "),
    `sig1=("${"a".repeat(9000)}")`,
  ])("%s asks for nothing that could be made", (value) => {
    expect(read(value)).toBeInstanceOf(Fault);
  });

  test.each([
    ["requests[0].label", [{ label: "Sig 1", components: [] }]],
    [
      "requests[1].label",
      [
        { label: "a", components: [] },
        { label: "a", components: [] },
      ],
    ],
    ["requests[0].components[1]", [{ label: "a", components: ["@method", "@nothing"] }]],
    ["requests[0].nonce", [{ label: "a", components: [], nonce: "ü" }]],
  ])("cannot be made of a wrong %s", (option, requests) => {
    expect(() => acceptSignature(requests)).toThrow(ConfigurationError);
    expect(() => acceptSignature(requests)).toThrow(expect.objectContaining({ option }));
  });
});
