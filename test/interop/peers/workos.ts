import { workos as provider } from "@countersign/core/providers";
import { WorkOS } from "@workos-inc/node";
import { because, headerOf, mac, type Peer, textOf } from "./peer.ts";

const BODY = '{"id":"wh_123","data":{"id":"directory_user_01","first_name":"Blair"},"event":"dsync.user.created"}';
const ACTION =
  '{"id":"01JATCMZJY26PQ59XT9BNT0FNN","object":"authentication_action_context","ip_address":"50.141.123.10"}';
const REGISTRATION = '{"id":"01JATCMZJY26PQ59XT9BNT0FNN","object":"user_registration_action_context"}';
const NOW = 1_784_000_000_000;

const header = (value: string) => ({ "workos-signature": value });
const v1 = (body = BODY, time = NOW) => mac("sha256", "hex", "secret", `${time}.${body}`);
const signed = (body = BODY, time = NOW) => header(`t=${time}, v1=${v1(body, time)}`);
const PARSED = "the installed version takes parsed objects only, and signs them again; later ones take bytes";

export const workos: Peer = {
  name: "workos",
  source: "github.com/workos/workos-node at fd885bcc",
  files: [
    "src/webhooks/webhooks.spec.ts",
    "src/common/crypto/signature-provider.spec.ts",
    "src/actions/actions.spec.ts",
  ],
  cases: 30,
  outside: "the four cases of the first file about their API for endpoints",
  provider,
  given: { secret: "secret", headers: signed(), body: BODY, now: NOW },
  ask(given) {
    const { webhooks, actions } = new WorkOS("sk_test");
    const api = given.with?.action === true ? actions : webhooks;
    const text = textOf(given.body);
    return api.verifyHeader({
      payload: text.startsWith("{") ? JSON.parse(text) : text,
      sigHeader: headerOf(given, "workos-signature"),
      secret: given.secret as string,
      ...(given.with?.tolerance === undefined ? {} : { tolerance: given.with.tolerance as number }),
    });
  },
  rows: [
    {
      id: "a signed event",
      from: [
        "event: valid",
        "verifyHeader: alias",
        "provider: verifyHeader",
        "provider: computeSignature",
        "raw: object, as before",
      ],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a time in microseconds, as their tests write it",
      from: ["event: valid", "event: valid within a tolerance"],
      headers: signed(BODY, NOW * 1000),
      theirs: "accepted",
      ours: "malformed_signature",
      differs:
        "as milliseconds it is 54,000 years ahead, longer than any time can be; they look at the past only, and would take it for ever",
    },
    {
      id: "of this millisecond, 200 allowed",
      from: "event: valid within a tolerance",
      with: { tolerance: 200 },
      options: { tolerance: "200ms" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an empty header",
      from: "event: empty header",
      headers: header(""),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "an empty signature",
      from: "event: empty hash",
      headers: header(`t=${NOW}, v1=`),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "99999 for a signature",
      from: "event: incorrect hash",
      headers: header(`t=${NOW}, v1=99999`),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "another body",
      from: "event: incorrect payload",
      body: "invalid",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another secret",
      from: "event: incorrect secret",
      secret: "invalid",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a time of 1970",
      from: "event: outside the tolerance",
      headers: header(`t=9999, v1=${v1()}`),
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "the body as text or bytes",
      from: ["raw: text", "raw: Buffer", "raw: Uint8Array", "raw: ArrayBuffer"],
      body: new TextEncoder().encode(BODY),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the same object in several lines",
      from: "raw: whitespace",
      body: JSON.stringify(JSON.parse(BODY), null, 2),
      theirs: "refused",
      ours: "signature_mismatch",
      unasked: PARSED,
    },
    {
      id: "the same object with an escape",
      from: "raw: escapes",
      body: BODY.replace("Blair", "\\u0042lair"),
      theirs: "refused",
      ours: "signature_mismatch",
      unasked: PARSED,
    },
    {
      id: "the same object in another order",
      from: "raw: order",
      headers: signed('{"a":1,"b":2}'),
      body: '{"b":2,"a":1}',
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a byte order mark before the body",
      from: "raw: byte order mark",
      body: `\ufeff${BODY}`,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "an action",
      from: ["action: verifyHeader", "action: authentication"],
      headers: signed(ACTION),
      body: ACTION,
      with: { action: true },
      options: { tolerance: "30s" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a registration",
      from: "action: registration",
      headers: signed(REGISTRATION),
      body: REGISTRATION,
      with: { action: true },
      options: { tolerance: "30s" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "123 for time and signature",
      from: "action: invalid header",
      headers: header("t=123, v1=123"),
      body: ACTION,
      with: { action: true },
      options: { tolerance: "30s" },
      theirs: "refused",
      ours: "timestamp_too_old",
    },
  ],
  leftOut: [
    ...because(
      "about which of their own functions calls which",
      "computeSignature: alias",
      "getTimestampAndSignatureHash: alias",
      "provider: getTimestampAndSignatureHash",
      "provider: uses SubtleCrypto",
    ),
    ...because(
      "signs the answer to an action; core signs requests",
      "action: signResponse, authentication",
      "action: signResponse, registration",
    ),
  ],
};
