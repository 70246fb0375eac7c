import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import express from "express";
import twilioSdk from "twilio";
import * as bodies from "../bodies.ts";
import { asSent, type Case, type Sent } from "../case.ts";
import { byCurl, piped, throughCaddy, throughNginx } from "../programs.ts";
import { arriving, expressJson, inExpress, inNode, phpAgain } from "../roads.ts";
import * as from from "../senders.ts";

const SEEN = "https://webhookwhisper.com/webhook-errors/signature-mismatch";
const body = (change: (sent: Buffer) => Uint8Array | string) => (sent: Sent) => ({
  ...asSent(sent),
  body: change(Buffer.from(sent.body)),
});
const served = (change: (sent: Buffer) => string | Uint8Array) =>
  inNode(async (req) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    return change(Buffer.concat(chunks));
  });
const python = (program: string) => (input: Buffer) =>
  piped("python3", ["-c", `import sys,json\nraw=sys.stdin.buffer.read()\n${program}`], input);
const reserialised = ["body_reserialised", "body_looks_reserialised"];
const url = (change: (url: string) => string) => (sent: Sent) => ({ ...asSent(sent), url: change(sent.url) });
const value = (name: string, change: (value: string) => string) => (sent: Sent) => ({
  ...asSent(sent),
  headers: { ...sent.headers, [name]: change(sent.headers[name] as string) },
});

/** Twilio's JSON, whose digest stands in the URL. */
const twilioJson = async (): Promise<Sent> => {
  const text = bodies.paddle;
  const digest = createHash("sha256").update(text).digest("hex");
  const called = `https://example.com/hooks/events?bodySHA256=${digest}`;
  const signature = twilioSdk.getExpectedTwilioSignature(from.twilio.secret, called, {});
  return {
    method: "POST",
    url: called,
    headers: { "content-type": "application/json", "x-twilio-signature": signature },
    body: Buffer.from(text),
  };
};
const twilioEvents = { ...from.twilio, send: twilioJson };

export const more: readonly Case[] = [
  // Bodies.
  {
    name: "Twilio's JSON, written again with blanks",
    seen: SEEN,
    from: twilioEvents,
    cause: ["body_reserialised"],
    way: served(python("sys.stdout.write(json.dumps(json.loads(raw), ensure_ascii=False))")),
    needs: ["python3"],
  },
  {
    name: "curl -d without a content type, parsed as a form",
    seen: SEEN,
    from: from.acme,
    message: { body: '{"event":"ping","n":1}', headers: { "content-type": "application/x-www-form-urlencoded" } },
    cause: ["body_as_form", "form_as_json"],
    way: inExpress(
      (app) => void app.use(express.urlencoded({ extended: false })),
      (req) => ({ body: JSON.stringify(req.body) }),
    ),
  },
  {
    name: "JSON escaped by curl --data-urlencode",
    seen: SEEN,
    from: from.github,
    message: { body: bodies.githubIssue },
    cause: ["body_as_form"],
    way: byCurl(["--data-urlencode", "@body.json"]),
    needs: ["curl"],
  },
  {
    name: "node's inspect() of the object",
    seen: SEEN,
    from: from.linear,
    cause: ["body_is_object"],
    way: inExpress(
      (app) => void app.use(express.json()),
      (req) => ({ body: inspect(req.body) }),
    ),
  },
  {
    name: "node's inspect() of the buffer",
    seen: SEEN,
    from: from.stripe,
    cause: ["body_is_object"],
    way: inExpress(
      (app) => void app.use(express.raw({ type: "*/*" })),
      (req) => ({ body: inspect(req.body) }),
    ),
  },
  {
    name: "Python's str() of the object",
    seen: SEEN,
    from: from.clerk,
    cause: ["body_is_object"],
    way: served(python("sys.stdout.write(str(json.loads(raw)))")),
    needs: ["python3"],
  },
  {
    name: "a promise that nobody awaited",
    seen: SEEN,
    from: from.resend,
    cause: ["body_is_object"],
    way: async (sent) => ({
      ...asSent(sent),
      body: `${new Request(sent.url, { method: "POST", body: Buffer.from(sent.body) }).text()}`,
    }),
  },
  {
    name: "hex of the body, as a database shows bytes",
    seen: SEEN,
    from: from.sentry,
    cause: ["body_bytes_written_out"],
    way: body((sent) => `\\x${sent.toString("hex")}`),
  },
  {
    name: "Buffer's JSON from a queue",
    seen: SEEN,
    from: from.zoom,
    cause: ["body_bytes_written_out", "body_envelope"],
    way: body((sent) => JSON.stringify(sent)),
  },
  {
    name: "chunks read from the socket",
    seen: SEEN,
    from: from.notion,
    cause: ["body_chunked"],
    way: body((sent) =>
      Buffer.concat([
        Buffer.from(`${(20).toString(16)}\r\n`),
        sent.subarray(0, 20),
        Buffer.from(`\r\n${(sent.length - 20).toString(16)}\r\n`),
        sent.subarray(20),
        Buffer.from("\r\n0\r\n\r\n"),
      ]),
    ),
  },
  {
    name: "a dump of the whole request",
    seen: SEEN,
    from: from.meta,
    cause: ["body_envelope"],
    way: body((sent) => `POST /in HTTP/1.1\r\nhost: example.com\r\ncontent-type: application/json\r\n\r\n${sent}`),
  },
  {
    name: "Razorpay in PHP",
    seen: "https://github.com/razorpay/razorpay-magento/pull/251",
    from: from.razorpay,
    cause: reserialised,
    way: served((sent) => phpAgain(sent.toString())),
  },
  {
    name: "PHP's pretty print",
    seen: SEEN,
    from: from.zendesk,
    cause: ["body_reserialised"],
    way: served((sent) => JSON.stringify(JSON.parse(sent.toString()), null, 4).replaceAll("/", "\\/")),
  },
  {
    name: "one float of Typeform's in Python",
    seen: SEEN,
    from: from.typeform,
    message: { body: bodies.typeform.replace("9.5", "9.50") },
    cause: reserialised,
    way: served(python("sys.stdout.write(json.dumps(json.loads(raw), ensure_ascii=False, separators=(',',':')))")),
    needs: ["python3"],
  },
  {
    name: "keys sorted for Stripe, with blanks",
    seen: "https://github.com/spatie/laravel-webhook-server/issues/65",
    from: from.stripe,
    cause: reserialised,
    way: body(python("sys.stdout.write(json.dumps(json.loads(raw), sort_keys=True))")),
    needs: ["python3"],
  },
  {
    name: "a null field left out",
    seen: SEEN,
    from: from.paddle,
    cause: reserialised,
    way: inExpress(
      (app) => void app.use(express.json({ reviver: (_: string, one: unknown) => one ?? undefined })),
      (req) => ({ body: JSON.stringify(req.body) }),
    ),
  },
  {
    name: "a field that a middleware adds",
    seen: SEEN,
    from: from.square,
    cause: reserialised,
    way: inExpress(
      (app) =>
        void app.use(express.json(), (req, _, next) => {
          req.body.receivedAt = 1;
          next();
        }),
      (req) => ({ body: JSON.stringify(req.body) }),
    ),
  },
  {
    name: "a stream decoded chunk by chunk, in Python",
    seen: SEEN,
    from: from.line,
    cause: ["body_replacement_characters"],
    way: served(
      python(
        "cut=raw.index('🍣'.encode())+1\nsys.stdout.buffer.write((raw[:cut].decode('utf-8','replace')+raw[cut:].decode('utf-8','replace')).encode())",
      ),
    ),
    needs: ["python3"],
  },
  {
    name: "a body cut in the middle, with no length told",
    seen: SEEN,
    from: from.shopify,
    cause: ["body_truncated"],
    way: body((sent) => sent.subarray(0, sent.length - 30)),
  },
  {
    name: "Content-Length counted in characters",
    seen: SEEN,
    from: from.resend,
    cause: ["body_truncated"],
    way: body((sent) => sent.subarray(0, sent.toString().length)),
  },
  {
    name: "gzip turned into text",
    seen: SEEN,
    from: from.github,
    cause: ["body_replacement_characters", "body_compressed"],
    way: (sent) => ({
      ...asSent(sent),
      body: gzipSync(sent.body).toString("utf8"),
      headers: { ...sent.headers, "content-encoding": "gzip" },
    }),
  },
  {
    name: "JSON twice stringified on its way through a queue",
    seen: SEEN,
    from: from.linear,
    cause: ["body_stringified_twice"],
    way: body((sent) => JSON.stringify(JSON.stringify(sent.toString()))),
  },
  {
    name: "tabs for Shopify's fixture",
    seen: SEEN,
    from: from.shopify,
    message: { body: bodies.shopifySmall },
    cause: ["body_reserialised"],
    way: body((sent) => JSON.stringify(JSON.parse(sent.toString()), null, "\t")),
  },
  {
    name: "two line breaks in front",
    seen: SEEN,
    from: from.slack,
    cause: ["body_line_break_added"],
    way: body((sent) => `\n\n${sent}`),
  },
  {
    name: "a zero byte at the end, from C",
    seen: SEEN,
    from: from.typeform,
    cause: ["body_line_break_added", "body_zeros_added"],
    way: body((sent) => Buffer.concat([sent, Buffer.alloc(1)])),
  },
  {
    name: "Express 5 handing out undefined as JSON",
    seen: SEEN,
    from: from.intercom,
    cause: ["body_is_object", "body_empty"],
    way: inExpress(
      () => undefined,
      (req) => ({ body: JSON.stringify(req.body) ?? "undefined" }),
    ),
  },
  // Secrets.
  {
    name: "old and new secret in one variable",
    seen: SEEN,
    from: from.github,
    cause: ["secret_list"],
    secret: (secret) => `older-secret,${secret}`,
  },
  {
    name: "a secret pasted twice",
    seen: SEEN,
    from: from.zoom,
    cause: ["secret_doubled"],
    secret: (secret) => secret + secret,
  },
  {
    name: "the dashboard's label in front",
    seen: SEEN,
    from: from.slack,
    cause: ["secret_env_line"],
    secret: (secret) => `Signing Secret: ${secret}`,
  },
  {
    name: "a semicolon at the end",
    seen: SEEN,
    from: from.vercel,
    cause: ["secret_quotes"],
    secret: (secret) => `${secret};`,
  },
  { name: "umlauts in Latin-1", seen: SEEN, from: latin("Schlüssel für Zürich"), cause: ["secret_charset"] },
  {
    name: "base64 of base64",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: from.hubspot,
    cause: ["secret_base64"],
    secret: (secret) => Buffer.from(Buffer.from(secret).toString("base64")).toString("base64"),
  },
  {
    name: "bytes of the text of a whsec_ secret",
    seen: SEEN,
    from: from.svix,
    cause: ["secret_as_bytes", "secret_base64", "secret_used_raw"],
    secret: (secret) => new TextEncoder().encode(secret),
  },
  {
    name: "hex decoded before it was given",
    seen: SEEN,
    from: from.slack,
    cause: ["secret_encoded"],
    secret: (secret) => new Uint8Array(Buffer.from(secret, "hex")),
  },
  {
    name: "a literal \\n at the end",
    seen: SEEN,
    from: from.paddle,
    cause: ["secret_whitespace", "secret_escaped"],
    secret: (secret) => `${secret}\\n`,
  },
  // URLs.
  {
    name: "a host name of the cluster, told by nothing",
    seen: SEEN,
    from: from.square,
    cause: ["url_host"],
    way: url((one) => one.replace("https://example.com", "http://webhooks.prod.svc.cluster.local:8080")),
  },
  {
    name: "localhost, told by nothing",
    seen: "https://github.com/twilio/twilio-node/issues/321",
    from: from.twilio,
    cause: ["url_host"],
    way: (sent) =>
      arriving(
        sent,
        (got) => async (req, res) => {
          const chunks: Buffer[] = [];
          for await (const one of req) chunks.push(one as Buffer);
          got({ body: Buffer.concat(chunks), url: `http://localhost:3000${req.url}` });
          res.end();
        },
        { headers: { ...sent.headers, host: "localhost:3000" } },
      ),
  },
  {
    name: "a parameter that a preview adds",
    seen: SEEN,
    from: from.twilio,
    cause: ["url_query"],
    way: url((one) => `${one}&x-vercel-protection-bypass=abc`),
  },
  {
    name: "large letters in the host, which nothing shows",
    seen: SEEN,
    from: from.square,
    message: { url: "https://Example.com/Hooks/Square" },
    cause: ["no_explanation"],
    way: url((one) => new URL(one).href),
  },
  {
    name: "a path in small letters, which nothing shows",
    seen: SEEN,
    from: from.square,
    message: { url: "https://example.com/Hooks/Square" },
    cause: ["no_explanation"],
    way: url((one) => one.toLowerCase()),
  },
  {
    name: "Caddy in front of Twilio, with http",
    seen: SEEN,
    from: from.twilio,
    cause: ["url_scheme"],
    way: throughCaddy("reverse_proxy APP"),
    needs: ["caddy"],
  },
  {
    name: "nginx that decodes the path",
    seen: SEEN,
    from: from.contentful,
    message: { url: "https://example.com/in/a%20b%2Bc" },
    cause: ["url_query", "url_escapes"],
    way: throughNginx("location /in/ { proxy_pass APP/in/; proxy_set_header Host $host; }"),
    needs: ["nginx"],
  },
  // Headers.
  {
    name: "a line break behind GitHub's signature",
    seen: SEEN,
    from: from.github,
    cause: ["signature_whitespace"],
    way: value("x-hub-signature-256", (text) => `${text}\n`),
  },
  {
    name: "SHA256= in large letters",
    seen: SEEN,
    from: from.meta,
    cause: ["layout"],
    way: value("x-hub-signature-256", (text) => text.replace("sha256", "SHA256")),
  },
  {
    name: "the prefix twice",
    seen: SEEN,
    from: from.github,
    cause: ["layout"],
    way: value("x-hub-signature-256", (text) => `sha256=${text}`),
  },
  {
    name: "Slack's time in milliseconds, put together by hand",
    seen: SEEN,
    from: from.slack,
    cause: ["timestamp_in_milliseconds", "timestamp_malformed"],
    way: value("x-slack-request-timestamp", (text) => `${text}000`),
  },
  {
    name: "Svix's version v1= in place of v1,",
    seen: SEEN,
    from: from.svix,
    cause: ["layout"],
    way: value("svix-signature", (text) => text.replace("v1,", "v1=")),
  },
  {
    name: "Discord's signature as base64",
    seen: SEEN,
    from: from.discord,
    cause: ["encoding"],
    way: value("x-signature-ed25519", (text) => Buffer.from(text, "hex").toString("base64")),
  },
  {
    name: "what sed leaves of the last character",
    seen: SEEN,
    from: from.razorpay,
    cause: ["signature_truncated"],
    way: value("x-razorpay-signature", (text) => execFileSync("sed", ["s/.$//"], { input: text }).toString().trim()),
  },
  // Two.
  {
    name: "express.json() for Slack's event, and a secret in quotes",
    seen: SEEN,
    from: from.slack,
    message: { body: bodies.slackEvent, headers: { "content-type": "application/json" } },
    cause: ["secret_quotes", "body_reserialised"],
    secret: (secret) => `"${secret}"`,
    way: expressJson,
  },
  {
    name: "a stripped prefix, http and a port",
    seen: SEEN,
    from: from.hubspot,
    message: { url: "https://example.com/api/hooks/hubspot" },
    cause: ["url_prefix", "url_port", "url_scheme"],
    way: url(() => "http://example.com:3000/hooks/hubspot"),
  },
];

function latin(secret: string): Case["from"] {
  return from.signedBy(secret, Buffer.from(secret, "latin1"));
}
