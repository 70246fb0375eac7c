import { twilio as provider } from "@countersign/core/providers";
import twilioSdk from "twilio";
import { because, type Given, headerOf, mac, type Peer, textOf } from "./peer.ts";

const TOKEN = "12345";
const URL_ = "https://mycompany.com/myapp.php?foo=1&bar=2";
const BODY = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212";
const SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
const JSON_BODY = '{"property": "value", "boolean": true}';
const DIGEST = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
const EMPTY_DIGEST = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const PATH = "https://example.com/path?test=";

const FORM = "application/x-www-form-urlencoded";
const form = (signature: string) => ({ "content-type": FORM, "x-twilio-signature": signature });
const json = (signature: string) => ({ "content-type": "application/json", "x-twilio-signature": signature });
const port = (url: string, number: number) => url.replace(".com", `.com:${number}`);
const http = (url: string) => url.replace("https:", "http:");

/** A request of no parameters, signed for one URL and sent to another. */
const sent = (signedFor: string, to = signedFor) => ({
  secret: "s3cr3t",
  url: to,
  headers: form(mac("sha1", "base64", "s3cr3t", signedFor)),
  body: "",
});

function ask(given: Given) {
  const { secret, body, url = "", with: { url: configured = url } = {} } = given;
  const [token, signature, target] = [secret as string, headerOf(given, "x-twilio-signature"), configured as string];
  if (given.headers["content-type"] === "application/json")
    return twilioSdk.validateRequestWithBody(token, signature, target, textOf(body));
  const fields = new URLSearchParams(textOf(body));
  const params = Object.fromEntries([...fields.keys()].map((name) => [name, fields.getAll(name)]));
  return twilioSdk.validateRequest(token, signature, target, params);
}

const PORT =
  "their library guesses whether Twilio signed a port; here the URL is what the settings say, and publicUrl can name the port";
const QUOTE =
  "their library guesses how Twilio wrote an apostrophe; here the URL is taken to the letter, and exactUrl can say it";

export const twilio: Peer = {
  name: "twilio",
  source: "github.com/twilio/twilio-node at 45d3d65a4",
  files: ["spec/validation.spec.js", "spec/unit/webhooks/webhooks.spec.js"],
  cases: 38,
  outside: "spec/cluster/webhook.spec.ts, which has Twilio itself call a server",
  provider,
  given: { secret: TOKEN, url: URL_, headers: form(SIGNATURE), body: BODY, now: 1_784_000_000_000 },
  ask,
  rows: [
    {
      id: "a call",
      from: ["request: correct", "middleware: standard"],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "words for a signature",
      from: "request: wrong signature",
      headers: form("WRONG_SIGNATURE"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "JSON whose digest is in the URL",
      from: ["body: correct digest", "request: JSON", "middleware: JSON"],
      url: `${URL_}&bodySHA256=${DIGEST}`,
      headers: json("a9nBmqA0ju/hNViExpshrM61xv4="),
      body: JSON_BODY,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "JSON whose digest in the URL is another",
      from: "body: wrong digest",
      url: `${URL_}&bodySHA256=WRONG_HASH`,
      headers: json(mac("sha1", "base64", TOKEN, `${URL_}&bodySHA256=WRONG_HASH`)),
      body: JSON_BODY,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "JSON whose digest in the URL lacks its last letter",
      from: "middleware: wrong digest",
      url: `${URL_}&bodySHA256=${DIGEST.slice(0, -1)}`,
      headers: json("a9nBmqA0ju/hNViExpshrM61xv4="),
      body: JSON_BODY,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "an empty object, signed with the port",
      from: "request: empty JSON",
      url: `${URL_}&bodySHA256=${EMPTY_DIGEST}`,
      headers: json("Ldidvp12m26NI7eqEvxnEpkd9Hc="),
      body: "{}",
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: PORT,
    },
    {
      id: "an empty object, signed with the port, which publicUrl names",
      from: "request: empty JSON",
      url: `${URL_}&bodySHA256=${EMPTY_DIGEST}`,
      headers: json("Ldidvp12m26NI7eqEvxnEpkd9Hc="),
      body: "{}",
      options: { publicUrl: "https://mycompany.com:443" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "JSON, and a URL with the digest only",
      from: "request: JSON, no other parameter",
      url: `https://mycompany.com/myapp.php?bodySHA256=${DIGEST}`,
      headers: json("y77kIzt2vzLz71DgmJGsen2scGs="),
      body: JSON_BODY,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "JSON without a digest in the URL, under the signature of a form",
      from: "request: JSON, no digest",
      headers: json(SIGNATURE),
      body: JSON_BODY,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "no signature",
      from: ["request: no signature", "middleware: no signature"],
      headers: { "content-type": FORM },
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "sent to port 1234, signed without",
      from: "request: https with a port",
      url: port(URL_, 1234),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: PORT,
    },
    {
      id: "sent to port 1234, signed without, which publicUrl knows",
      from: "request: https with a port",
      url: port(URL_, 1234),
      options: { publicUrl: "https://mycompany.com" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "http with a port",
      from: "request: http with a port",
      url: http(port(URL_, 1234)),
      headers: form("Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "https, signed with port 443",
      from: "request: https, port 443 signed",
      headers: form("kvajT1Ptam85bY51eRf/AJRuM3w="),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: PORT,
    },
    {
      id: "https, signed with port 443, which publicUrl names",
      from: "request: https, port 443 signed",
      headers: form("kvajT1Ptam85bY51eRf/AJRuM3w="),
      options: { publicUrl: "https://mycompany.com:443" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "http, signed with port 80",
      from: "request: http, port 80 signed",
      url: http(URL_),
      headers: form("0ZXoZLH/DfblKGATFgpif+LLRf4="),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: PORT,
    },
    {
      id: "http, signed with port 80, which publicUrl names",
      from: "request: http, port 80 signed",
      url: http(URL_),
      headers: form("0ZXoZLH/DfblKGATFgpif+LLRf4="),
      options: { publicUrl: "http://mycompany.com:80" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "name and password in the URL",
      from: "request: credentials",
      url: URL_.replace("mycompany", "user:pass@mycompany"),
      headers: form("CukzLTc1tT5dXEDIHm/tKBanW10="),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a name in the URL",
      from: "request: user name",
      url: URL_.replace("mycompany", "user@mycompany"),
      headers: form("2YRLlVAflCqxaNicjMpJcSTgzSs="),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "name and password in the URL, signed with port 443",
      from: "request: credentials, port 443 signed",
      url: URL_.replace("mycompany", "user:pass@mycompany"),
      headers: form("ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: PORT,
    },
    {
      id: "name and password in the URL, signed with port 443, which publicUrl names",
      from: "request: credentials, port 443 signed",
      headers: form("ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="),
      with: { url: URL_.replace("mycompany", "user:pass@mycompany") },
      options: { publicUrl: "https://user:pass@mycompany.com:443" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an apostrophe, signed escaped",
      from: "request: special characters",
      url: `${URL_}&Body=It's+amazing`,
      headers: form("TfZzewPq8wqrGlMfyAud8+/IvJ0="),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: QUOTE,
    },
    {
      id: "an apostrophe, signed escaped, as exactUrl says",
      from: "request: special characters",
      url: `${URL_}&Body=It's+amazing`,
      headers: form("TfZzewPq8wqrGlMfyAud8+/IvJ0="),
      options: { exactUrl: `${URL_}&Body=It%27s+amazing` },
      theirs: "accepted",
      ours: "accepted",
    },
    ...[
      [
        "in one order",
        "request: list",
        "MessagingBinding.Address=%2B1325xxxxxxx&MessagingBinding.Address=%2B1415xxxxxxx",
      ],
      [
        "in the other",
        "request: list in another order",
        "MessagingBinding.Address=%2B1415xxxxxxx&MessagingBinding.Address=%2B1325xxxxxxx",
      ],
    ].map(([order, from, body]) => ({
      id: `two values of one name ${order}`,
      from: from as string,
      headers: form("83O6e2vORAoJHUNzJjDWN1jz+BA="),
      body: body as string,
      theirs: "accepted" as const,
      ours: "accepted" as const,
    })),
    {
      id: "several names and values, one of them twice",
      from: "request: several parameters and values",
      headers: form("IK+Dwps556ElfBT0I3Rgjkr1wJU="),
      body: "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a parameter added to the URL",
      from: ["middleware: invalid", "middleware: options without validate"],
      url: `${URL_}&somethingUnexpected=true`,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another host, and publicUrl names the right one",
      from: "middleware: host and protocol",
      url: http(URL_).replace("mycompany", "someothercompany"),
      with: { url: URL_ },
      options: { publicUrl: "https://mycompany.com" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "another host, and exactUrl names the whole URL",
      from: "middleware: whole URL",
      url: http(URL_).replace("mycompany", "someothercompany"),
      with: { url: URL_ },
      options: { exactUrl: URL_ },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "another value in the URL",
      from: "URL: mismatch",
      ...sent(`${PATH}param`, `${PATH}param2`),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "signed with a port and sent to it",
      from: "URL: port, port",
      ...sent(port(`${PATH}param`, 443)),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "signed with a port, sent without",
      from: "URL: port, none",
      ...sent(port(`${PATH}param`, 443), `${PATH}param`),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: PORT,
    },
    {
      id: "signed without a port and sent without",
      from: "URL: none, none",
      ...sent(`${PATH}param`),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "signed without a port, sent to one",
      from: "URL: none, port",
      ...sent(`${PATH}param`, port(`${PATH}param`, 443)),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: PORT,
    },
    {
      id: "an apostrophe, signed and sent plain",
      from: "quote: plain, plain",
      ...sent(`${PATH}param'WithQuote`),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an apostrophe, signed plain, sent escaped",
      from: "quote: plain, escaped",
      ...sent(`${PATH}param'WithQuote`, `${PATH}param%27WithQuote`),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: QUOTE,
    },
    {
      id: "an apostrophe, signed plain, sent escaped, as exactUrl says",
      from: "quote: plain, escaped",
      ...sent(`${PATH}param'WithQuote`, `${PATH}param%27WithQuote`),
      options: { exactUrl: `${PATH}param'WithQuote` },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "an apostrophe, signed escaped, sent plain",
      from: "quote: escaped, plain",
      ...sent(`${PATH}param%27WithQuote`, `${PATH}param'WithQuote`),
      theirs: "accepted",
      ours: "signature_mismatch",
      differs: QUOTE,
    },
    {
      id: "an apostrophe, signed and sent escaped",
      from: "quote: escaped, escaped",
      ...sent(`${PATH}param%27WithQuote`),
      theirs: "accepted",
      ours: "accepted",
    },
  ],
  leftOut: because("there is no way to switch the proof off", "middleware: validate is false"),
};
