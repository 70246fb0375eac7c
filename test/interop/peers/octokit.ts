import { github as provider } from "@countersign/core/providers";
import { createWebMiddleware, Webhooks } from "@octokit/webhooks";
import { verifyWithFallback } from "@octokit/webhooks-methods";
import { because, type Given, headerOf, mac, type Peer, textOf } from "./peer.ts";

const BODY = '{"foo":"bar"}';
/** GitHub writes escapes with capitals. */
const TERMINAL = '{"foo":"Foo\\n\\u001B[34mbar: ♥♥♥♥♥♥♥♥\\nthis-is-lost\\u001B[0m\\u001B[2K"}';
const PUSH = '{"ref":"refs/heads/main","repository":{"full_name":"octocat/Hello-World","id":1}}';

const LONELY = new Uint8Array([226]);

const header = (signature: string) => ({ "x-hub-signature-256": signature });
const signed = (secret: string, body: string | Uint8Array) => header(`sha256=${mac("sha256", "hex", secret, body)}`);

/** A whole request, as their middleware wants it. */
const request = (headers: object = signed("mySecret", PUSH), body = PUSH) => ({
  secret: "mySecret",
  url: "https://example.com/api/github/webhooks",
  headers: {
    "content-type": "application/json",
    "x-github-delivery": "123e4567-e89b-12d3-a456-426655440000",
    "x-github-event": "push",
    ...headers,
  },
  body,
  with: { over: "http" },
});

async function ask(given: Given) {
  const [secret, ...additionalSecrets] = [given.secret].flat() as string[];
  const body = textOf(given.body);
  if (given.with?.over !== "http")
    return verifyWithFallback(secret as string, body, headerOf(given, "x-hub-signature-256"), additionalSecrets);
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const webhooks = new Webhooks({ secret: secret as string, additionalSecrets, log });
  const { method = "POST", url = "" } = given;
  const headers = given.headers as Record<string, string>;
  const answer = await createWebMiddleware(webhooks, { log })(new Request(url, { method, headers, body }));
  return answer.status === 200;
}

const { "content-type": _type, ...untyped } = request().headers;
const { "x-github-event": _event, ...unnamed } = request().headers;
const TYPE_DIFFERS = "the content type is not signed and decides nothing: the proven bytes are JSON";

export const octokit: Peer = {
  name: "octokit",
  source: "github.com/octokit/webhooks-methods.js and octokit/webhooks.js at b47e4b0",
  files: [
    "webhooks-methods: test/verify.test.ts",
    "webhooks-methods: test/sign.test.ts",
    "webhooks: test/integration/webhooks.test.ts",
    "webhooks: test/integration/middleware.test.ts",
    "webhooks: test/integration/express.test.ts",
    "webhooks: test/integration/gcf.test.ts",
    "webhooks: test/integration/lambda.test.ts",
    "webhooks: test/integration/get-payload.test.ts",
  ],
  cases: 64,
  outside: "event names, handlers and their errors (the other files of octokit/webhooks.js)",
  provider,
  given: { secret: "mysecret", headers: signed("mysecret", BODY), body: BODY, now: 1_784_000_000_000 },
  ask,
  rows: [
    {
      id: "the signature that they print",
      from: ["verify: correct signature", "sign: expected signature"],
      headers: header("sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3"),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "foo for a signature",
      from: "verify: incorrect signature",
      headers: header("foo"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "no signature",
      from: "verify: no signature",
      headers: {},
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "no secret",
      from: ["verify: no secret", "verify: no arguments", "webhooks: no secret"],
      secret: undefined,
      theirs: "refused",
      ours: "ConfigurationError",
    },
    {
      id: "no body",
      from: "verify: no payload",
      body: "",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another secret",
      from: "verify: incorrect secret",
      secret: "foo",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a body with hearts and escapes of a terminal",
      from: "verify: special characters",
      secret: "development",
      body: TERMINAL,
      headers: header("sha256=afecc3caa27548bb90d51a50384cb2868b9a3327b4ad6a01c9bd4ed0f8b0b12c"),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the same escapes in small letters are other bytes",
      from: "verify: special characters",
      secret: "development",
      body: TERMINAL.replaceAll("001B", "001b"),
      headers: header("sha256=afecc3caa27548bb90d51a50384cb2868b9a3327b4ad6a01c9bd4ed0f8b0b12c"),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a backslash before an escape",
      from: "verify: special characters",
      secret: "development",
      body: '{"foo":"\\\\u001b"}',
      headers: header("sha256=6f8326efbacfbd04e870cea25b5652e635be8c9807f2fd5348ef60753c9e96ed"),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the first secret fits, a second is there",
      from: "fallback: first secret fits",
      secret: ["mysecret", "foo"],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the second secret fits",
      from: "fallback: second secret fits",
      secret: ["foo", "mysecret"],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "neither secret fits",
      from: "fallback: none fits",
      secret: ["foo", "bar"],
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a push over HTTP",
      from: [
        "middleware: README example",
        "webhooks: verify",
        "webhooks: verifyAndReceive",
        "webhooks: sign",
        "express: options.path without a mount path",
        "express: options.path with a mount path",
      ],
      ...request(),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "nope for a signature",
      from: "webhooks: verifyAndReceive, incorrect signature",
      ...request(header("nope"), "{}"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a push as text/plain",
      from: "middleware: wrong content type",
      ...request({ ...signed("mySecret", PUSH), "content-type": "text/plain" }),
      theirs: "refused",
      ours: "accepted",
      differs: TYPE_DIFFERS,
    },
    {
      id: "a push without a content type",
      from: "middleware: no content type",
      ...request(),
      headers: untyped,
      theirs: "refused",
      ours: "accepted",
      differs: TYPE_DIFFERS,
    },
    {
      id: "half of an object, signed",
      from: "middleware: invalid JSON",
      ...request(signed("mySecret", '{"name":"invalid"'), '{"name":"invalid"'),
      theirs: "refused",
      ours: "malformed_payload",
    },
    {
      id: "PUT",
      from: "middleware: not a POST",
      ...request(undefined, "invalid"),
      method: "PUT",
      theirs: "refused",
      ours: "method_not_allowed",
    },
    {
      id: "no name of an event, and another body",
      from: "middleware: missing headers",
      ...request(undefined, "invalid"),
      headers: unnamed,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "no name of an event, signed",
      from: "middleware: missing headers",
      ...request(),
      headers: unnamed,
      theirs: "refused",
      ours: "accepted",
      differs: "X-GitHub-Event is not signed, so that its presence proves nothing; who dispatches on it looks for it",
    },
    {
      id: "an empty signature",
      from: "middleware: invalid signature",
      ...request(header("")),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "a push under the last of three secrets",
      from: "middleware: additional secrets",
      ...request(signed("additionalSecret2", PUSH)),
      secret: ["mySecret", "additionalSecret1", "additionalSecret2"],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a lonely first byte of a character, signed",
      from: "getPayload: not UTF-8",
      ...request(signed("mySecret", LONELY)),
      body: LONELY,
      theirs: "refused",
      ours: "malformed_text",
    },
  ],
  leftOut: [
    ...because(
      "whether a function is there, and its version, is about their exports",
      "verify: is a function",
      "verify: has a version",
      "fallback: is a function",
      "sign: is a function",
      "sign: has a version",
    ),
    ...because(
      "a parsed object in place of the body is refused by types here, and body_consumed in the adapters' tests",
      "verify: payload as an object",
      "sign: payload as an object",
    ),
    ...because(
      "about the arguments of their function that signs",
      "sign: no arguments",
      "sign: no secret",
      "sign: no payload",
    ),
    ...because(
      "about routes and mount paths, which are the framework's own here",
      "middleware: unhandled requests",
      ...["/", "/api/github/webhooks"].flatMap((path) =>
        ["", "/", "//", "///"].map((slashes) => `middleware: "${path}" and then "${slashes}"`),
      ),
      "express: no mount path, 404",
      "express: no mount path, no next",
    ),
    ...because(
      "about handlers that throw or take long: test/adapters has what becomes of a claim then",
      "webhooks: receive(error)",
      "middleware: handler throws",
      "middleware: handler throws nothing",
      "middleware: timeout",
      "middleware: timeout with an error",
    ),
    ...because(
      "about bodies that a platform has read before: body_consumed and rawBody are in the adapters' tests",
      "gcf: rawBody beside a parsed body",
      "lambda: parsed body",
      "getPayload: body on the request",
      "getPayload: body undefined on the request",
    ),
    ...because(
      "about reading a stream in pieces: core reads bytes, in any pieces, in body/buffer.test.ts",
      "getPayload: a promise",
      "getPayload: no chunk",
      "getPayload: one chunk",
      "getPayload: several chunks",
      "getPayload: stream fails",
      "getPayload: character cut in two",
    ),
  ],
};
