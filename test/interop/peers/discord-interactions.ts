import { createPrivateKey, sign } from "node:crypto";
import { discord as provider } from "@countersign/core/providers";
import { verifyKey } from "discord-interactions";
import { because, type Given, headerOf, type Peer } from "./peer.ts";

// RFC 8032, tests 1 and 2, instead of keys made anew in each run.
const SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const OTHER_SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const NOW = 1_784_000_000;

const TOKEN = "ThisIsATokenFromDiscordThatIsVeryLong";
const ID = "787053080478613555";
const PING = JSON.stringify({ id: ID, token: TOKEN, type: 1, version: 1 });
const COMMAND = JSON.stringify({ id: ID, token: TOKEN, type: 2, version: 1, data: { id: ID, name: "test" } });
const COMPONENT = JSON.stringify({
  id: ID,
  token: TOKEN,
  type: 3,
  version: 1,
  data: { custom_id: "test", component_type: 2 },
});
const OPTIONS = [{ type: 3, name: "option", value: "first_option", focused: true }];
const COMPLETION = JSON.stringify({ id: ID, token: TOKEN, type: 4, data: { id: ID, name: "test", options: OPTIONS } });
const EVENT_PING = JSON.stringify({ type: 0 });
const EVENT = JSON.stringify({
  type: 1,
  event: { type: "APPLICATION_AUTHORIZED", data: { user: { id: ID, username: "testuser" }, guild_id: ID } },
});

function signed(body: string, seed = SEED) {
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, "hex"); // PKCS #8 (RFC 8410) around the seed.
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return {
    "x-signature-ed25519": sign(null, Buffer.from(NOW + body), key).toString("hex"),
    "x-signature-timestamp": String(NOW),
  };
}

const ask = (given: Given) => {
  if (given.secret === "") throw new Error("their middleware asks for a key when it is built");
  const [signature, time] = [headerOf(given, "x-signature-ed25519"), headerOf(given, "x-signature-timestamp")];
  return verifyKey(given.body, signature, time, given.secret as string);
};

const everywhere = (name: string) => [`key: ${name}`, `interactions: ${name}`, `events: ${name}`];

export const discordInteractions: Peer = {
  name: "discord-interactions",
  source: "github.com/discord/discord-interactions-js at ed17947",
  files: [
    "src/__tests__/verifyKey.ts",
    "src/__tests__/verifyKeyMiddleware.ts",
    "src/__tests__/verifyWebhookEventMiddleware.ts",
  ],
  cases: 33,
  provider,
  given: { secret: PUBLIC, headers: signed(COMMAND), body: COMMAND, now: NOW * 1000 },
  ask,
  rows: [
    {
      id: "a ping",
      from: ["key: ping", "interactions: ping"],
      headers: signed(PING),
      body: PING,
      theirs: "accepted",
      ours: "handshake",
    },
    {
      id: "a command",
      from: ["key: command", "interactions: command"],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a component",
      from: ["key: component", "interactions: component"],
      headers: signed(COMPONENT),
      body: COMPONENT,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an autocompletion",
      from: ["key: autocompletion", "interactions: autocompletion"],
      headers: signed(COMPLETION),
      body: COMPLETION,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a ping of webhook events",
      from: "events: ping",
      headers: signed(EVENT_PING),
      body: EVENT_PING,
      theirs: "accepted",
      ours: "handshake",
    },
    {
      id: "a webhook event",
      from: "events: event",
      headers: signed(EVENT),
      body: EVENT,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "signed with another key",
      from: everywhere("another key"),
      headers: signed(COMMAND, OTHER_SEED),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another body",
      from: everywhere("another body"),
      body: "example invalid body",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "words for a signature",
      from: everywhere("made-up signature"),
      headers: { ...signed(COMMAND), "x-signature-ed25519": "example invalid signature" },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "another time, hours ago",
      from: everywhere("another time"),
      headers: { ...signed(COMMAND), "x-signature-timestamp": String(NOW - 10_000) },
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "another time, a second ago",
      from: everywhere("another time"),
      headers: { ...signed(COMMAND), "x-signature-timestamp": String(NOW - 1) },
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "no headers",
      from: ["interactions: missing headers", "events: missing headers"],
      headers: {},
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "an empty key",
      from: ["interactions: missing key", "events: missing key"],
      secret: "",
      theirs: "refused",
      ours: "ConfigurationError",
    },
    {
      id: "the body as bytes",
      from: "key: array buffer",
      body: new TextEncoder().encode(COMMAND),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "signed an hour ago",
      from: "key: command",
      now: (NOW + 3600) * 1000,
      theirs: "accepted",
      ours: "timestamp_too_old",
      differs:
        "their library looks at no time, so that a captured command would stay good for ever; five minutes are our choice",
    },
  ],
  leftOut: [
    ...because(
      "a body that is neither text nor bytes is a mistake of the caller, which types refuse",
      "key: body of another type",
    ),
    ...because(
      "a body that another parser has read is body_consumed, or rawBody, in the adapters' tests",
      "interactions: text read before",
      "interactions: object read before",
      "events: text read before",
      "events: object read before",
    ),
    ...because(
      "about a handler that answers after the middleware has, which it does not do here",
      "events: handler answers again",
    ),
  ],
};
