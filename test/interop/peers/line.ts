import { line as provider } from "@countersign/core/providers";
import { middleware, validateSignature } from "@line/bot-sdk";
import { because, type Given, headerOf, mac, type Peer } from "./peer.ts";

const SECRET = "test_channel_secret";
const BODY = JSON.stringify({
  events: [
    {
      message: {
        id: "test_event_message_id",
        text: "this is test message.😄😅😢😞😄😅😢😞",
        quoteToken: "test_quote_token",
        type: "text",
      },
      replyToken: "test_reply_token",
      source: { groupId: "test_group_id", type: "group" },
      webhookEventId: "test_webhook_event_id",
      deliveryContext: { isRedelivery: false },
      timestamp: 0,
      mode: "active",
      type: "message",
    },
  ],
  destination: "Uaaaabbbbccccddddeeeeffff",
});
const HI = '{"destination":"UDEST","events":[{"type":"message","message":{"type":"text","text":"hi"}}]}';
const hello = { secret: "test_secret", body: '{"hello":"world"}' };
const header = (value: string) => ({ "x-line-signature": value });

/** Their middleware with the body already read, or, where a test gives them less, their check alone. */
function ask(given: Given) {
  const signature = headerOf(given, "x-line-signature");
  const body = Buffer.from(given.body);
  if (given.with?.only === "check") return validateSignature(body, given.secret as string, signature);
  const handle = middleware({ channelSecret: given.secret as string });
  return new Promise<boolean>((resolve) => {
    const request = { headers: given.headers, body } as unknown as Parameters<typeof handle>[0];
    void handle(request, {} as Parameters<typeof handle>[1], (error) => resolve(error === undefined));
  });
}

export const line: Peer = {
  name: "line",
  source: "github.com/line/line-bot-sdk-nodejs at 3c0a10c7",
  files: [
    "test/validate-signature.spec.ts",
    "test/middleware.spec.ts",
    "test/consumer/fixtures/js-esm/webhook-signature-contract.mjs (and its twin in js-cjs)",
  ],
  cases: 17,
  provider,
  given: {
    secret: SECRET,
    headers: header("eRdWYcVCzZV3MVZ3M9/rHJCl/a3oSbsRb04cLovpVwM="),
    body: BODY,
    now: 1_784_000_000_000,
  },
  ask,
  rows: [
    {
      id: "hello",
      from: "check: success",
      ...hello,
      headers: header("t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM="),
      with: { only: "check" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "two letters in another case",
      from: "check: failure",
      ...hello,
      headers: header("t7Hn4ZDHqs6e+wdvi5TyQivzie0DmMUmuXEBqyyE/tM="),
      with: { only: "check" },
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a message with faces",
      from: ["valid: over HTTP", "valid: text read before", "valid: bytes read before", "valid: rawBody"],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a made-up signature where the check is not skipped",
      from: "skipSignatureVerification: false",
      headers: header("invalid_signature"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a content coding that nobody knows, and a wrong signature",
      from: "invalid: unreadable",
      headers: { ...header("wqJD7WAIZhWcXThMCf8jZnwG3Hmn7EF36plkQGkj48w="), "content-encoding": "1" },
      theirs: "refused",
      ours: "unsupported_encoding",
    },
    {
      id: "a wrong signature",
      from: "invalid: wrong signature",
      headers: header("WqJD7WAIZhWcXThMCf8jZnwG3Hmn7EF36plkQGkj48w="),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a shorter signature",
      from: "invalid: length",
      headers: header("WqJD7WAIZ6plkQGkj48w="),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "signed text that is not JSON",
      from: "invalid: not JSON",
      headers: header("Z8YlPpm0lQOqPipiCHVbiuwIDIzRzD7w5hvHgmwEuEs="),
      body: "i am not jason",
      theirs: "refused",
      ours: "malformed_payload",
    },
    { id: "no signature", from: "invalid: no signature", headers: {}, theirs: "refused", ours: "missing_signature" },
    {
      id: "null for a secret",
      from: "construct: no channel secret",
      secret: null,
      theirs: "refused",
      ours: "ConfigurationError",
    },
    {
      id: "hi",
      from: "consumer: signed",
      secret: "channel-secret",
      body: HI,
      headers: header(mac("sha256", "base64", "channel-secret", HI)),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "hi with a made-up signature",
      from: "consumer: made-up signature",
      secret: "channel-secret",
      body: HI,
      headers: header("invalid-signature"),
      theirs: "refused",
      ours: "malformed_signature",
    },
  ],
  leftOut: [
    ...because("there is no way to switch the proof off", "skipSignatureVerification: true"),
    ...because(
      "a body that a parser has already read is body_consumed, which the adapters' tests have",
      "invalid: JSON parsed before",
    ),
  ],
};
