import { execFileSync } from "node:child_process";
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync, gzipSync } from "node:zlib";
import { defineProvider } from "@countersign/core";
import { hmacSignature } from "@countersign/core/providers";
import express from "express";
import * as bodies from "../bodies.ts";
import { asSent, type Case, type Received, type Sent } from "../case.ts";
import { byCurl, inFolder, piped } from "../programs.ts";
import { apiGateway, arriving, expressJson, fastifyJson, inExpress, inNode, phpAgain } from "../roads.ts";
import {
  acme,
  clerk,
  contentful,
  discord,
  github,
  githubBytes,
  line,
  meta,
  sanityPlain,
  shopify,
  slack,
  stripe,
  svix,
} from "../senders.ts";

const body =
  (change: (sent: Buffer) => Uint8Array | string) =>
  (sent: Sent): Received => ({ ...asSent(sent), body: change(Buffer.from(sent.body)) });
const python = (program: string) => body((sent) => piped("python3", ["-c", `import sys,json\n${program}`], sent));
const reserialised = ["body_reserialised", "body_looks_reserialised"];
/** Pieces of one request, as a socket hands them out when they arrive apart. */
const pieces = async (sent: Sent, cut: number, read: (req: IncomingMessage) => Promise<string>): Promise<Received> =>
  arriving({ ...sent, headers: { ...sent.headers } }, (got) => async (req, res) => {
    req.removeAllListeners("data");
    const whole: Buffer[] = [];
    for await (const chunk of req) whole.push(chunk as Buffer);
    const all = Buffer.concat(whole);
    const { Readable } = await import("node:stream");
    got({ body: await read(Readable.from([all.subarray(0, cut), all.subarray(cut)]) as IncomingMessage) });
    res.end();
  });

export const jsonBodies: readonly Case[] = [
  {
    name: "Stripe behind express.json(), and JSON.stringify() of what it made",
    seen: "https://github.com/stripe/stripe-node/issues/1254",
    from: stripe,
    cause: ["body_reserialised"],
    way: expressJson,
  },
  {
    name: "Stripe behind Fastify's own parser, and JSON.stringify()",
    seen: "https://github.com/stripe/stripe-node/issues/932",
    from: stripe,
    cause: ["body_reserialised"],
    way: fastifyJson,
  },
  {
    name: "GitHub's 0.0, which becomes 0",
    seen: "https://github.com/octokit/webhooks.js/issues/775",
    from: github,
    cause: reserialised,
    way: expressJson,
  },
  {
    name: "Shopify's 64-bit ids, which become others",
    seen: "https://github.com/Shopify/shopify-express/issues/114",
    from: shopify,
    cause: reserialised,
    way: expressJson,
  },
  {
    name: "Shopify's escaped ampersand, written plainly",
    seen: "https://github.com/Shopify/shopify-express/pull/15",
    from: shopify,
    message: { body: bodies.shopifySmall },
    cause: ["body_reserialised"],
    way: expressJson,
  },
  {
    name: "Meta's escaped text and slashes, written plainly",
    seen: "https://github.com/box/box-node-sdk/pull/568",
    from: meta,
    cause: ["body_reserialised"],
    way: expressJson,
  },
  {
    name: "SendGrid's batch, whose line breaks a parser takes away",
    seen: "https://github.com/sendgrid/sendgrid-nodejs/issues/1411",
    from: acme,
    cause: reserialised,
    way: expressJson,
  },
  {
    name: "Discord through a parser of Python's blanks",
    seen: "https://github.com/discord/discord-interactions-js/issues/53",
    from: discord,
    cause: ["body_reserialised"],
    way: expressJson,
  },
  {
    name: "Clerk in Flask: json.dumps() of request.json",
    seen: "https://github.com/sendgrid/docs/issues/6558",
    from: clerk,
    cause: ["body_reserialised"],
    way: python("sys.stdout.write(json.dumps(json.load(sys.stdin)))"),
    needs: ["python3"],
  },
  {
    name: "keys sorted by Python",
    seen: "https://github.com/spatie/laravel-webhook-server/issues/65",
    from: clerk,
    cause: reserialised,
    way: python("sys.stdout.write(json.dumps(json.load(sys.stdin), sort_keys=True, separators=(',',':')))"),
    needs: ["python3"],
  },
  {
    name: "GitHub through jq",
    seen: "https://github.com/adnanh/webhook/issues/745",
    from: github,
    message: { body: bodies.githubIssue },
    cause: ["body_reserialised"],
    way: body((sent) => piped("jq", ["."], sent)),
    needs: ["jq"],
  },
  {
    name: "PHP's {} that becomes []",
    seen: "https://github.com/stripe/stripe-php/issues/884",
    from: stripe,
    cause: reserialised,
    way: body((sent) => phpAgain(sent.toString())),
  },
  {
    name: "a string of JSON made JSON once more",
    seen: "https://github.com/mcdallas/rust-discord-bot/issues/2",
    from: stripe,
    cause: ["body_stringified_twice"],
    way: inExpress(
      (app) => void app.use(express.text({ type: "*/*" })),
      (req) => ({ body: JSON.stringify(req.body) }),
    ),
  },
  {
    name: "a parsed object where text was wanted",
    seen: "https://github.com/sanity-io/webhook-toolkit/issues/7",
    from: sanityPlain,
    cause: ["body_is_object"],
    way: inExpress(
      (app) => void app.use(express.json()),
      (req) => ({ body: String(req.body) }),
    ),
  },
  {
    name: "a stream that express.json() had read before",
    seen: "https://github.com/stripe/stripe-node/issues/341",
    from: stripe,
    cause: ["body_empty"],
    way: inExpress(
      (app) => void app.use(express.json()),
      async (req) => {
        const chunks: Buffer[] = [];
        for await (const chunk of req) chunks.push(chunk);
        return { body: Buffer.concat(chunks) };
      },
    ),
  },
];

export const textBodies: readonly Case[] = [
  {
    name: "pretty JSON that curl -d @file sent without its line breaks",
    seen: "https://github.com/lobehub/lobehub/issues/4084",
    from: stripe,
    cause: ["body_line_breaks_removed"],
    way: byCurl(["-d", "@body.json"]),
    needs: ["curl"],
  },
  {
    name: "a line break that echo put behind the body",
    seen: "https://github.com/sendgrid/sendgrid-php/issues/1012",
    from: github,
    cause: ["body_line_break_added"],
    way: byCurl(["--data-binary", "@-"], ({ body: sent }) =>
      execFileSync("/bin/sh", ["-c", "cat; echo"], { input: sent }),
    ),
    needs: ["curl"],
  },
  {
    name: "a fixture that git checked out with CRLF",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: stripe,
    cause: ["body_line_endings"],
    way: (sent) =>
      inFolder((cwd) => {
        const git = (...args: string[]) => execFileSync("git", args, { cwd, stdio: "pipe" });
        const file = join(cwd, "event.json");
        git("init", "-q");
        writeFileSync(file, sent.body);
        git("add", "event.json");
        git("config", "core.autocrlf", "true");
        unlinkSync(file);
        git("checkout", "-q", "event.json");
        return { ...asSent(sent), body: readFileSync(file) };
      }),
    needs: ["git"],
  },
  {
    name: "CRLF that Python's text mode read as LF",
    seen: "https://github.com/sendgrid/sendgrid-nodejs/issues/1411",
    from: acme,
    cause: ["body_line_endings"],
    way: body((sent) =>
      piped(
        "python3",
        ["-c", "import sys,io; sys.stdout.write(io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8').read())"],
        sent,
      ),
    ),
    needs: ["python3"],
  },
  {
    name: "a byte order mark that request.text() drops",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: github,
    message: { body: `\ufeff${bodies.githubIssue}` },
    cause: ["body_byte_order_mark"],
    way: async (sent) => ({
      ...asSent(sent),
      body: await new Request(sent.url, { method: "POST", body: Buffer.from(sent.body) }).text(),
    }),
  },
  {
    name: "setEncoding('latin1') on the request, and UTF-8 afterwards",
    seen: "https://github.com/gitevents/core/issues/173",
    from: github,
    cause: ["body_encoded_twice"],
    way: inNode(async (req) => {
      req.setEncoding("latin1");
      let text = "";
      for await (const chunk of req) text += chunk;
      return text;
    }),
  },
  {
    name: "a gateway that turned UTF-8 into Latin-1",
    seen: "https://github.com/github/docs/pull/3315",
    from: stripe,
    cause: ["body_charset"],
    way: body((sent) => piped("iconv", ["-f", "UTF-8", "-t", "ISO-8859-1"], sent)),
    needs: ["iconv"],
  },
  {
    name: "a file that PowerShell wrote as UTF-16",
    seen: "https://github.com/MichaConrad/WebHookExample/issues/1",
    from: github,
    cause: ["body_charset"],
    way: body((sent) => piped("iconv", ["-f", "UTF-8", "-t", "UTF-16LE"], sent)),
    needs: ["iconv"],
  },
  {
    name: "a character that two chunks shared, each decoded alone",
    seen: "https://github.com/octokit/webhooks.js/issues/1155",
    from: line,
    cause: ["body_replacement_characters"],
    way: (sent) =>
      pieces(sent, Buffer.from(sent.body).indexOf("🍣") + 2, async (req) => {
        let text = "";
        for await (const chunk of req) text += chunk;
        return text;
      }),
  },
  {
    name: "Latin-1 from Slack, decoded as UTF-8 with replacement",
    seen: "https://github.com/langchain-ai/open-swe/issues/2310",
    from: slack,
    message: { body: Buffer.from("token=a&text=caf\u00e9", "latin1") },
    cause: ["body_replacement_characters"],
    way: body((sent) => sent.toString("utf8")),
  },
];

export const wrappedBodies: readonly Case[] = [
  {
    name: "gzip that nothing undid before the verification",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: github,
    cause: ["body_compressed"],
    way: (sent) => ({
      ...asSent(sent),
      body: gzipSync(sent.body),
      headers: { ...sent.headers, "content-encoding": "gzip" },
    }),
  },
  {
    name: "brotli that nothing undid",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: shopify,
    cause: ["body_compressed"],
    way: (sent) => ({
      ...asSent(sent),
      body: brotliCompressSync(sent.body),
      headers: { ...sent.headers, "content-encoding": "br" },
    }),
  },
  {
    name: "raw deflate, which some clients send as deflate",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: svix,
    cause: ["body_compressed"],
    way: (sent) => ({
      ...asSent(sent),
      body: deflateRawSync(sent.body),
      headers: { ...sent.headers, "content-encoding": "deflate" },
    }),
  },
  {
    name: "a signature over gzip, inflated by Express's raw parser",
    seen: "https://github.com/craftcms/shopify/issues/229",
    from: githubBytes,
    message: { body: gzipSync(bodies.github), headers: { "content-encoding": "gzip" } },
    provider: defineProvider({ ...githubBytes.provider, encoding: "compressed" }),
    cause: ["body_inflated"],
    way: inExpress(
      (app) => void app.use(express.raw({ type: "*/*" })),
      (req) => ({ body: req.body }),
    ),
  },
  {
    name: "the base64 that API Gateway makes of a body",
    seen: "https://github.com/stripe/stripe-node/issues/1768",
    from: stripe,
    cause: ["body_base64"],
    way: (sent) => ({ ...asSent(sent), body: apiGateway(sent, true).body }),
  },
  {
    name: "API Gateway's whole event in place of its body",
    seen: "https://github.com/sanity-io/webhook-toolkit/issues/7",
    from: sanityPlain,
    cause: ["body_envelope"],
    way: (sent) => ({ ...asSent(sent), body: JSON.stringify(apiGateway(sent, false)) }),
  },
  {
    name: "a mapping template's envelope, with the body as base64",
    seen: "https://github.com/serverless/serverless/issues/537",
    from: stripe,
    cause: ["body_envelope"],
    way: (sent) => ({
      ...asSent(sent),
      body: JSON.stringify({ rawBody: Buffer.from(sent.body).toString("base64"), headers: sent.headers }),
    }),
  },
  {
    name: "only the first piece that the socket handed out",
    seen: "https://github.com/redwoodjs/graphql/pull/2339",
    from: contentful,
    message: { body: bodies.long },
    cause: ["body_truncated"],
    way: inNode((req) => new Promise((resolve) => req.once("data", resolve))),
  },
];
