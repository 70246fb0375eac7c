import type { Provider } from "@countersign/core";
import { aperture, apono, providers, tappass } from "@countersign/core/providers";
import { testSecret } from "@countersign/core/testing";
import { type Body, createSender, json, never, type SecretSource } from "@countersign/sender";
import { recordingReceiver } from "@countersign/sender/testing";
import { verify as verifyGitHub } from "@octokit/webhooks-methods";
import express from "express";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { afterEach, describe, expect, test } from "vitest";
import { expressHarness } from "../adapters/express.ts";
import { fastifyHarness } from "../adapters/fastify.ts";
import type { Harness } from "../adapters/harness.ts";
import { honoHarness } from "../adapters/hono.ts";
import { keysOf } from "../key-pairs.ts";
import { loopback } from "./loopback.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const all: readonly Provider<any>[] = [
  ...Object.values(providers),
  aperture({ authorization: "x-api-key" }),
  tappass({ header: "authorization", prefix: "Token token=" }),
  apono({ header: "authorization" }),
];
const harnesses: readonly Harness[] = [expressHarness("Express", express), fastifyHarness, honoHarness];

/** Characters that a parser or an encoder could change on the way, and an integer that a double cannot hold. */
const data = {
  text: "é😀\u2028 \\/ $& </script>",
  big: 302231454903657293n,
  number: 1.0,
  nested: { list: [null, true] },
};
const form: Body = {
  contentType: "application/x-www-form-urlencoded",
  batches: false,
  render: () => "From=%2B15551234567&Body=a+b%26c&Body=%C3%A9",
};

/** What some schemes want beside the body: rows, by the provider's name. */
const OWN: Readonly<Record<string, { readonly headers?: Record<string, string>; readonly fields?: () => object }>> = {
  // It signs the headers that this one lists.
  contentful: {
    headers: { "x-contentful-signed-headers": "content-type,x-contentful-signed-headers,x-contentful-timestamp" },
  },
  // It signs whose event it is.
  fal: { headers: { "x-fal-webhook-user-id": "user-1" } },
  // Its time stands in the body.
  linear: { fields: () => ({ webhookTimestamp: Date.now() }) },
};

/** Sends one event to a URL and says how it ended. */
async function deliver(url: string, provider: Provider<any>, secret: SecretSource | SecretSource[], body?: Body) {
  const sender = createSender({
    guard: loopback,
    endpoints: [
      {
        name: "e",
        url,
        method: (provider.methods?.[0] ?? "POST") as "POST",
        body:
          body ??
          json({
            contentType: provider.contentType ?? "application/json",
            event: (event) => ({ ...OWN[provider.name]?.fields?.(), id: event.id, type: event.type, data: event.data }),
          }),
        headers: OWN[provider.name]?.headers ?? {},
        sign: { provider, secret },
        retry: never(),
      },
    ],
  });
  cleanups.push(() => sender.close());
  const [outcome] = await (await sender.send({ id: "evt_1", type: "user.created", data })).outcome();
  return outcome;
}

describe.each(harnesses.map((harness) => [harness.name, harness] as const))("sender → %s", (_name, harness) => {
  test.each(all.map((provider) => [provider.name, provider] as const))("%s", async (_provider, provider) => {
    const { signing, verifying } = keysOf(provider);
    let seen: Uint8Array | undefined;
    let url = "";
    const running = await harness.start({
      provider,
      options: { secret: verifying, payload: "raw", publicUrl: () => url },
      handler: ({ delivery }) => {
        seen = delivery.body;
        return { status: 204 };
      },
    });
    cleanups.push(() => running.close());
    url = `http://127.0.0.1:${running.port}/hook`;
    const isForm = provider.contentType === form.contentType;
    const outcome = await deliver(url, provider, signing, isForm ? form : undefined);
    expect(outcome?.history[0]).toMatchObject({ status: 204 });
    expect(outcome?.status).toBe("delivered");
    const text = Buffer.from(seen as Uint8Array).toString("utf8");
    if (isForm) expect(text).toBe(form.render([]));
    else expect(text).toContain('"big":302231454903657293');

    // The same under another secret is refused: what passed above was proven.
    const wrong = provider.scheme.kind === "asymmetric" ? keysOf(provider).signing : testSecret(provider, 2);
    seen = undefined;
    const refused = await deliver(url, provider, wrong, isForm ? form : undefined);
    expect(refused?.history[0]).toMatchObject({ status: 401, error: "http_status" });
    expect(seen).toBeUndefined();
  });
});

describe("receivers built on the official SDKs accept what is sent", () => {
  /** A receiver that answers 204 when the SDK accepts, and 401 when it throws or says no. */
  async function judged(
    check: (body: string, headers: Record<string, string>) => unknown,
    name: string,
    secret: string | string[],
  ) {
    const receiver = await recordingReceiver(async ({ body, headers }) => {
      try {
        return {
          status: (await check(body.toString("utf8"), headers as Record<string, string>)) === false ? 401 : 204,
        };
      } catch {
        return { status: 401 };
      }
    });
    cleanups.push(() => receiver.close());
    return (await deliver(receiver.url, providers[name] as Provider<unknown>, secret))?.history[0]?.status;
  }

  const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  const sdk = new Stripe("sk_test_unused");
  const byStripe = (secret: string) => (body: string, headers: Record<string, string>) =>
    sdk.webhooks.constructEvent(body, headers["stripe-signature"] as string, secret);

  test("stripe", async () => {
    expect(await judged(byStripe("whsec_test"), "stripe", "whsec_test")).toBe(204);
    expect(await judged(byStripe("whsec_test"), "stripe", "whsec_wrong")).toBe(401);
  });

  test("stripe, during a rotation: either secret verifies", async () => {
    for (const secret of ["whsec_old", "whsec_new"]) {
      expect(await judged(byStripe(secret), "stripe", ["whsec_new", "whsec_old"])).toBe(204);
    }
  });

  test("svix", async () => {
    const check = (body: string, headers: Record<string, string>) => new SvixWebhook(whsec).verify(body, headers);
    expect(await judged(check, "svix", whsec)).toBe(204);
    expect(await judged(check, "svix", [other, whsec])).toBe(204);
    expect(await judged(check, "svix", other)).toBe(401);
  });

  test("standardwebhooks", async () => {
    const check = (body: string, headers: Record<string, string>) => new StandardWebhook(whsec).verify(body, headers);
    expect(await judged(check, "standard-webhooks", whsec)).toBe(204);
    expect(await judged(check, "standard-webhooks", [other, whsec])).toBe(204);
    expect(await judged(check, "standard-webhooks", other)).toBe(401);
  });

  test("@octokit/webhooks-methods", async () => {
    const check = (body: string, headers: Record<string, string>) =>
      verifyGitHub("secret", body, headers["x-hub-signature-256"] as string);
    expect(await judged(check, "github", "secret")).toBe(204);
    expect(await judged(check, "github", "other")).toBe(401);
  });
});
