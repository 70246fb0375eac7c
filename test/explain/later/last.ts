import { createHmac } from "node:crypto";
import { Hono } from "hono";
import * as bodies from "../bodies.ts";
import { asSent, type Case, type Sent } from "../case.ts";
import { inFolder, piped, throughApache, throughNginx } from "../programs.ts";
import { inNode } from "../roads.ts";
import * as from from "../senders.ts";

const SEEN = "https://webhookwhisper.com/webhook-errors/signature-mismatch";
const body = (change: (sent: Buffer) => Uint8Array | string) => (sent: Sent) => ({
  ...asSent(sent),
  body: change(Buffer.from(sent.body)),
});
const wrapped = (change: (text: string) => unknown) => body((sent) => JSON.stringify(change(sent.toString())));
const base64 = (text: string) => Buffer.from(text).toString("base64");
const url = (change: (url: string) => string) => (sent: Sent) => ({ ...asSent(sent), url: change(sent.url) });
const header = (name: string, change: (value: string) => string) => (sent: Sent) => ({
  ...asSent(sent),
  headers: { ...sent.headers, [name]: change(sent.headers[name] as string) },
});
const iconv = (to: string) => body((sent) => piped("iconv", ["-f", "UTF-8", "-t", to], sent));

export const last: readonly Case[] = [
  {
    name: "Slack's command through Hono's parseBody()",
    seen: SEEN,
    from: from.slack,
    cause: ["form_as_json"],
    way: async (sent) => {
      const app = new Hono();
      app.post("*", async (c) => c.json(await c.req.parseBody()));
      const answer = await app.request(sent.url, {
        method: "POST",
        headers: sent.headers,
        body: Buffer.from(sent.body),
      });
      return { ...asSent(sent), body: await answer.text() };
    },
  },
  {
    name: "setEncoding('hex')",
    seen: SEEN,
    from: from.github,
    cause: ["body_bytes_written_out"],
    way: inNode(async (req) => {
      req.setEncoding("hex");
      let text = "";
      for await (const one of req) text += one;
      return text;
    }),
  },
  {
    name: "setEncoding('base64')",
    seen: SEEN,
    from: from.linear,
    cause: ["body_base64"],
    way: inNode(async (req) => {
      req.setEncoding("base64");
      let text = "";
      for await (const one of req) text += one;
      return text;
    }),
  },
  {
    name: "UTF-8 decoded as UTF-16",
    seen: SEEN,
    from: from.meta,
    message: { body: `${bodies.meta}${bodies.meta.length % 2 === 0 ? "" : " "}` },
    cause: ["body_charset"],
    way: body((sent) => sent.toString("utf16le")),
  },
  {
    name: "Cyrillic in Windows-1251",
    seen: SEEN,
    from: from.vercel,
    message: { body: '{"name":"Привет, мир"}' },
    cause: ["body_charset"],
    way: iconv("CP1251"),
    needs: ["iconv"],
  },
  {
    name: "Chinese in GB18030",
    seen: SEEN,
    from: from.line,
    message: { body: '{"text":"你好，世界"}' },
    cause: ["body_charset"],
    way: iconv("GB18030"),
    needs: ["iconv"],
  },
  {
    name: "a data URI",
    seen: SEEN,
    from: from.stripe,
    cause: ["body_base64"],
    way: body((sent) => `data:application/json;base64,${sent.toString("base64")}`),
  },
  {
    name: "a stream's record",
    seen: SEEN,
    from: from.paddle,
    cause: ["body_envelope"],
    way: wrapped((text) => ({ Records: [{ kinesis: { partitionKey: "a", data: base64(text) } }] })),
  },
  {
    name: "a batch of a queue with one message",
    seen: SEEN,
    from: from.zoom,
    cause: ["body_envelope"],
    way: wrapped((text) => ({ queue: "hooks", messages: [{ id: "1", body: text }] })),
  },
  {
    name: "a notification inside a queue's record",
    seen: SEEN,
    from: from.square,
    cause: ["body_envelope"],
    way: wrapped((text) => ({ Records: [{ body: JSON.stringify({ Type: "Notification", Message: text }) }] })),
  },
  {
    name: "an event grid's list with its data parsed",
    seen: SEEN,
    from: from.hubspot,
    message: { body: '{"portalId":62515}' },
    cause: ["body_envelope"],
    way: wrapped((text) => [{ id: "1", eventType: "hook", data: JSON.parse(text) }]),
  },
  {
    name: "a proof of concept's wrapper with the parsed body",
    seen: SEEN,
    from: from.resend,
    cause: ["body_envelope"],
    way: wrapped((text) => ({ headers: {}, body: JSON.parse(text), query: {} })),
  },
  {
    name: "a secret as JSON escapes it",
    seen: SEEN,
    from: from.withSecret("a&b<c>"),
    cause: ["secret_escaped", "secret_json"],
    secret: () => "a\\u0026b\\u003cc\\u003e",
  },
  {
    name: "a comment without a blank in front",
    seen: SEEN,
    from: from.sentry,
    cause: ["secret_env_line"],
    secret: (secret) => `${secret}#prod`,
  },
  {
    name: "a YAML file's quoted line",
    seen: SEEN,
    from: from.zoom,
    cause: ["secret_env_line"],
    secret: (secret) => `zoom_secret: "${secret}"`,
  },
  {
    name: "a secret from a file with a byte order mark",
    seen: SEEN,
    from: from.linear,
    cause: ["secret_invisible"],
    secret: (secret) => inFolder(() => `\ufeff${secret}\r\n`),
  },
  {
    name: "Markdown's backticks",
    seen: SEEN,
    from: from.paddle,
    cause: ["secret_quotes"],
    secret: (secret) => `\`${secret}\``,
  },
  {
    name: "angle brackets of an example left around it",
    seen: SEEN,
    from: from.intercom,
    cause: ["secret_quotes"],
    secret: (secret) => `<${secret}>`,
  },
  {
    name: "GitHub's private key in place of the secret",
    seen: SEEN,
    from: from.github,
    cause: ["secret_is_api_key"],
    secret: () => ["-----BEGIN", "RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"].join(" "),
  },
  {
    name: "Discord's client secret in place of the public key",
    seen: SEEN,
    from: from.discord,
    cause: ["secret_malformed", "secret_is_api_key"],
    secret: () => "937it3ow87i4ery69876wqire",
  },
  {
    name: "Zendesk's time through a Date and back",
    seen: SEEN,
    from: from.zendesk,
    cause: ["timestamp_rewritten", "timestamp_malformed"],
    way: header("x-zendesk-webhook-signature-timestamp", (text) => new Date(text).toISOString()),
  },
  {
    name: "quotes around Slack's time",
    seen: SEEN,
    from: from.slack,
    cause: ["timestamp_malformed", "timestamp_rewritten"],
    way: header("x-slack-request-timestamp", (text) => JSON.stringify(text)),
  },
  {
    name: "HubSpot's time in seconds, converted by a middleware",
    seen: SEEN,
    from: from.hubspot,
    cause: ["timestamp_rewritten", "timestamp_in_seconds", "timestamp_too_old"],
    way: header("x-hubspot-request-timestamp", (text) => text.slice(0, -3)),
  },
  {
    name: "Svix's two signatures joined by a comma",
    seen: SEEN,
    from: from.svix,
    cause: ["layout"],
    way: header("svix-signature", (text) => `v1,${"A".repeat(43)}=,${text}`),
  },
  {
    name: "a sender that swaps key and body",
    seen: SEEN,
    from: from.typeform,
    cause: ["key_and_content_swapped"],
    way: (sent) => ({
      ...asSent(sent),
      headers: {
        "typeform-signature": `sha256=${createHmac("sha256", sent.body).update(from.typeform.secret).digest("base64")}`,
      },
    }),
  },
  {
    name: "Fetch headers with the signature appended twice",
    seen: SEEN,
    from: from.shopify,
    cause: ["header_twice"],
    way: (sent) => {
      const all = new Headers(sent.headers);
      all.append("x-shopify-hmac-sha256", sent.headers["x-shopify-hmac-sha256"] as string);
      return { ...asSent(sent), headers: Object.fromEntries(all) };
    },
  },
  {
    name: "nginx's underscores for GitHub's header",
    seen: SEEN,
    from: from.github,
    cause: ["header_renamed"],
    way: (sent) => ({ ...asSent(sent), headers: { x_hub_signature_256: sent.headers["x-hub-signature-256"] } }),
  },
  {
    name: "Apache that keeps the host, over http",
    seen: SEEN,
    from: from.hubspot,
    cause: ["url_scheme"],
    way: throughApache("ProxyPreserveHost On\nProxyPass / APP/"),
    needs: ["apache2"],
  },
  {
    name: "nginx that adds its port to the host",
    seen: SEEN,
    from: from.square,
    cause: ["url_port"],
    way: throughNginx("location / { proxy_pass APP; proxy_set_header Host $host:$server_port; }"),
    needs: ["nginx"],
  },
  {
    name: "a path quoted again by Python",
    seen: SEEN,
    from: from.square,
    message: { url: "https://example.com/in/a,b(c)" },
    cause: ["url_escapes", "url_query"],
    way: url(
      (one) =>
        `https://example.com${piped("python3", ["-c", `import urllib.parse as u;print(u.quote('${new URL(one).pathname}'),end='')`], "").toString()}`,
    ),
    needs: ["python3"],
  },
  {
    name: "an empty query left by a framework",
    seen: SEEN,
    from: from.twilio,
    message: { url: "https://example.com/sms" },
    cause: ["url_query"],
    way: url((one) => `${one}?`),
  },
  {
    name: "a fragment that a client kept",
    seen: SEEN,
    from: from.twilio,
    message: { url: "https://example.com/sms" },
    cause: ["url_query"],
    way: url((one) => `${one}#top`),
  },
];
