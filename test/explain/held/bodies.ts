import { createRequire } from "node:module";
import { parse } from "node:querystring";
import express from "express";
import * as bodies from "../bodies.ts";
import { asSent, type Case, type Sent } from "../case.ts";
import { piped } from "../programs.ts";
import { expressJson, fastifyJson, inExpress, inNode } from "../roads.ts";
import { clerk, discord, github, githubBytes, line, resend, slack, stripe } from "../senders.ts";
import * as from from "./senders.ts";

const qs = createRequire(createRequire(import.meta.url).resolve("express"))("qs") as {
  stringify(value: unknown, options: object): string;
};
const reserialised = ["body_reserialised", "body_looks_reserialised"];
const body = (change: (sent: Buffer) => Uint8Array | string | Promise<Uint8Array | string>) => async (sent: Sent) => ({
  ...asSent(sent),
  body: await change(Buffer.from(sent.body)),
});
const read = async (req: AsyncIterable<unknown>) => {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
/** A parser that escapes what pages do not like, as Go's, .NET's and Rails' do, over the compact JSON. */
const escaping =
  (pattern: RegExp, upper = false) =>
  (sent: Buffer) =>
    JSON.stringify(JSON.parse(sent.toString())).replace(pattern, (one) => {
      const hex = one.charCodeAt(0).toString(16).padStart(4, "0");
      return `\\u${upper ? hex.toUpperCase() : hex}`;
    });
const python = (program: string) => (input: Buffer) =>
  piped("python3", ["-c", `import sys,json\nraw=sys.stdin.buffer.read()\n${program}`], input);

export const heldBodies: readonly Case[] = [
  {
    name: "Slack's button through qs.stringify() with RFC 1738",
    seen: "https://github.com/slackapi/node-slack-events-api/issues/92",
    from: slack,
    message: { body: bodies.slackAction },
    cause: ["form_reencoded"],
    way: inExpress(
      (app) => void app.use(express.urlencoded({ extended: true })),
      (req) => ({ body: qs.stringify(req.body, { format: "RFC1738" }) }),
    ),
  },
  {
    name: "Slack's command in an application that keeps raw bodies of JSON only",
    seen: "https://github.com/mvanhorn/paperclip-plugin-slack/issues/19",
    from: slack,
    cause: ["body_empty"],
    way: inExpress(
      (app) =>
        void app.use(
          express.json({ verify: (req: object, _res, bytes) => void Object.assign(req, { kept: bytes }) }),
          express.urlencoded({ extended: true }),
        ),
      (req) => ({ body: req.kept ?? "" }),
    ),
  },
  {
    name: "Slack's command sent on as multipart by a relay",
    seen: "https://github.com/activepieces/activepieces/pull/14812",
    from: slack,
    cause: ["body_multipart"],
    way: async (sent) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(parse(Buffer.from(sent.body).toString())))
        form.append(name, String(value));
      const again = new Request(sent.url, { method: "POST", body: form });
      const type = again.headers.get("content-type") as string;
      return {
        ...asSent(sent),
        headers: { ...sent.headers, "content-type": type },
        body: Buffer.from(await again.arrayBuffer()),
      };
    },
  },
  {
    name: "GitHub's JSON as the one part of a multipart body",
    seen: "https://github.com/activepieces/activepieces/pull/14812",
    from: github,
    message: { body: bodies.githubIssue },
    cause: ["body_multipart"],
    way: async (sent) => {
      const form = new FormData();
      form.append("payload", Buffer.from(sent.body).toString());
      const again = new Request(sent.url, { method: "POST", body: form });
      const type = again.headers.get("content-type") as string;
      return {
        ...asSent(sent),
        headers: { ...sent.headers, "content-type": type },
        body: Buffer.from(await again.arrayBuffer()),
      };
    },
  },
  {
    name: "two listeners that add to one text",
    seen: "https://github.com/stripe/stripe-node/issues/341",
    from: stripe,
    cause: ["body_doubled"],
    way: inNode(
      (req) =>
        new Promise((resolve) => {
          let text = "";
          const add = (chunk: Buffer) => {
            text += chunk.toString();
          };
          req.on("data", add);
          req.on("data", add.bind(undefined));
          req.on("end", () => resolve(text));
        }),
    ),
  },
  {
    name: "toString('ascii') for Clerk's names",
    seen: "https://hookmetry.com/docs/shopify-webhook-hmac-validation-failed",
    from: clerk,
    cause: ["body_charset", "body_decoded_latin1"],
    way: inNode(async (req) => (await read(req)).toString("ascii")),
  },
  {
    name: "a text that Buffer.from(…, 'binary') cut to one byte for each character",
    seen: "https://hookmetry.com/docs/shopify-webhook-hmac-validation-failed",
    from: line,
    cause: ["body_charset", "body_changed"],
    way: inNode(async (req) => Buffer.from((await read(req)).toString(), "binary")),
  },
  {
    name: "zstd that nothing undid",
    seen: "https://developers.cloudflare.com/speed/optimization/content/compression/",
    from: from.gitea,
    cause: ["body_compressed"],
    way: (sent) => ({
      ...asSent(sent),
      headers: { ...sent.headers, "content-encoding": "zstd" },
      body: piped("zstd", ["-c"], sent.body),
    }),
    needs: ["zstd"],
  },
  {
    name: "zstd of which no header tells",
    seen: "https://developers.cloudflare.com/speed/optimization/content/compression/",
    from: from.forgejo,
    cause: ["body_compressed"],
    way: body((sent) => piped("zstd", ["-c"], sent)),
    needs: ["zstd"],
  },
  {
    name: "the list of numbers that Java's and Python's bytes become",
    seen: "https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Arrays.html",
    from: from.calendly,
    cause: ["body_bytes_written_out"],
    way: body(python("sys.stdout.write(str(list(raw)))")),
    needs: ["python3"],
  },
  {
    name: "large hex with blanks, as a dump shows it",
    seen: "https://linux.die.net/man/1/xxd",
    from: from.docusign,
    cause: ["body_bytes_written_out"],
    way: body((sent) =>
      sent
        .toString("hex")
        .toUpperCase()
        .replace(/..(?=.)/g, "$& "),
    ),
  },
  {
    name: "base64url of the body",
    seen: "https://github.com/stripe/stripe-node/issues/1768",
    from: from.xero,
    cause: ["body_base64"],
    way: body((sent) => sent.toString("base64url")),
  },
  {
    name: "DocuSign through Perl's canonical JSON",
    seen: "https://metacpan.org/pod/JSON::PP",
    from: from.docusign,
    cause: reserialised,
    way: body((sent) =>
      piped(
        "perl",
        ["-MJSON::PP", "-0777", "-ne", "print JSON::PP->new->utf8->canonical->encode(JSON::PP->new->utf8->decode($_))"],
        sent,
      ),
    ),
    needs: ["perl"],
  },
  {
    name: "Xero through SQLite's json()",
    seen: "https://www.sqlite.org/json1.html",
    from: from.xero,
    message: {
      body: '{"events": [{"resourceUrl": "https://api.xero.com/a", "amount": 12.50, "category": "INVOICE"}], "entropy": "S0m3r4Nd0mt3xt"}\n',
    },
    cause: reserialised,
    way: body((sent) => piped("sqlite3", [":memory:", `SELECT json('${sent.toString().replaceAll("'", "''")}')`], "")),
    needs: ["sqlite3"],
  },
  {
    name: "Greenhouse's HTML, escaped by Go's json.Marshal",
    seen: "https://github.com/grnhse/greenhouse-api-docs/issues/276",
    from: from.greenhouse,
    cause: reserialised,
    way: body(escaping(/[<>&]/g)),
  },
  {
    name: "Discord's text, escaped by .NET's serializer in large hex",
    seen: "https://learn.microsoft.com/en-us/dotnet/standard/serialization/system-text-json/character-encoding",
    from: from.calendly,
    cause: reserialised,
    way: body(escaping(/['+<>&`]|[\u0080-\uffff]/g, true)),
  },
  {
    name: "Gson's escapes for pages",
    seen: "https://www.javadoc.io/doc/com.google.code.gson/gson/latest/com.google.gson/com/google/gson/GsonBuilder.html",
    from: from.lemon,
    message: {
      body: '{"meta":{"event_name":"order_created"},"url":"https://app.example.com/my-orders/1?expires=1&signature=a\'b","id":7}',
    },
    cause: reserialised,
    way: body(escaping(/[<>&=']/g)),
  },
  {
    name: "Shopify's line separators, escaped by Rails",
    seen: "https://github.com/jonpulice/node-shopify-auth/issues/2",
    from: from.lemon,
    message: { body: '{"id":7,"note":"one\u2028two\u2029three & more"}' },
    cause: reserialised,
    way: body(escaping(/[\u2028\u2029<>&]/g)),
  },
  {
    name: "an escape character that a lenient writer prints as it is",
    seen: "https://github.com/rocq-prover/bot/issues/224",
    from: github,
    message: { body: '{"action":"created","comment":{"body":"a \\u001b[1mbold\\u001b[0m word"}}' },
    cause: [...reserialised, "body_escaped"],
    way: body((sent) => sent.toString().replaceAll("\\u001b", "\u001b")),
  },
  {
    name: "1.0E-7 of a sender in Java, written by JavaScript",
    seen: "https://community.rapyd.net/t/running-into-error-while-demoing-rapyd-on-java/58265",
    from: from.gitea,
    message: { body: '{"rate":1.0E-7,"amount":1.5E10,"id":1}' },
    cause: reserialised,
    way: expressJson,
  },
  {
    name: "a negative zero",
    seen: "https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/JSON/stringify",
    from: from.forgejo,
    message: { body: '{"delta":-0,"balance":-0.0,"id":1}' },
    cause: reserialised,
    way: fastifyJson,
  },
  {
    name: "a key that is there twice, of which parsers keep the last",
    seen: "https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/JSON/stringify",
    from: from.bitbucket,
    message: { body: '{"actor":"a","repository":"b","actor":"c"}' },
    cause: reserialised,
    way: expressJson,
  },
  {
    name: "dates that a reviver made Dates of",
    seen: "https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/JSON/stringify",
    from: from.calendly,
    message: { body: '{"event":"invitee.created","created_at":"2026-07-14T03:33:20Z","payload":{"uri":"u"}}' },
    cause: reserialised,
    way: inExpress(
      (app) =>
        void app.use(
          express.json({
            reviver: (_: string, one: unknown) =>
              typeof one === "string" && /^\d{4}-\d\d-\d\dT/.test(one) ? new Date(one) : one,
          }),
        ),
      (req) => ({ body: JSON.stringify(req.body) }),
    ),
  },
  {
    name: "a line of a log with the body in it as text",
    seen: "https://getpino.io/",
    from: resend,
    cause: ["body_envelope"],
    way: body(
      (sent) =>
        `${JSON.stringify({ level: 30, time: 1_784_000_000_000, pid: 7, req: { id: 1, method: "POST" }, msg: sent.toString() })}\n`,
    ),
  },
  {
    name: "a capture of an inspection site, with the content in it",
    seen: "https://docs.webhook.site/",
    from: from.asana,
    cause: ["body_envelope"],
    way: body((sent) =>
      JSON.stringify({ uuid: "8a1d", type: "web", content: sent.toString(), headers: { host: ["webhook.site"] } }),
    ),
  },
  {
    name: "an event stream's line of a relay",
    seen: "https://github.com/probot/smee-client/issues/325",
    from: github,
    message: { body: bodies.githubIssue },
    cause: ["body_envelope"],
    way: body((sent) => `id: 7\ndata: ${sent}\n\n`),
  },
  {
    name: "a row of a table with the parsed event",
    seen: "https://supabase.com/docs/guides/database/webhooks",
    from: from.calendly,
    cause: ["body_envelope"],
    way: body((sent) =>
      JSON.stringify({
        type: "INSERT",
        table: "inbox",
        record: { id: 7, payload: JSON.parse(sent.toString()) },
        schema: "public",
      }),
    ),
  },
  {
    name: "Slack's escapes in small letters, as .NET writes them",
    seen: "https://learn.microsoft.com/en-us/dotnet/api/system.web.httputility.urlencode",
    from: slack,
    cause: ["form_reencoded"],
    way: body((sent) => sent.toString().replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase())),
  },
  {
    name: "Discord's blanks, through a formatter with one key a line and no blank behind the colon",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: discord,
    cause: reserialised,
    way: body((sent) => JSON.stringify(JSON.parse(sent.toString()), null, 1).replaceAll('": ', '":')),
  },
  {
    name: "a body that a database cut at its first character beyond three bytes",
    seen: "https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-utf8mb3.html",
    from: githubBytes,
    message: { body: bodies.github.replace("Plaça", "Placa") },
    cause: ["body_truncated"],
    way: body((sent) => sent.toString().split("😀")[0] ?? ""),
  },
];
