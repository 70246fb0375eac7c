import { createVerifier } from "@countersign/core";
import { providers } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { expect, test } from "vitest";
import { subjects } from "../properties/genuine.ts";
import { samples } from "./consumer/payloads.ts";

/** Headers that are signed beside the body. */
const SIGNED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  contentful: { "x-contentful-signed-headers": "x-contentful-signed-headers,x-contentful-timestamp" },
  fal: { "x-fal-webhook-user-id": "user-1" },
};
const FORM = "application/x-www-form-urlencoded";

test.each(samples.map((sample) => [sample.provider.name, sample] as const))(
  "%s: the vendor's own sample is verified, and what its type promises is there",
  async (name, { provider, payload, read }) => {
    const { signing, verifying } = subjects.find((subject) => subject.name === name) as (typeof subjects)[number];
    const form = provider.payload === "form";
    const request = await signedRequest(provider, {
      secret: signing,
      url: "https://example.com/hook",
      ...(form ? { body: new URLSearchParams(payload).toString(), headers: { "content-type": FORM } } : { payload }),
      ...(name in SIGNED ? { headers: SIGNED[name] as Record<string, string> } : {}),
    });
    const verifier = createVerifier(provider, { secret: verifying, publicUrl: "https://example.com" });
    const delivery = await verifier.verify(request);
    expect(delivery.payload).toEqual(payload);
    const values = [read(delivery.payload)].flat(Number.POSITIVE_INFINITY);
    expect(values).not.toEqual([]);
    for (const value of values) if (!OPTIONAL.has(name)) expect(value).toBeDefined();
  },
);

/** Where a vendor leaves out what the sample reads with a question mark. */
const OPTIONAL = new Set(["linear", "stalwart", "tailscale"]);

test("every provider with a payload of its own has a sample", () => {
  // They send what others send: the same types.
  const alike = ["gitlab-signed", "shopify-events", "standard-webhooks-asymmetric"];
  const names = new Set([...samples.map(({ provider }) => provider.name), ...alike]);
  expect(Object.keys(providers).filter((name) => !names.has(name))).toEqual([]);
});
