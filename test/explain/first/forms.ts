import { stringify } from "node:querystring";
import express from "express";
import * as bodies from "../bodies.ts";
import { asSent, type Case } from "../case.ts";
import { piped } from "../programs.ts";
import { inExpress } from "../roads.ts";
import { github, slack, twilio } from "../senders.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const urlencoded = (hand: (fields: any) => string) =>
  inExpress(
    (app) => void app.use(express.urlencoded({ extended: true })),
    (req) => ({ body: hand(req.body) }),
  );

export const forms: readonly Case[] = [
  {
    name: "Slack's command parsed by Express, and querystring.stringify()",
    seen: "https://github.com/slackapi/node-slack-events-api/issues/92",
    from: slack,
    cause: ["form_reencoded"],
    way: urlencoded((fields) => stringify(fields)),
  },
  {
    name: "Slack's asterisk, which URLSearchParams does not escape",
    seen: "https://github.com/slackapi/java-slack-sdk/issues/1290",
    from: slack,
    cause: ["form_reencoded"],
    way: urlencoded((fields) => new URLSearchParams(fields).toString()),
  },
  {
    name: "Slack's command parsed and written by Python",
    seen: "https://github.com/slackapi/node-slack-events-api/issues/92",
    from: slack,
    cause: ["form_reencoded"],
    way: (sent) => ({
      ...asSent(sent),
      body: piped(
        "python3",
        [
          "-c",
          "import sys,urllib.parse as u; sys.stdout.write(u.urlencode(u.parse_qsl(sys.stdin.read()), quote_via=u.quote))",
        ],
        sent.body,
      ),
    }),
    needs: ["python3"],
  },
  {
    name: "Slack's command made JSON",
    seen: "https://github.com/slackapi/bolt-js/issues/112",
    from: slack,
    cause: ["form_as_json"],
    way: urlencoded((fields) => JSON.stringify(fields)),
  },
  {
    name: "the payload of Slack's button alone",
    seen: "https://github.com/slackapi/java-slack-sdk/issues/254",
    from: slack,
    message: { body: bodies.slackAction },
    cause: ["form_payload_only"],
    way: urlencoded((fields) => fields.payload),
  },
  {
    name: "Slack's form decoded as a whole",
    seen: "https://github.com/slackapi/java-slack-sdk/issues/1290",
    from: slack,
    message: { body: bodies.slackAction },
    cause: ["form_decoded", "form_reencoded"],
    way: (sent) => ({ ...asSent(sent), body: decodeURIComponent(Buffer.from(sent.body).toString()) }),
  },
  {
    name: "GitHub's form, of which the handler saw the payload",
    seen: "https://github.com/octokit/webhooks.js/issues/71",
    from: github,
    message: { body: new URLSearchParams({ payload: bodies.githubIssue }).toString(), headers: form },
    cause: ["form_payload_only"],
    way: urlencoded((fields) => fields.payload),
  },
  {
    name: "Twilio's form made JSON",
    seen: "https://github.com/twilio/twilio-node/issues/81",
    from: twilio,
    cause: ["form_as_json"],
    way: urlencoded((fields) => JSON.stringify(fields)),
  },
];
