import { slack as provider } from "@countersign/core/providers";
import { HTTPModuleFunctions } from "@slack/bolt";
import { because, type Given, mac, type Peer } from "./peer.ts";

const NOW = 1_784_000_000;
const JSON_BODY = '{"foo":"bar"}';
const MENTION =
  '{"type":"event_callback","event_id":"Ev1","team_id":"T111","event":{"type":"app_mention","text":"hi","channel":"C111"}}';
const CHALLENGE =
  '{"type":"url_verification","token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"3eZbrw1aBm2rZgRNFdxV2595"}';
const SHORTCUT = `payload=${encodeURIComponent('{"type":"shortcut","callback_id":"hi","trigger_id":"111.222.xxx"}')}`;
const COMMAND = "team_id=T111&user_id=W111&command=%2Fhello-bolt-js&text=&trigger_id=111.222.xxx";
const SSL_CHECK = "ssl_check=1&token=legacy-fixed-token";

const TYPES = { json: "application/json", form: "application/x-www-form-urlencoded" };

function signed(body: string, { time = NOW, secret = "secret", type = "json" as keyof typeof TYPES } = {}) {
  return {
    "content-type": TYPES[type],
    "x-slack-request-timestamp": String(time),
    "x-slack-signature": `v0=${mac("sha256", "hex", secret, `v0:${time}:${body}`)}`,
  };
}
const form = (body: string) => signed(body, { type: "form" });
const unsigned = (type: keyof typeof TYPES) => ({ "content-type": TYPES[type] });

/** Slack's own page has this request, its secret and its signature. */
const page = {
  secret: "8f742231b10e8888abcd99yyyzzz85a5",
  now: 1_531_420_618_000,
  headers: {
    "content-type": TYPES.form,
    "x-slack-request-timestamp": "1531420618",
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
  },
  body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
};
const { "content-type": _type, ...untyped } = page.headers;
const { "x-slack-signature": _signature, ...timeOnly } = page.headers;
const { "x-slack-request-timestamp": _time, ...signatureOnly } = page.headers;

/** What their receivers do with a request: verify it, then parse it. */
async function ask({ secret, headers, body }: Given) {
  const { parseAndVerifyHTTPRequest, parseHTTPRequestBody } = HTTPModuleFunctions;
  const signingSecret = typeof secret === "function" ? await secret() : secret;
  const request = { rawBody: Buffer.from(body), headers };
  const options = { enabled: true, signingSecret: signingSecret as string };
  const read = await parseAndVerifyHTTPRequest(options, request as never, {} as never);
  parseHTTPRequestBody(read as Parameters<typeof parseHTTPRequestBody>[0]);
}

const SSL_DIFFERS =
  "nothing is answered with a success before it is proven; Slack's check of a certificate needs an answer, not a 200";
const secretless = (secret: unknown, from: readonly string[]) =>
  ({
    id: `${JSON.stringify(secret) ?? "nothing"} for a secret`,
    from,
    secret,
    theirs: "refused",
    ours: "ConfigurationError",
  }) as const;

export const bolt: Peer = {
  name: "bolt",
  source: "github.com/slackapi/bolt-js at 9a45c3c9",
  files: [
    "test/unit/receivers/verify-request.spec.ts",
    "test/unit/receivers/verify-signing-secret.spec.ts",
    "test/unit/receivers/HTTPModuleFunctions.spec.ts: parsing and verification",
    "test/unit/receivers/AwsLambdaReceiver.spec.ts",
    "test/unit/receivers/ExpressReceiver.spec.ts: secret, built-in middleware, signature, body parser",
    "test/unit/receivers/HTTPReceiver.spec.ts: secret, ssl_check",
  ],
  cases: 76,
  outside: "starting and stopping, routes, OAuth, acknowledging and socket mode",
  provider,
  given: { secret: "secret", headers: signed(JSON_BODY), body: JSON_BODY, now: NOW * 1000 },
  ask,
  rows: [
    {
      id: "a signed object",
      from: [
        "verify: valid",
        "isValid: valid",
        "http: JSON",
        "http: parse JSON",
        "parser: JSON text",
        "parser: JSON stream",
      ],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "ten minutes old",
      from: ["verify: old", "isValid: old", "http: old", "lambda: old"],
      headers: signed(JSON_BODY, { time: NOW - 600 }),
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "words for a signature",
      from: ["verify: invalid signature", "isValid: invalid signature", "http: invalid signature"],
      headers: { ...signed(JSON_BODY), "x-slack-signature": "v0=invalid-signature" },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a form under words for a signature",
      from: "http: invalid signature of a form",
      headers: { ...signed("payload={}"), "x-slack-signature": "v0=invalid-signature" },
      body: "payload={}",
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a longer signature",
      from: "lambda: invalid signature",
      headers: { ...signed(CHALLENGE), "x-slack-signature": `${signed(CHALLENGE)["x-slack-signature"]}XXXXXXXX` },
      body: CHALLENGE,
      theirs: "refused",
      ours: "malformed_signature",
    },
    secretless("", [
      "verify: empty secret",
      "secret: empty",
      "lambda: empty secret",
      "express: empty secret",
      "express: empty secret at request time",
      "http: empty secret",
    ]),
    secretless(null, ["secret: null"]),
    secretless(undefined, ["secret: undefined"]),
    {
      id: "my-signing-secret for a secret",
      from: ["secret: valid", "lambda: default logger"],
      secret: "my-signing-secret",
      headers: signed(JSON_BODY, { secret: "my-signing-secret" }),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an event",
      from: ["lambda: lower-case headers", "lambda: event with and without a handler"],
      headers: signed(MENTION),
      body: MENTION,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an event, headers in the case in which Slack writes them",
      from: "lambda: event with and without a handler",
      headers: {
        "Content-Type": TYPES.json,
        "X-Slack-Request-Timestamp": String(NOW),
        "X-Slack-Signature": signed(MENTION)["x-slack-signature"],
      },
      body: MENTION,
      theirs: "accepted",
      ours: "accepted",
      unasked: "the function behind their receivers has headers in lower case only",
    },
    {
      id: "an interaction",
      from: ["lambda: interaction", "http: parse form", "parser: payload text", "parser: payload stream"],
      headers: form(SHORTCUT),
      body: SHORTCUT,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a slash command",
      from: ["lambda: slash command", "parser: form text", "parser: form stream"],
      headers: form(COMMAND),
      body: COMMAND,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the body as bytes",
      from: "lambda: base64",
      headers: signed(MENTION),
      body: new TextEncoder().encode(MENTION),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a signed check of the certificate",
      from: ["lambda: ssl_check", "built in: ssl_check", "receiver: ssl_check=1"],
      headers: form(SSL_CHECK),
      body: SSL_CHECK,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an unsigned check of the certificate",
      from: "http: ssl_check without a signature",
      headers: unsigned("form"),
      body: SSL_CHECK,
      theirs: "accepted",
      ours: "missing_signature",
      differs: SSL_DIFFERS,
    },
    {
      id: "an event smuggled into an unsigned check",
      from: "http: ssl_check with a payload",
      headers: unsigned("form"),
      body: `ssl_check=1&payload=${encodeURIComponent('{"type":"event_callback"}')}`,
      theirs: "accepted",
      ours: "missing_signature",
      differs: `${SSL_DIFFERS}; they cut the payload off`,
    },
    ...(
      [
        ["0", ["http: ssl_check=0", "receiver: ssl_check=0"]],
        ["true", "http: ssl_check=true"],
        ["", ["http: empty ssl_check", "receiver: empty ssl_check"]],
      ] as const
    ).map(([value, from]) => ({
      id: `ssl_check=${value}, unsigned`,
      from,
      headers: unsigned("form"),
      body: `ssl_check=${value}&token=legacy-fixed-verification-token`,
      theirs: "refused" as const,
      ours: "missing_signature" as const,
    })),
    {
      id: "ssl_check in JSON, unsigned",
      from: "http: ssl_check in JSON",
      headers: unsigned("json"),
      body: '{"ssl_check":"1"}',
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "a challenge",
      from: ["lambda: url_verification", "built in: url_verification"],
      headers: signed(CHALLENGE),
      body: CHALLENGE,
      theirs: "accepted",
      ours: "handshake",
    },
    {
      id: "what is no challenge goes on to the handler",
      from: ["built in: no ssl_check", "built in: no url_verification"],
      headers: form(SHORTCUT),
      body: SHORTCUT,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the page's example",
      from: ["express: valid", "express on GCP: valid"],
      ...page,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the page's example, with a lookup for a secret",
      from: "express on GCP: secret by a function",
      ...page,
      secret: async () => page.secret,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a form without a content type",
      from: [
        "express: no content type, then parse error",
        "express on GCP: no content type, then parse error",
        "express: no content type",
        "express on GCP: no content type",
      ],
      ...page,
      headers: untyped,
      theirs: "refused",
      ours: "malformed_payload",
    },
    {
      id: "no signature",
      from: "express: no signature",
      ...page,
      headers: timeOnly,
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "no time",
      from: ["express: no time", "express on GCP: no time"],
      ...page,
      headers: signatureOnly,
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "a greeting for a time",
      from: "express: invalid time",
      ...page,
      headers: { ...page.headers, "x-slack-request-timestamp": "Hello there!" },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "the page's example, years later",
      from: ["express: old", "express on GCP: old"],
      ...page,
      now: NOW * 1000,
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "ten seconds added to the time",
      from: ["express: mismatch", "express on GCP: mismatch"],
      ...page,
      headers: { ...page.headers, "x-slack-request-timestamp": "1531420628" },
      theirs: "refused",
      ours: "signature_mismatch",
    },
  ],
  leftOut: [
    ...because(
      "there is no way to switch the proof off",
      "secret: empty, verification off",
      "lambda: empty secret, verification off",
      "lambda: verification off",
      "express: empty secret, verification off",
      "http: empty secret, verification off",
    ),
    ...because(
      "about the shape of their receiver, and of the function that it makes for Lambda",
      "lambda: start",
      "lambda: stop",
      "lambda: handler of two arguments",
    ),
    ...because("about acknowledging in time, which is the handler's answer here", "lambda: no log of a timeout"),
    ...because(
      "about a function that reads any header",
      "http: getHeader, missing header",
      "http: getHeader, valid header",
    ),
  ],
};
