import { stripe as provider } from "@countersign/core/providers";
import Stripe from "stripe";
import { because, type Given, headerOf, mac, type Peer } from "./peer.ts";

const BODY = '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}';
const THIN = BODY.replace('"event"', '"v2.core.event"');
const BROKEN = "} I am not valid JSON; 123][";
const SECRET = "whsec_test_secret";
const NOW = 1_784_000_000;

const v1 = (time: number, body = BODY) => mac("sha256", "hex", SECRET, `${time}.${body}`);
const signed = (time = NOW, body = BODY) => ({ "stripe-signature": `t=${time},v1=${v1(time, body)}` });
const header = (value: string) => ({ "stripe-signature": value });

/** The asynchronous twins, which work over WebCrypto too. Their suite runs each case with both. */
function ask(given: Given) {
  const { secret, body, with: { only, tolerance, line = headerOf(given, "stripe-signature") } = {} } = given;
  const { webhooks } = Stripe;
  // Their types know a Buffer, and no plain Uint8Array.
  const args = [typeof body === "string" ? body : Buffer.from(body), line, secret, tolerance] as [
    string,
    string,
    string,
    number,
  ];
  return only === "header" ? webhooks.signature!.verifyHeaderAsync(...args) : webhooks.constructEventAsync(...args);
}

/** Their check of the header alone, without the event. */
const only = "header";

export const stripe: Peer = {
  name: "stripe-node",
  source: "github.com/stripe/stripe-node at 663942164",
  files: ["test/Webhook.spec.ts"],
  cases: 39,
  provider,
  given: { secret: SECRET, headers: signed(), body: BODY, now: NOW * 1000 },
  ask,
  rows: [
    {
      id: "a signed event",
      from: [
        "constructEvent: valid",
        "test header: well formed",
        "test header, async: well formed",
        "constructEvent: recent, default tolerance",
        "constructEvent: no crypto provider given",
        "verifyHeader: default crypto provider",
        "verifyHeader: neither tolerance nor crypto provider",
      ],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the body as bytes",
      from: ["constructEvent: Buffer", "constructEvent: Uint8Array", "verifyHeader: Buffer"],
      body: new TextEncoder().encode(BODY),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a signed body that is not JSON",
      from: "constructEvent: not JSON",
      body: BROKEN,
      headers: signed(NOW, BROKEN),
      theirs: "refused",
      ours: "malformed_payload",
    },
    {
      id: "a header of one word",
      from: "constructEvent: bad header",
      headers: header("bad_header"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a header of one word and no body",
      from: "constructEvent: no payload",
      headers: header("bad_header"),
      body: "",
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "the header as a list of one line",
      from: "constructEvent: header in an array",
      headers: { "stripe-signature": [signed()["stripe-signature"]] },
      with: { line: [signed()["stripe-signature"]] },
      theirs: "refused",
      ours: "accepted",
      differs: "a list of one line is what Node's headersDistinct holds; only two lines are ambiguous",
    },
    {
      id: "the header as two lines",
      from: "constructEvent: header in an array",
      headers: { "stripe-signature": [signed()["stripe-signature"], signed()["stripe-signature"]] },
      with: { line: [signed()["stripe-signature"], signed()["stripe-signature"]] },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a thin event",
      from: "constructEvent: v2 event",
      body: THIN,
      headers: signed(NOW, THIN),
      theirs: "refused",
      ours: "accepted",
      differs:
        "they send thin events to another function of theirs; the signature is genuine, and one route may take both",
    },
    {
      id: "a sentence for a header",
      from: "verifyHeader: unexpected format",
      headers: header("I'm not even a real signature header"),
      with: { only },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "no header",
      from: "verifyHeader: null or empty",
      headers: {},
      with: { only },
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "an empty header",
      from: "verifyHeader: null or empty",
      headers: header(""),
      with: { only },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a signature of scheme v0 only",
      from: "verifyHeader: no expected scheme",
      headers: header(`t=${NOW},v0=${v1(NOW)}`),
      with: { only },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a signature that is not hex",
      from: "verifyHeader: no valid signature",
      headers: header(`t=${NOW},v1=bad_signature`),
      with: { only },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "15 seconds old, 10 allowed, in 1970",
      from: "verifyHeader: too old at a given time",
      headers: signed(20_000 - 15),
      now: 20_000_000,
      with: { only, tolerance: 10 },
      options: { tolerance: "10s" },
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "15 seconds old, 10 allowed",
      from: "verifyHeader: too old now",
      headers: signed(NOW - 15),
      with: { only, tolerance: 10 },
      options: { tolerance: "10s" },
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "of this second, 10 allowed",
      from: "verifyHeader: in time now",
      with: { only, tolerance: 10 },
      options: { tolerance: "10s" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "9 seconds old, 10 allowed, in 1970",
      from: "verifyHeader: in time at a given time",
      headers: signed(20_000 - 9),
      now: 20_000_000,
      with: { only, tolerance: 10 },
      options: { tolerance: "10s" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a good signature and then a potato",
      from: "verifyHeader: at least one valid",
      headers: header(`${signed()["stripe-signature"]},v1=potato`),
      with: { only, tolerance: 10 },
      options: { tolerance: "10s" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "decades old, no tolerance given",
      from: "verifyHeader: off, without a tolerance",
      headers: signed(12_345),
      with: { only, tolerance: 0 }, // Since version 23 no tolerance is their default one, and 0 is none.
      theirs: "accepted",
      ours: "timestamp_too_old",
      differs: "the window cannot be switched off; old fixtures are tested with a clock",
    },
    {
      id: "a secret with a blank behind it",
      from: "verifyHeader: secret with whitespace",
      secret: `${SECRET} `,
      with: { only },
      theirs: "refused",
      ours: "ConfigurationError",
    },
    {
      id: "100 seconds old, no tolerance given",
      from: "verifyHeader: recent, tolerance omitted",
      headers: signed(NOW - 100),
      with: { only },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "400 seconds old, default tolerance",
      from: "constructEvent: old, default tolerance",
      headers: signed(NOW - 400),
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "signed at a time of the sender's choice",
      from: "test header: given time",
      headers: signed(1_234_567_890),
      now: 1_234_567_890_000,
      theirs: "accepted",
      ours: "accepted",
    },
  ],
  leftOut: [
    ...because(
      "about the arguments of their function that makes test headers",
      "test header: no options",
      "test header, async: no options",
      "test header: time of now by default",
      "test header, async: time of now by default",
    ),
    ...because(
      "about exchanging the crypto library, which cannot be exchanged here",
      "test header: crypto provider is async only",
      "constructEvent: custom crypto provider",
      "constructEvent: crypto provider is async only",
      "verifyHeader: custom crypto provider, mismatch",
      "verifyHeader: custom crypto provider, match",
    ),
    ...because(
      "a payload that is neither text nor bytes is a mistake of the caller, which types refuse",
      "verifyHeader: payload of an unknown type",
    ),
  ],
};
