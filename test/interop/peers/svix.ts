import { svix as provider, standardWebhooks } from "@countersign/core/providers";
import { Webhook } from "svix";
import { type Peer, textOf } from "./peer.ts";
import { BODY, headersOf, NOW, rowsOf, SECRET } from "./standard.ts";

export const svix: Peer = {
  name: "svix",
  source: "github.com/svix/svix-webhooks at 4fc0cfb8b",
  files: ["javascript/src/webhook.test.ts"],
  cases: 14,
  outside: "the same cases again in the libraries of their other languages",
  provider,
  given: { secret: SECRET, headers: headersOf("svix"), body: BODY, now: NOW * 1000 },
  ask: ({ secret, headers, body }) =>
    void new Webhook(secret as string).verify(textOf(body), headers as Record<string, string>),
  rows: [
    ...rowsOf("svix"),
    {
      id: "headers without the brand, where they are expected",
      from: "valid unbranded signature",
      provider: standardWebhooks,
      headers: headersOf("webhook"),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "headers without the brand, where the brand is expected",
      from: "valid unbranded signature",
      headers: headersOf("webhook"),
      theirs: "accepted",
      ours: "missing_signature",
      differs:
        "one row reads one set of headers, so that a request cannot carry two; senders of webhook-… are standardWebhooks",
    },
  ],
  leftOut: [],
};
