import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import express from "express";
import express4 from "express4";
import { Hono } from "hono";
import * as bodies from "../bodies.ts";
import { asSent, type Case, type Received, type Sent } from "../case.ts";
import { jsonb } from "../jsonb.ts";
import { byCurl, inFolder, piped, throughApache } from "../programs.ts";
import { apiGateway, arriving, expressJson, fastifyJson, functionUrl, inExpress, inNode, phpAgain } from "../roads.ts";
import * as from from "../senders.ts";

const body =
  (change: (sent: Buffer) => Uint8Array | string | Promise<string>) =>
  async (sent: Sent): Promise<Received> => ({
    ...asSent(sent),
    body: await change(Buffer.from(sent.body)),
  });
/** The same inside a real server, so that the headers are those of the wire. */
const served = (change: (sent: Buffer) => string | Uint8Array) =>
  inNode(async (req) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    return change(Buffer.concat(chunks));
  });
const python = (program: string, input: Uint8Array) =>
  piped("python3", ["-c", `import sys,json\nraw=sys.stdin.buffer.read()\n${program}`], input);
const honoJson = async (sent: Sent): Promise<Received> => {
  const app = new Hono();
  app.post("*", async (c) => c.text(JSON.stringify(await c.req.json())));
  const { url, headers, body: bytes } = sent;
  const answer = await app.request(url, { method: "POST", headers, body: Buffer.from(bytes) });
  return { ...asSent(sent), body: await answer.text() };
};

const RAW = "https://github.com/stripe/stripe-node/issues/1254";
const LOST = "https://github.com/EasyPost/easypost-node/issues/467";
const ESCAPES = "https://github.com/grnhse/greenhouse-api-docs/issues/276";
const LAMBDA = "https://github.com/redwoodjs/graphql/pull/9595";
const reserialised = ["body_reserialised", "body_looks_reserialised"];

export const jsonBodies: readonly Case[] = [
  {
    name: "Intercom's 10.0 behind express.json()",
    seen: LOST,
    from: from.intercom,
    cause: reserialised,
    way: expressJson,
  },
  {
    name: "Razorpay's 1180.0 behind express.json()",
    seen: "https://github.com/razorpay/razorpay-magento/pull/251",
    from: from.razorpay,
    cause: reserialised,
    way: expressJson,
  },
  {
    name: "Sanity's 4.0 behind Fastify",
    seen: "https://github.com/sanity-io/webhook-toolkit/issues/7",
    from: from.sanityPlain,
    cause: reserialised,
    way: fastifyJson,
  },
  {
    name: "Shopify's ids behind Hono's c.req.json()",
    seen: "https://github.com/Shopify/shopify-express/issues/114",
    from: from.shopify,
    cause: reserialised,
    way: honoJson,
  },
  {
    name: "Discord's blanks behind Hono's c.req.json()",
    seen: RAW,
    from: from.discord,
    cause: ["body_reserialised"],
    way: honoJson,
  },
  {
    name: "Dropbox's blanks behind express.json()",
    seen: RAW,
    from: from.dropbox,
    cause: ["body_reserialised"],
    way: expressJson,
  },
  {
    name: "Contentful's indentation behind Fastify",
    seen: "https://github.com/contentful/node-apps-toolkit/issues/820",
    from: from.contentful,
    cause: ["body_reserialised"],
    way: fastifyJson,
  },
  {
    name: "LINE's Japanese, escaped by Python",
    seen: ESCAPES,
    from: from.line,
    cause: ["body_reserialised"],
    way: served((sent) => python("sys.stdout.write(json.dumps(json.loads(raw)))", sent)),
    needs: ["python3"],
  },
  {
    name: "Zoom through python -m json.tool",
    seen: ESCAPES,
    from: from.zoom,
    cause: ["body_reserialised"],
    way: served((sent) => piped("python3", ["-m", "json.tool"], sent)),
    needs: ["python3"],
  },
  {
    name: "Linear through Python with sorted keys and indentation",
    seen: "https://github.com/NangoHQ/nango/pull/4572",
    from: from.linear,
    cause: reserialised,
    way: served((sent) => python("sys.stdout.write(json.dumps(json.loads(raw), sort_keys=True, indent=2))", sent)),
    needs: ["python3"],
  },
  {
    name: "GitHub's 0.0 through jq -c",
    seen: "https://github.com/octokit/webhooks.js/issues/775",
    from: from.github,
    cause: reserialised,
    way: served((sent) => piped("jq", ["-c", "."], sent)),
    needs: ["jq"],
  },
  {
    name: "Shopify through jq -S",
    seen: "https://github.com/adnanh/webhook/issues/745",
    from: from.shopify,
    cause: reserialised,
    way: body((sent) => piped("jq", ["-S", "."], sent)),
    needs: ["jq"],
  },
  {
    name: "a fixture of Sentry's that a formatter rewrote",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.sentry,
    cause: ["body_reserialised"],
    way: (sent) =>
      inFolder((folder) => {
        writeFileSync(join(folder, "event.json"), sent.body);
        const biome = join(createRequire(import.meta.url).resolve("@biomejs/biome/package.json"), "..", "bin", "biome");
        execFileSync(process.execPath, [biome, "format", "--write", "event.json"], { cwd: folder, stdio: "pipe" });
        return { ...asSent(sent), body: readFileSync(join(folder, "event.json")) };
      }),
  },
  {
    name: "Clerk's body kept as jsonb and verified later",
    seen: "https://github.com/spatie/laravel-webhook-server/issues/65",
    from: from.clerk,
    cause: reserialised,
    way: body((sent) => jsonb(sent.toString())),
    needs: ["postgres"],
  },
  {
    name: "Notion's {} in PHP",
    seen: "https://github.com/stripe/stripe-php/issues/884",
    from: from.notion,
    cause: reserialised,
    way: served((sent) => phpAgain(sent.toString())),
  },
  {
    name: "Clerk's {} and accents in PHP",
    seen: "https://github.com/stripe/stripe-php/issues/884",
    from: from.clerk,
    cause: reserialised,
    way: served((sent) => phpAgain(sent.toString())),
  },
  {
    name: "JSON.stringify() of a body that was text",
    seen: "https://github.com/mcdallas/rust-discord-bot/issues/2",
    from: from.paddle,
    cause: ["body_stringified_twice"],
    way: served((sent) => JSON.stringify(sent.toString())),
  },
  {
    name: "slashes in front of the quotes, as WordPress adds them",
    seen: "https://github.com/mcdallas/rust-discord-bot/issues/2",
    from: from.zendesk,
    cause: ["body_stringified_twice", "body_escaped"],
    way: served((sent) => sent.toString().replace(/["\\]/g, "\\$&")),
  },
  {
    name: "quotes as a template engine escapes them",
    seen: ESCAPES,
    from: from.vercel,
    cause: ["body_escaped"],
    way: served((sent) => python("import html; sys.stdout.write(html.escape(raw.decode()))", sent)),
    needs: ["python3"],
  },
  {
    name: "JSON.stringify() of the buffer",
    seen: "https://github.com/golevelup/nestjs/issues/425",
    from: from.stripe,
    cause: ["body_bytes_written_out"],
    way: inExpress(
      (app) => void app.use(express.raw({ type: "*/*" })),
      (req) => ({ body: JSON.stringify(req.body) }),
    ),
  },
  {
    name: "a Uint8Array in a template string",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.meta,
    cause: ["body_bytes_written_out"],
    way: body((sent) => `${new Uint8Array(sent)}`),
  },
  {
    name: "Python's str() of the bytes",
    seen: "https://github.com/sendgrid/docs/issues/6558",
    from: from.typeform,
    cause: ["body_bytes_written_out"],
    way: body((sent) => python("sys.stdout.write(str(raw))", sent)),
    needs: ["python3"],
  },
  {
    name: "{} from a parser that did not know the content type",
    seen: "https://github.com/stripe/stripe-node/issues/341",
    from: from.square,
    message: { headers: { "content-type": "application/webhook" } },
    cause: ["body_empty"],
    way: (sent) =>
      arriving(sent, (got) => {
        const app = express4();
        app.use(express4.json());
        app.post("*", (req: any, res: any) => {
          got({ body: JSON.stringify(req.body) });
          res.end();
        });
        return app;
      }),
  },
  {
    name: "undefined from a framework without any parser",
    seen: "https://github.com/slackapi/bolt-js/issues/112",
    from: from.sentry,
    cause: ["body_is_object", "body_empty"],
    way: inExpress(
      () => undefined,
      (req) => ({ body: String(req.body) }),
    ),
  },
];

export const textBodies: readonly Case[] = [
  {
    name: "a fixture with CRLF through curl -d",
    seen: "https://github.com/lobehub/lobehub/issues/4084",
    from: from.stripe,
    message: { body: bodies.stripe.replaceAll("\n", "\r\n") },
    cause: ["body_line_breaks_removed"],
    way: byCurl(["-d", "@body.json"]),
    needs: ["curl"],
  },
  {
    name: "the last line break that $(…) takes away",
    seen: "https://github.com/sendgrid/sendgrid-php/issues/1012",
    from: from.contentful,
    cause: ["body_line_break_lost"],
    way: body((sent) => execFileSync("/bin/sh", ["-c", 'printf %s "$(cat)"'], { input: sent })),
  },
  {
    name: "SendGrid's last line break, trimmed",
    seen: "https://github.com/sendgrid/sendgrid-php/issues/1012",
    from: from.acme,
    cause: ["body_line_break_lost"],
    way: served((sent) => sent.toString().trim()),
  },
  {
    name: "a line break that an editor adds to a fixture",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.shopify,
    cause: ["body_line_break_added"],
    way: body((sent) => execFileSync("sed", ["-e", "$a\\"], { input: sent })),
  },
  {
    name: "CRLF from awk",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: from.contentful,
    cause: ["body_line_endings"],
    way: body((sent) => execFileSync("awk", ['{printf "%s\\r\\n", $0}'], { input: sent })),
  },
  {
    name: "a byte order mark that a Windows editor adds",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: from.linear,
    cause: ["body_byte_order_mark"],
    way: body((sent) => python("sys.stdout.buffer.write(raw.decode('utf-8').encode('utf-8-sig'))", sent)),
    needs: ["python3"],
  },
  {
    name: "UTF-16 with its mark",
    seen: "https://github.com/MichaConrad/WebHookExample/issues/1",
    from: from.shopify,
    cause: ["body_charset"],
    way: body((sent) => piped("iconv", ["-f", "UTF-8", "-t", "UTF-16"], sent)),
    needs: ["iconv"],
  },
  {
    name: "Shift_JIS for LINE's text",
    seen: "https://github.com/github/docs/pull/3315",
    from: from.line,
    message: { body: bodies.line.replace(" 🍣", "") },
    cause: ["body_charset"],
    way: body((sent) => piped("iconv", ["-f", "UTF-8", "-t", "SHIFT_JIS"], sent)),
    needs: ["iconv"],
  },
  {
    name: "Windows' characters for Resend's dash",
    seen: "https://github.com/github/docs/pull/3315",
    from: from.resend,
    cause: ["body_charset"],
    way: body((sent) => piped("iconv", ["-f", "UTF-8", "-t", "CP1252"], sent)),
    needs: ["iconv"],
  },
  {
    name: "question marks of .NET's ASCII",
    seen: "https://github.com/github/docs/pull/3315",
    from: from.typeform,
    cause: ["body_charset", "body_changed", "body_replacement_characters"],
    way: served((sent) => python("sys.stdout.buffer.write(raw.decode().encode('ascii','replace'))", sent)),
    needs: ["python3"],
  },
  {
    name: "Python's latin-1 and back",
    seen: "https://github.com/use-agent-os/agent-os/pull/717",
    from: from.zoom,
    cause: ["body_encoded_twice"],
    way: served((sent) => python("sys.stdout.buffer.write(raw.decode('latin-1').encode('utf-8'))", sent)),
    needs: ["python3"],
  },
  {
    name: "accents taken apart by a normalizer",
    seen: "https://github.com/gitevents/core/issues/173",
    from: from.square,
    cause: ["body_normalised"],
    way: served((sent) =>
      python("import unicodedata as u; sys.stdout.buffer.write(u.normalize('NFD', raw.decode()).encode())", sent),
    ),
    needs: ["python3"],
  },
  {
    name: "errors='replace' for Latin-1",
    seen: "https://github.com/langchain-ai/open-swe/issues/2310",
    from: from.githubBytes,
    message: { body: Buffer.from('{"name":"Jos\u00e9"}', "latin1") },
    cause: ["body_replacement_characters"],
    way: served((sent) => python("sys.stdout.buffer.write(raw.decode('utf-8', errors='replace').encode())", sent)),
    needs: ["python3"],
  },
];

const lambda =
  (change: (sent: Sent) => unknown) =>
  (sent: Sent): Received => ({ ...asSent(sent), body: JSON.stringify(change(sent)) });
const text = ({ body: bytes }: Sent) => Buffer.from(bytes).toString();
const base64 = ({ body: bytes }: Sent) => Buffer.from(bytes).toString("base64");

export const wrappedBodies: readonly Case[] = [
  {
    name: "a function URL's base64 for Clerk",
    seen: LAMBDA,
    from: from.clerk,
    cause: ["body_base64"],
    way: (sent) => ({ ...asSent(sent), body: functionUrl(sent).body }),
  },
  {
    name: "a function URL's whole event",
    seen: LAMBDA,
    from: from.resend,
    cause: ["body_envelope"],
    way: lambda(functionUrl),
  },
  {
    name: "API Gateway's whole event, with base64",
    seen: LAMBDA,
    from: from.github,
    cause: ["body_envelope"],
    way: lambda((sent) => apiGateway(sent, true)),
  },
  {
    name: "a queue's record",
    seen: LAMBDA,
    from: from.shopify,
    cause: ["body_envelope"],
    way: lambda((sent) => ({ Records: [{ messageId: "1", body: text(sent), eventSource: "aws:sqs" }] })),
  },
  {
    name: "a topic's notification",
    seen: LAMBDA,
    from: from.zoom,
    cause: ["body_envelope"],
    way: lambda((sent) => ({ Type: "Notification", TopicArn: "arn", Message: text(sent) })),
  },
  {
    name: "a push of Pub/Sub",
    seen: LAMBDA,
    from: from.paddle,
    cause: ["body_envelope"],
    way: lambda((sent) => ({ message: { data: base64(sent), messageId: "1" }, subscription: "s" })),
  },
  {
    name: "an event bus's detail, parsed",
    seen: LAMBDA,
    from: from.square,
    cause: ["body_envelope"],
    way: lambda((sent) => ({ version: "0", "detail-type": "webhook", source: "own", detail: JSON.parse(text(sent)) })),
  },
  {
    name: "a mapping template that parsed the body",
    seen: "https://github.com/serverless/serverless/issues/537",
    from: from.stripe,
    cause: ["body_envelope"],
    way: lambda((sent) => ({ body: JSON.parse(text(sent)), headers: sent.headers, isBase64Encoded: false })),
  },
  {
    name: "zlib that nothing undid",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: from.notion,
    cause: ["body_compressed"],
    way: (sent) => ({
      ...asSent(sent),
      body: deflateSync(sent.body),
      headers: { ...sent.headers, "content-encoding": "deflate" },
    }),
  },
  {
    name: "gzip without its header",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: from.sentry,
    cause: ["body_compressed"],
    way: (sent) => ({ ...asSent(sent), body: gzipSync(sent.body) }),
  },
  {
    name: "base64 of gzip, as a log subscription writes it",
    seen: LAMBDA,
    from: from.vercel,
    cause: ["body_base64", "body_compressed"],
    way: (sent) => ({ ...asSent(sent), body: gzipSync(sent.body).toString("base64") }),
  },
  {
    name: "brotli for Twilio's form",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: from.slack,
    cause: ["body_compressed"],
    way: (sent) => ({
      ...asSent(sent),
      body: brotliCompressSync(sent.body),
      headers: { ...sent.headers, "content-encoding": "br" },
    }),
  },
  {
    name: "gzip inflated by Apache, which takes the header away too",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: from.githubBytes,
    message: { body: gzipSync(bodies.long), headers: { "content-encoding": "gzip" } },
    cause: ["body_inflated", "body_changed", "body_looks_reserialised", "no_explanation"],
    way: throughApache("SetInputFilter DEFLATE\nProxyPass / APP/", ["filter", "deflate"]),
    needs: ["apache2"],
  },
  {
    name: "the first 64 KiB, as a log keeps them",
    seen: LAMBDA,
    from: from.shopify,
    message: { body: bodies.long },
    cause: ["body_truncated"],
    way: body((sent) => execFileSync("head", ["-c", "65536"], { input: sent })),
  },
  {
    name: "the first 100 KiB of a body that was longer",
    seen: LAMBDA,
    from: from.svix,
    message: { body: bodies.long },
    cause: ["body_truncated"],
    way: served((sent) => sent.subarray(0, 102_400)),
  },
];
