import { createPublicKey, sign as platformSign } from "node:crypto";
import https from "node:https";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { createVerifier, memoryReplayStore, type SecretLookup } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import { type SnsMessage, type SnsOptions, sns } from "@countersign/tokens/providers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { asPem, certificate } from "./certificate.ts";
import { otherRsa, privateKeyOf, rsa, verdict } from "./make.ts";

/** It has no types. */
const MessageValidator = createRequire(import.meta.url)("sns-validator") as new () => {
  validate(message: unknown, callback: (error: unknown) => void): void;
};

const NOW = Date.parse("2026-11-01T12:00:00.000Z");
const clock = fakeClock(NOW);
const topicArn = "arn:aws:sns:us-west-2:123456789012:MyTopic";
const CERTIFICATE_URL =
  "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem";
const pem = asPem(
  certificate({
    subject: "sns.amazonaws.com",
    publicKey: createPublicKey(rsa.pem),
    issuer: "Amazon",
    issuerKey: privateKeyOf(otherRsa.privatePem),
    ca: false,
  }),
);

type Message = Record<string, string | null | undefined>;

/** As AWS's page writes it: the fields in this order, those that are there. */
const ORDER = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

function signed(message: Message, version = "2", pair = rsa): Message {
  const text = ORDER.filter((name) => typeof message[name] === "string").map((name) => `${name}\n${message[name]}\n`);
  const signature = platformSign(version === "1" ? "sha1" : "sha256", Buffer.from(text.join("")), pair.privateKey);
  return {
    ...message,
    SignatureVersion: version,
    Signature: signature.toString("base64"),
    SigningCertURL: CERTIFICATE_URL,
  };
}

const NOTIFICATION: Message = {
  Type: "Notification",
  MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
  TopicArn: topicArn,
  Subject: "My First Message",
  Message: "Hello world!\nÄ second line",
  Timestamp: "2026-11-01T11:59:59.880Z",
};
const CONFIRMATION: Message = {
  Type: "SubscriptionConfirmation",
  MessageId: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
  Token: "2336412f37fb687f5d51e6e2425e90cca0",
  TopicArn: topicArn,
  Message: "You have chosen to subscribe to the topic.\nTo confirm the subscription, visit the SubscribeURL.",
  SubscribeURL: "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription",
  Timestamp: "2026-11-01T11:59:58.000Z",
};

const receiver = (options: Partial<SnsOptions> = {}, secret: string | SecretLookup = pem, more: object = {}) =>
  createVerifier(sns({ topicArn, ...options }), { secret, clock, log: false, ...more });
const request = (message: Message, headers: Record<string, string> = {}) => ({
  method: "POST",
  url: "/",
  headers: { "content-type": "text/plain; charset=UTF-8", ...headers },
  body: JSON.stringify(message),
});
const send = (message: Message, verifier = receiver()) => verdict(verifier.verify(request(message)));

/** What AWS's own validator for JavaScript says, with our certificate in place of the fetched one. */
function official(message: Message): Promise<boolean> {
  vi.spyOn(https, "get").mockImplementation(((_: string, answer: (response: unknown) => void) => {
    answer(Object.assign(Readable.from([pem]), { statusCode: 200 }));
    return { on: () => undefined };
  }) as never);
  return new Promise((resolve) =>
    new MessageValidator().validate(JSON.parse(JSON.stringify(message)), (error: unknown) => resolve(error === null)),
  );
}
afterEach(() => vi.restoreAllMocks());

describe("SNS's messages", () => {
  test.each([
    ["a notification, version 1", signed(NOTIFICATION, "1")],
    ["a notification, version 2", signed(NOTIFICATION)],
    ["without a subject", signed({ ...NOTIFICATION, Subject: undefined })],
    ["a null subject", { ...signed({ ...NOTIFICATION, Subject: undefined }), Subject: null }],
    ["a confirmation", signed(CONFIRMATION)],
  ])("%s is accepted here and by sns-validator", async (_, message) => {
    expect(await send(message)).toBe("accepted");
    expect(await official({ ...message })).toBe(true);
  });

  test.each(ORDER.filter((name) => !["Type", "Timestamp", "TopicArn"].includes(name)))(
    "a changed %s is refused here and by sns-validator",
    async (name) => {
      const genuine = signed(name in NOTIFICATION ? NOTIFICATION : CONFIRMATION);
      const changed = { ...genuine, [name]: `${genuine[name]}x` };
      expect(await send(changed)).toBe("signature_mismatch");
      expect(await official({ ...changed })).toBe(false);
    },
  );

  test("a signature of another version is refused", async () => {
    expect(await send({ ...signed(NOTIFICATION, "1"), SignatureVersion: "2" })).toBe("signature_mismatch");
    expect(await send({ ...signed(NOTIFICATION), SignatureVersion: "3" })).toBe("malformed_signature");
  });

  test("the payload is what is signed", async () => {
    const message = {
      ...signed(NOTIFICATION),
      UnsubscribeURL: "https://evil.example",
      MessageAttributes: "x",
      Token: "t",
    };
    const { payload, id, timestamp } = await receiver().verify(request(message));
    expect(payload).toEqual(NOTIFICATION);
    expect([id, timestamp]).toEqual([NOTIFICATION.MessageId, new Date(NOTIFICATION.Timestamp as string)]);
  });

  test("is handled once, and refused when it is old", async () => {
    const replay = memoryReplayStore({ clock });
    const once = receiver({}, pem, { replay });
    await (await once.verify(request(signed(NOTIFICATION)))).commit();
    expect(await send(signed(NOTIFICATION, "1"), once)).toBe("duplicate");
    expect(await send(signed({ ...NOTIFICATION, Timestamp: "2026-11-01T10:00:00.000Z" }))).toBe("timestamp_too_old");
  });

  test("raw message delivery is refused with what to do", async () => {
    const raw = request(signed(NOTIFICATION), { "x-amz-sns-rawdelivery": "true" });
    await expect(receiver().verify(raw)).rejects.toMatchObject({ message: expect.stringContaining("switch it off") });
  });
});

describe("attacks on SNS", () => {
  test.each([
    "https://sns.us-west-2.amazonaws.com.evil.example/a.pem",
    "https://evil.example/sns.us-west-2.amazonaws.com/a.pem",
    "https://sns.us-west-2.amazonaws.com@evil.example/a.pem",
    "https://sns.us-west-2.amazonaws.com:8443/a.pem",
    "https://s3.us-west-2.amazonaws.com/bucket/a.pem",
    "https://sns.us-east-1.amazonaws.com/a.pem",
    "https://sns.us-west-2.amazonaws.com.cn/a.pem",
    "http://sns.us-west-2.amazonaws.com/a.pem",
    "http://xsns.us-west-2.amazonaws.com/a.pem",
    "https:/?sns.us-west-2.amazonaws.com/a.pem",
    "https://sns.us-west-2.amazonaws.com/a.pem?x=1",
    "https://sns.us-west-2.amazonaws.com/a.pem#.pem",
    "https://sns.us-west-2.amazonaws.com/../a.pem",
    "https://sns.us-west-2.amazonaws.com/?Action=Publish&x=.pem",
    "https://sns.us-west-2.amazonaws.com\\@evil.example/a.pem",
    "HTTPS://SNS.us-west-2.amazonaws.com/a.pem",
    "file:///etc/a.pem",
    undefined,
    null,
  ])("certificate host not pinned: %s", async (url) => {
    const asked = vi.fn();
    const verifier = receiver({}, asked);
    expect(await send({ ...signed(NOTIFICATION), SigningCertURL: url }, verifier)).toBe("malformed_signature");
    expect(asked).not.toHaveBeenCalled();
  });

  test("a lookup is told of the certificate's address, which is the topic's own", async () => {
    const asked: unknown[] = [];
    const verifier = receiver({}, (_request, _context, wanted) => {
      asked.push(wanted);
      return pem;
    });
    expect(await send(signed(NOTIFICATION), verifier)).toBe("accepted");
    expect(asked).toEqual([{ url: CERTIFICATE_URL }]);
  });

  test("a message of somebody else's topic, signed by SNS as well", async () => {
    const other = { ...NOTIFICATION, TopicArn: "arn:aws:sns:us-west-2:999999999999:MyTopic" };
    expect(await send(signed(other))).toBe("malformed_signature");
    expect(await official({ ...signed(other) })).toBe(true); // To SNS itself it is as good as any.
  });

  test.each([
    "",
    "MyTopic",
    "*",
    "arn:aws:sns:us-west-2:123456789012:*",
    "arn:aws:sqs:us-west-2:123456789012:q",
    undefined,
  ])("no whole topic is pinned: %s", (arn) => {
    expect(() => sns({ topicArn: arn as string })).toThrow(/topicArn/);
  });

  test("field boundaries moved: a value with lines of its own passes for no other field", async () => {
    const { MessageId, Subject, ...rest } = NOTIFICATION;
    const hidden = `Hello\nMessageId\n${MessageId}\nSubject\n${Subject}`;
    const genuine = signed({ ...rest, Message: hidden, MessageId: "other" });
    const moved = {
      ...genuine,
      Message: "Hello",
      MessageId: MessageId as string,
      Subject: `${Subject}\nMessageId\nother`,
    };
    expect(await send(genuine)).toBe("accepted");
    expect(await send(moved)).toBe("malformed_signature");
  });

  test("SubscribeURL as SSRF: only when asked, only at the topic's host, never at the address in the message", async () => {
    const fetched: string[] = [];
    const fetch: SnsOptions["fetch"] = (url, init) => {
      fetched.push(url);
      expect(init).toMatchObject({ method: "GET", redirect: "error" });
      return Promise.resolve({ ok: true });
    };
    const hostile = signed({ ...CONFIRMATION, SubscribeURL: "http://169.254.169.254/latest/meta-data/" });
    const forged = { ...hostile, SubscribeURL: "http://127.0.0.1/" };
    expect(await send(hostile, receiver({ fetch }))).toBe("accepted");
    expect(await send(forged, receiver({ fetch, confirm: true }))).toBe("signature_mismatch");
    const declined = vi.fn((_: SnsMessage) => false);
    expect(await send(hostile, receiver({ fetch, confirm: declined }))).toBe("accepted");
    expect(declined).toHaveBeenCalledOnce();
    expect(fetched).toEqual([]);
    expect(await send(hostile, receiver({ fetch, confirm: true }))).toBe("handshake");
    expect(fetched).toEqual([
      `https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${encodeURIComponent(topicArn)}&Token=${CONFIRMATION.Token}`,
    ]);
  });

  test("a confirmation that fails is answered 503, so that SNS tries again", async () => {
    for (const fetch of [() => Promise.resolve({ ok: false }), () => Promise.reject(new Error("down"))]) {
      const failing = receiver({ fetch, confirm: true }).verify(request(signed(CONFIRMATION)));
      await expect(failing).rejects.toMatchObject({ code: "handshake", status: 503 });
    }
  });

  test("a certificate of somebody else", async () => {
    expect(await send(signed(NOTIFICATION, "2", otherRsa))).toBe("signature_mismatch");
  });
});

test("regions of other partitions have their own host", async () => {
  const china = "arn:aws-cn:sns:cn-north-1:123456789012:MyTopic";
  const verifier = createVerifier(sns({ topicArn: china }), { secret: pem, clock, log: false });
  const message = {
    ...signed({ ...NOTIFICATION, TopicArn: china }),
    SigningCertURL: "https://sns.cn-north-1.amazonaws.com.cn/a.pem",
  };
  expect(await send(message, verifier)).toBe("accepted");
  expect(() => sns({ topicArn: "arn:aws-us-gov:sns:us-gov-west-1:123456789012:t.fifo" })).not.toThrow();
});
