import { standardWebhooks as provider } from "@countersign/core/providers";
import { Webhook } from "standardwebhooks";
import { type Peer, textOf } from "./peer.ts";
import { BODY, headersOf, NOW, rowsOf, SECRET } from "./standard.ts";

export const standardWebhooks: Peer = {
  name: "standard-webhooks",
  source: "github.com/standard-webhooks/standard-webhooks at b2fa7b8",
  files: ["libraries/javascript/src/webhook.test.ts"],
  cases: 15,
  outside: "the same cases again in the libraries of their other languages",
  provider,
  given: { secret: SECRET, headers: headersOf("webhook"), body: BODY, now: NOW * 1000 },
  ask: ({ secret, headers, body }) =>
    void new Webhook(secret as string).verify(textOf(body), headers as Record<string, string>),
  rows: [
    ...rowsOf("webhook"),
    {
      id: "a key that is whsec_ and nothing else",
      from: "empty key",
      secret: "whsec_",
      theirs: "refused",
      ours: "ConfigurationError",
    },
    {
      id: "headers without a brand",
      from: "valid unbranded signature",
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an empty body",
      from: "empty payload",
      body: "",
      headers: headersOf("webhook", { body: "" }),
      theirs: "accepted",
      ours: "accepted",
    },
  ],
  leftOut: [],
};
