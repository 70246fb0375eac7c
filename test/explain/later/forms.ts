import { stringify } from "node:querystring";
import express from "express";
import * as bodies from "../bodies.ts";
import { asSent, type Case, type Sent } from "../case.ts";
import { piped } from "../programs.ts";
import { inExpress, inNode } from "../roads.ts";
import { github, slack, twilio } from "../senders.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const urlencoded = (hand: (fields: any) => string) =>
  inExpress(
    (app) => void app.use(express.urlencoded({ extended: true })),
    (req) => ({ body: hand(req.body) }),
  );
const python = (program: string) =>
  inNode(async (req) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    return piped(
      "python3",
      ["-c", `import sys,json,urllib.parse as u\nraw=sys.stdin.read()\n${program}`],
      Buffer.concat(chunks),
    );
  });
const SLACK = "https://github.com/slackapi/node-slack-events-api/issues/92";

export const forms: readonly Case[] = [
  {
    name: "Slack's button, its payload parsed and written again",
    seen: SLACK,
    from: slack,
    message: { body: bodies.slackAction },
    cause: ["form_payload_only", "form_as_json"],
    way: urlencoded((fields) => JSON.stringify(JSON.parse(fields.payload))),
  },
  {
    name: "Slack's button with the whole form as JSON",
    seen: "https://github.com/slackapi/bolt-js/issues/112",
    from: slack,
    message: { body: bodies.slackAction },
    cause: ["form_as_json"],
    way: urlencoded((fields) => JSON.stringify(fields)),
  },
  {
    name: "Slack's button through querystring.stringify()",
    seen: SLACK,
    from: slack,
    message: { body: bodies.slackAction },
    cause: ["form_reencoded"],
    way: urlencoded((fields) => stringify(fields)),
  },
  {
    name: "Slack's fields in the order of their names",
    seen: SLACK,
    from: slack,
    message: { body: bodies.slackCommand },
    cause: ["form_reencoded"],
    way: python("sys.stdout.write(u.urlencode(sorted(u.parse_qsl(raw))))"),
    needs: ["python3"],
  },
  {
    name: "Slack's empty field, which Python drops",
    seen: SLACK,
    from: slack,
    message: { body: `${bodies.slackCommand}&enterprise_name=` },
    cause: ["form_reencoded"],
    way: python("sys.stdout.write(u.urlencode(u.parse_qsl(raw)))"),
    needs: ["python3"],
  },
  {
    name: "Slack's command decoded as a whole by Python",
    seen: "https://github.com/slackapi/java-slack-sdk/issues/1290",
    from: slack,
    cause: ["form_decoded", "form_reencoded"],
    way: python("sys.stdout.write(u.unquote_plus(raw))"),
    needs: ["python3"],
  },
  {
    name: "Slack's JSON event through express.json()",
    seen: "https://github.com/slackapi/bolt-js/issues/112",
    from: slack,
    message: { body: bodies.slackEvent, headers: { "content-type": "application/json" } },
    cause: ["body_reserialised"],
    way: inExpress(
      (app) => void app.use(express.json()),
      (req) => ({ body: JSON.stringify(req.body) }),
    ),
  },
  {
    name: "GitHub's form through querystring.stringify()",
    seen: "https://github.com/octokit/webhooks.js/issues/71",
    from: github,
    message: { body: new URLSearchParams({ payload: bodies.githubIssue }).toString(), headers: form },
    cause: ["form_reencoded"],
    way: urlencoded((fields) => stringify(fields)),
  },
  {
    name: "GitHub's form, its payload parsed and written again",
    seen: "https://github.com/octokit/webhooks.js/issues/71",
    from: github,
    message: { body: new URLSearchParams({ payload: bodies.githubIssue }).toString(), headers: form },
    cause: ["form_payload_only", "form_as_json"],
    way: urlencoded((fields) => JSON.stringify(JSON.parse(fields.payload))),
  },
  {
    name: "Twilio's plus sign, not escaped",
    seen: "https://github.com/twilio/twilio-node/issues/1183",
    from: twilio,
    cause: ["form_decoded", "form_reencoded"],
    way: (sent: Sent) => ({ ...asSent(sent), body: Buffer.from(sent.body).toString().replaceAll("%2B", "+") }),
  },
  {
    name: "Twilio's form as JSON, with the content type of JSON",
    seen: "https://github.com/twilio/twilio-node/issues/81",
    from: twilio,
    cause: ["form_as_json"],
    way: async (sent: Sent) => {
      const received = await urlencoded((fields) => JSON.stringify(fields))(sent);
      return { ...received, headers: { ...received.headers, "content-type": "application/json" } };
    },
  },
];
