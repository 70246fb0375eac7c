import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import { signRequest, verifyRequest } from "@contentful/node-apps-toolkit";
import { createVerifier, sign, type WebhookRequest } from "@countersign/core";
import {
  contentful,
  discord,
  github,
  linear,
  notion,
  paddle,
  razorpay,
  resend,
  sendgrid,
  slack,
  standardWebhooks,
  stripe,
  svix,
  telnyx,
  twilio,
  workos,
} from "@countersign/core/providers";
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { signWebhookPayload, verifyWebhookSignature } from "@notionhq/client";
import * as octokit from "@octokit/webhooks-methods";
import { Paddle } from "@paddle/paddle-node-sdk";
import { EventWebhook } from "@sendgrid/eventwebhook";
import { verifySlackRequest } from "@slack/bolt";
import { WorkOS } from "@workos-inc/node";
import { verifyKey } from "discord-interactions";
import Razorpay from "razorpay";
import { Resend } from "resend";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import Telnyx from "telnyx";
import twilioSdk from "twilio";
import { describe, expect, test } from "vitest";

// Characters that a parser or an encoder could change on the way, and an integer that a double cannot hold.
const BODY =
  '{"id":"evt_1","object":"event","type":"t.é😀","text":"a\\u00e9\\/$&","big":302231454903657293, "space" : 1.0 }';
const OTHER = BODY.replace("evt_1", "evt_2");
const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const seconds = () => Math.floor(Date.now() / 1000);

type Row = Parameters<typeof createVerifier>[0];

/** A request that their library signed is let through here, and with another body it is not. */
async function accepts(provider: Row, secret: string, request: Omit<WebhookRequest, "body"> & { body?: string }) {
  const verifier = createVerifier(provider, { secret });
  const whole = { method: "POST", url: "https://example.com/hook", body: BODY, ...request };
  const delivery = await verifier.verify(whole);
  expect(delivery.text()).toBe(whole.body);
  await expect(verifier.verify({ ...whole, body: `${whole.body} ` })).rejects.toMatchObject({
    code: "signature_mismatch",
  });
}

/** What their library says of a request that was signed here. */
function thrown(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("stripe", () => {
  const secret = "whsec_test_secret";

  test("theirs, here", () =>
    accepts(stripe, secret, {
      headers: { "stripe-signature": Stripe.webhooks.generateTestHeaderString({ payload: BODY, secret }) },
    }));

  test("ours, there", async () => {
    const { "stripe-signature": header = "" } = await sign(stripe, { secret, body: BODY });
    expect(Stripe.webhooks.constructEvent(BODY, header, secret).id).toBe("evt_1");
    expect(() => Stripe.webhooks.constructEvent(OTHER, header, secret)).toThrow();
  });

  test("ours under two secrets, there under either", async () => {
    const { "stripe-signature": header = "" } = await sign(stripe, { secret: ["new", "old"], body: BODY });
    for (const one of ["new", "old"]) expect(Stripe.webhooks.constructEvent(BODY, header, one).id).toBe("evt_1");
  });
});

describe("standardwebhooks", () => {
  test("theirs, here", async () => {
    const date = new Date();
    const signature = new Webhook(WHSEC).sign("msg_1", date, BODY);
    await accepts(standardWebhooks, WHSEC, {
      headers: {
        "webhook-id": "msg_1",
        "webhook-timestamp": String(Math.floor(date.getTime() / 1000)),
        "webhook-signature": signature,
      },
    });
  });

  test("ours, there", async () => {
    const headers = await sign(standardWebhooks, { secret: WHSEC, body: BODY, id: "msg_1" });
    expect(new Webhook(WHSEC).verify(BODY, headers)).toMatchObject({ id: "evt_1" });
    expect(thrown(() => new Webhook(WHSEC).verify(OTHER, headers))).toBeDefined();
  });
});

describe("svix", () => {
  test("theirs, here", async () => {
    const date = new Date();
    const signature = new SvixWebhook(WHSEC).sign("msg_1", date, BODY);
    await accepts(svix, WHSEC, {
      headers: {
        "svix-id": "msg_1",
        "svix-timestamp": String(Math.floor(date.getTime() / 1000)),
        "svix-signature": signature,
      },
    });
  });

  test("ours, there", async () => {
    const headers = await sign(svix, { secret: WHSEC, body: BODY });
    expect(new SvixWebhook(WHSEC).verify(BODY, headers)).toMatchObject({ id: "evt_1" });
    expect(thrown(() => new SvixWebhook(WHSEC).verify(OTHER, headers))).toBeDefined();
  });
});

describe("resend", () => {
  test("ours, there", async () => {
    const sent = await sign(resend, { secret: WHSEC, body: BODY, id: "msg_1" });
    const headers = {
      id: sent["svix-id"] ?? "",
      timestamp: sent["svix-timestamp"] ?? "",
      signature: sent["svix-signature"] ?? "",
    };
    const { webhooks } = new Resend("re_test");
    expect(webhooks.verify({ payload: BODY, headers, webhookSecret: WHSEC })).toMatchObject({ id: "evt_1" });
    expect(thrown(() => webhooks.verify({ payload: OTHER, headers, webhookSecret: WHSEC }))).toBeDefined();
  });
});

describe("@octokit/webhooks-methods", () => {
  test("theirs, here", async () =>
    accepts(github, "secret", { headers: { "x-hub-signature-256": await octokit.sign("secret", BODY) } }));

  test("ours, there", async () => {
    const { "x-hub-signature-256": signature = "" } = await sign(github, { secret: "secret", body: BODY });
    expect(await octokit.verify("secret", BODY, signature)).toBe(true);
    expect(await octokit.verify("secret", OTHER, signature)).toBe(false);
  });
});

describe("@slack/bolt", () => {
  test("ours, there", async () => {
    const headers = await sign(slack, { secret: "secret", body: BODY });
    const request = (body: string) => ({
      signingSecret: "secret",
      body,
      headers: {
        "x-slack-signature": headers["x-slack-signature"] ?? "",
        "x-slack-request-timestamp": Number(headers["x-slack-request-timestamp"]),
      },
    });
    expect(thrown(() => verifySlackRequest(request(BODY)))).toBeUndefined();
    expect(thrown(() => verifySlackRequest(request(OTHER)))).toBeDefined();
  });
});

describe("discord-interactions", () => {
  // RFC 8032, test 1.
  const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
  const publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

  test("ours, there", async () => {
    const headers = await sign(discord, { secret: seed, body: BODY });
    const [signature = "", time = ""] = [headers["x-signature-ed25519"], headers["x-signature-timestamp"]];
    expect(await verifyKey(BODY, signature, time, publicKey)).toBe(true);
    expect(await verifyKey(OTHER, signature, time, publicKey)).toBe(false);
  });
});

describe("razorpay", () => {
  test("ours, there", async () => {
    const { "x-razorpay-signature": signature = "" } = await sign(razorpay, { secret: "secret", body: BODY });
    expect(Razorpay.validateWebhookSignature(BODY, signature, "secret")).toBe(true);
    expect(Razorpay.validateWebhookSignature(OTHER, signature, "secret")).toBe(false);
  });
});

describe("@notionhq/client", () => {
  const verificationToken = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";

  test("theirs, here", async () => {
    const signature = await signWebhookPayload({ body: BODY, verificationToken });
    await accepts(notion, verificationToken, { headers: { "x-notion-signature": signature } });
  });

  test("ours, there", async () => {
    const { "x-notion-signature": signature = "" } = await sign(notion, { secret: verificationToken, body: BODY });
    expect(await verifyWebhookSignature({ body: BODY, signature, verificationToken })).toBe(true);
    expect(await verifyWebhookSignature({ body: OTHER, signature, verificationToken })).toBe(false);
  });
});

describe("@linear/sdk", () => {
  test("ours, there", async () => {
    const body = JSON.stringify({ action: "create", type: "Issue", webhookTimestamp: Date.now() });
    const { "linear-signature": signature = "" } = await sign(linear, { secret: "secret", body });
    const client = new LinearWebhookClient("secret");
    expect(client.verify(Buffer.from(body), signature)).toBe(true);
    expect(thrown(() => client.verify(Buffer.from(body.replace("create", "remove")), signature))).toBeDefined();
  });
});

describe("@paddle/paddle-node-sdk", () => {
  test("ours, there", async () => {
    const { "paddle-signature": header = "" } = await sign(paddle, { secret: "secret", body: BODY });
    const { webhooks } = new Paddle("test");
    expect(await webhooks.isSignatureValid(BODY, "secret", header)).toBe(true);
    expect(await webhooks.isSignatureValid(OTHER, "secret", header)).toBe(false);
  });
});

describe("@workos-inc/node", () => {
  // Their library signs the object again, so that only compact JSON without large integers can pass there.
  const payload = { id: "event_1", event: "user.created", data: { name: "é" } };
  const body = JSON.stringify(payload);
  const { webhooks } = new WorkOS("sk_test");

  test("theirs, here", async () => {
    const time = String(Date.now());
    const signature = await webhooks.computeSignature(time, payload, "secret");
    await accepts(workos, "secret", { body, headers: { "workos-signature": `t=${time}, v1=${signature}` } });
  });

  test("ours, there", async () => {
    const { "workos-signature": sigHeader = "" } = await sign(workos, { secret: "secret", body });
    expect(await webhooks.verifyHeader({ payload, sigHeader, secret: "secret" })).toBe(true);
  });
});

describe("@contentful/node-apps-toolkit", () => {
  const secret = "s".repeat(64);
  const listed = "content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic";
  const own = { "content-type": "application/json", "x-contentful-topic": "ContentManagement.Entry.publish" };

  test.each(["/hook", "/a%20b/c", "/hook?q=1&w=2", "/hook?to=https://a.example/?x=1"])(
    "theirs, here: %s",
    async (path) => {
      const signed = signRequest(secret, { method: "POST", path, headers: own, body: BODY }, Date.now());
      const headers = Object.fromEntries(
        Object.entries({ ...own, ...signed }).map(([name, value]) => [name, String(value)]),
      );
      await accepts(contentful, secret, { url: `https://example.com${path}`, headers });
    },
  );

  test("ours, there", async () => {
    const headers = { ...own, "x-contentful-signed-headers": listed };
    const sent = {
      ...headers,
      ...(await sign(contentful, { secret, body: BODY, url: "https://example.com/hook", headers })),
    };
    expect(verifyRequest(secret, { method: "POST", path: "/hook", headers: sent, body: BODY }, 30)).toBe(true);
    expect(verifyRequest(secret, { method: "POST", path: "/hook", headers: sent, body: OTHER }, 30)).toBe(false);
  });
});

describe("twilio", () => {
  const url = "https://example.com/sms?a=1";
  const params = { Body: "a b&c=é😀", From: "+14158675309", To: ["+1", "+2", "+1"] };
  const body = "From=%2B14158675309&To=%2B1&To=%2B2&To=%2B1&Body=a+b%26c%3D%C3%A9%F0%9F%98%80";
  const form = { "content-type": "application/x-www-form-urlencoded" };

  test("theirs, here", async () => {
    const signature = twilioSdk.getExpectedTwilioSignature("token", url, params);
    const request = { method: "POST", url, headers: { ...form, "x-twilio-signature": signature }, body };
    const { payload } = await createVerifier(twilio, { secret: "token" }).verify(request);
    expect(payload).toMatchObject({ Body: params.Body });
    const changed = createVerifier(twilio, { secret: "token" }).verify({ ...request, body: `${body}&x=1` });
    await expect(changed).rejects.toMatchObject({ code: "signature_mismatch" });
  });

  test("ours, there", async () => {
    const { "x-twilio-signature": signature = "" } = await sign(twilio, { secret: "token", body, url, headers: form });
    expect(twilioSdk.validateRequest("token", signature, url, params)).toBe(true);
    expect(twilioSdk.validateRequest("token", signature, url, { ...params, From: "+1" })).toBe(false);
  });

  test("a query with an apostrophe, which a Fetch Request escapes, was refused: exactUrl undoes it", async () => {
    const plain = "https://example.com/sms?name=O'Brien";
    const headers = { ...form, "x-twilio-signature": twilioSdk.getExpectedTwilioSignature("token", plain, params) };
    const status = async (options: object) => {
      const verifier = createVerifier(twilio, { secret: "token", log: false, ...options });
      const request = new Request(plain, { method: "POST", headers, body });
      expect(request.url).toContain("O%27Brien");
      return (await verifier.handle(request, () => new Response("ok"))).status;
    };
    expect(await status({})).toBe(401);
    expect(await status({ exactUrl: ({ url = "" }) => url.replaceAll("%27", "'") })).toBe(200);
  });

  test("theirs with a JSON body, here", async () => {
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(BODY))).toString("hex");
    const signed = `${url}&bodySHA256=${digest}`;
    const signature = twilioSdk.getExpectedTwilioSignature("token", signed, {});
    expect(twilioSdk.validateRequestWithBody("token", signature, signed, BODY)).toBe(true);
    await accepts(twilio, "token", {
      url: signed,
      headers: { "content-type": "application/json", "x-twilio-signature": signature },
    });
  });
});

test("refuses what a lenient clock check lets through", async () => {
  const future = seconds() + 86_400;
  const header = Stripe.webhooks.generateTestHeaderString({ payload: BODY, secret: "s", timestamp: future });
  expect(Stripe.webhooks.constructEvent(BODY, header, "s").id).toBe("evt_1");
  const request = { method: "POST", url: "/hook", headers: { "stripe-signature": header }, body: BODY };
  await expect(createVerifier(stripe, { secret: "s" }).verify(request)).rejects.toMatchObject({
    code: "timestamp_in_future",
  });
});

describe("@sendgrid/eventwebhook", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const secret = publicKey.export({ format: "der", type: "spki" }).toString("base64");

  test("ours, there", async () => {
    const pem = privateKey.export({ format: "pem", type: "pkcs8" }) as string;
    const headers = await sign(sendgrid, { secret: pem, body: BODY });
    const signature = headers["x-twilio-email-event-webhook-signature"] as string;
    const time = headers["x-twilio-email-event-webhook-timestamp"] as string;
    const theirs = new EventWebhook();
    const key = theirs.convertPublicKeyToECDSA(secret);
    expect(theirs.verifySignature(key, BODY, signature, time)).toBe(true);
    expect(theirs.verifySignature(key, OTHER, signature, time)).toBe(false);
  });

  test("theirs, here: the library that it verifies with signs", async () => {
    const time = String(seconds());
    const require = createRequire(createRequire(import.meta.url).resolve("@sendgrid/eventwebhook"));
    const { Ecdsa, PrivateKey } = require("starkbank-ecdsa");
    const key = PrivateKey.fromPem(privateKey.export({ format: "pem", type: "sec1" }));
    const signature: string = Ecdsa.sign(time + BODY, key).toBase64();
    const headers = {
      "x-twilio-email-event-webhook-signature": signature,
      "x-twilio-email-event-webhook-timestamp": time,
    };
    await accepts(sendgrid, secret, { headers });
  });
});

describe("telnyx", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const part = (key: KeyObject, name: "d" | "x") =>
    Buffer.from(key.export({ format: "jwk" })[name] as string, "base64url").toString("base64");

  test("ours, there", async () => {
    const headers = await sign(telnyx, { secret: part(privateKey, "d"), body: BODY });
    const theirs = new Telnyx({ apiKey: "key", publicKey: part(publicKey, "x") });
    expect(await theirs.webhooks.unwrap(BODY, { headers })).toMatchObject({ id: "evt_1" });
    await expect(theirs.webhooks.unwrap(OTHER, { headers })).rejects.toThrow();
  });
});
