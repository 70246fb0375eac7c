import { razorpay as provider } from "@countersign/core/providers";
import Razorpay from "razorpay";
import { because, headerOf, type Peer, textOf } from "./peer.ts";

const header = (value: string) => ({ "x-razorpay-signature": value });

export const razorpay: Peer = {
  name: "razorpay",
  source: "github.com/razorpay/razorpay-node at 9737ef1",
  files: ["test/utils/razorpay-utils.spec.js"],
  cases: 4,
  outside: "the six cases of that file about dates, numbers and notes",
  provider,
  given: {
    secret: "123456",
    headers: header("2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc"),
    body: '{"a":1,"b":2,"c":{"d":3}}',
    now: 1_784_000_000_000,
  },
  ask: (given) =>
    Razorpay.validateWebhookSignature(
      textOf(given.body),
      headerOf(given, "x-razorpay-signature"),
      given.secret as string,
    ),
  rows: [
    { id: "a signed webhook", from: "webhook signature", theirs: "accepted", ours: "accepted" },
    {
      id: "a wrong signature",
      from: "webhook signature",
      headers: header("sdfafds"),
      theirs: "refused",
      ours: "malformed_signature",
    },
  ],
  leftOut: because(
    "signs ids that a browser brings back from the checkout, and is no webhook",
    "subscription verification",
    "payment link verification",
    "payment verification",
  ),
};
