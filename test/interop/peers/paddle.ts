import { paddle as provider } from "@countersign/core/providers";
import { Paddle } from "@paddle/paddle-node-sdk";
import { headerOf, type Peer, textOf } from "./peer.ts";

const SIGNED = "ts=1698796800;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9";
const VALUE = "28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261";
const NOW = 1_698_796_800_000;

const header = (value: string) => ({ "paddle-signature": value });
/** They run one table in two runtimes, and so do we: see vitest.config.web.ts. */
const both = (name: string) => [`node: ${name}`, `edge: ${name}`];

export const paddle: Peer = {
  name: "paddle",
  source: "github.com/PaddleHQ/paddle-node-sdk at b8ee4b1",
  files: [
    "src/__tests__/notifications/webhooks-validator.node.test.ts",
    "src/__tests__/notifications/webhooks-validator.edge.test.ts",
  ],
  cases: 26,
  provider,
  given: { secret: "VALID_SECRET", headers: header(SIGNED), body: '{"data": ["1", "2"]}', now: NOW },
  ask: (given) =>
    new Paddle("key").webhooks.isSignatureValid(
      textOf(given.body),
      given.secret as string,
      headerOf(given, "paddle-signature"),
    ),
  rows: [
    { id: "a signed notification", from: both("valid"), theirs: "accepted", ours: "accepted" },
    {
      id: "two signatures and one of another version",
      from: both("several hashes"),
      body: '{"data": "value"}',
      headers: header(`ts=1698796800;h1=${VALUE};h1=${VALUE};h2=RANDOM_HASH`),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "another secret",
      from: both("invalid secret"),
      secret: "INVALID_VALID_SECRET",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another time",
      from: both("invalid timestamp"),
      headers: header(SIGNED.replace("1698796800", "9876")),
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "blanks in the body",
      from: both("more space"),
      body: '{ "data": [ "1", "2" ]}',
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another time and no signature",
      from: both("invalid signature"),
      headers: header("ts=1234;h1=invalid_signature"),
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "a header of one word",
      from: both("neither ts nor h1"),
      headers: header("invalid_header"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a header without a time",
      from: both("no ts"),
      headers: header("h1=invalid_header"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a header without an h1, of another time",
      from: both("no h1"),
      headers: header("ts=1234;h2=invalid_header"),
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    { id: "one second old", from: both("1 s old"), now: NOW + 1000, theirs: "accepted", ours: "accepted" },
    { id: "five seconds old", from: both("5 s old"), now: NOW + 5000, theirs: "accepted", ours: "accepted" },
    { id: "six seconds old", from: both("6 s old"), now: NOW + 6000, theirs: "refused", ours: "timestamp_too_old" },
    {
      id: "four days old",
      from: both("days old"),
      now: NOW + 4 * 86_400_000,
      theirs: "refused",
      ours: "timestamp_too_old",
    },
  ],
  leftOut: [],
};
