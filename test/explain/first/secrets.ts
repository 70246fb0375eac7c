import { execFileSync } from "node:child_process";
import { defineProvider, type MacScheme } from "@countersign/core";
import type { Case } from "../case.ts";
import { clerk, discord, github, linear, shopify, slack, standard, stripe, svix, twilio } from "../senders.ts";

/** In parts, so that no scanner takes them for real ones. */
const key = (...parts: readonly string[]) => parts.join("_");
const RANDOM = "51H8xyzAbCdEfGhIjKlMnOpQrStUvWxYz0123456789";
const shell = (line: string) => execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" });

export const secrets: readonly Case[] = [
  {
    name: "Stripe's API key in place of the signing secret",
    seen: "https://github.com/stripe/stripe-node/issues/356",
    from: stripe,
    cause: ["secret_is_api_key"],
    secret: () => key("sk", "test", RANDOM),
  },
  {
    name: "the id of Stripe's endpoint in place of its secret",
    seen: "https://github.com/stripe/stripe-node/issues/396",
    from: stripe,
    cause: ["secret_is_api_key"],
    secret: () => key("we", "1NG8Du2eZvKYlo2CUI79vXWy"),
  },
  {
    name: "Slack's bot token in place of the signing secret",
    seen: "https://github.com/slackapi/bolt-js/issues/112",
    from: slack,
    cause: ["secret_is_api_key"],
    secret: () => ["xoxb", "17653672481", "19874698323", "pdFZKVeTuE8sk7oOcBrzbqgy"].join("-"),
  },
  {
    name: "a personal access token in place of GitHub's webhook secret",
    seen: "https://github.com/matrix-org/matrix-hookshot/issues/842",
    from: github,
    cause: ["secret_is_api_key"],
    secret: () => key("ghp", "16C7e42F292c6912E7710c838347Ae178B4a"),
  },
  {
    name: "Shopify's access token in place of the app's API secret",
    seen: "https://github.com/Shopify/shopify_python_api/issues/720",
    from: shopify,
    cause: ["secret_is_api_key"],
    secret: () => key("shpat", "0123456789abcdef0123456789abcdef"),
  },
  {
    name: "Linear's API key in place of the webhook's secret",
    seen: "https://www.hookbase.app/blog/debugging-invalid-signature-errors",
    from: linear,
    cause: ["secret_is_api_key"],
    secret: () => key("lin", "api", RANDOM),
  },
  {
    name: "Clerk's secret key in place of the signing secret",
    seen: "https://github.com/lobehub/lobehub/issues/4084",
    from: clerk,
    cause: ["secret_is_api_key"],
    secret: () => key("sk", "live", RANDOM),
  },
  {
    name: "Discord's bot token in place of the public key",
    seen: "https://github.com/discord/discord-interactions-js/issues/26",
    from: discord,
    cause: ["secret_is_api_key", "secret_malformed"],
    secret: () => ["MTk4NjIyNDgzNDcxOTI1MjQ4", "Cl2FMQ", "ZnCjm1XVW7vRze4b7Cq4se7kKWs"].join("."),
  },
  {
    name: "a variable that was not set, written into a template by JavaScript",
    seen: "https://github.com/lobehub/lobehub/issues/4084",
    from: github,
    cause: ["secret_placeholder"],
    secret: () => `${process.env.COUNTERSIGN_NOT_SET}`,
  },
  {
    name: "a variable that nothing replaced",
    seen: "https://github.com/Karthikkk-24/ai-content-builder/issues/195",
    from: slack,
    cause: ["secret_placeholder"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the mistake.
    secret: () => shell("printf %s '${SLACK_SIGNING_SECRET}'"),
  },
  {
    name: "a password manager's reference that nothing resolved",
    seen: "https://developer.1password.com/docs/cli/secret-references/",
    from: stripe,
    cause: ["secret_placeholder"],
    secret: () => "op://Production/Stripe/webhook secret",
  },
  {
    name: "the bullets that a dashboard shows in place of the secret",
    seen: "https://www.hookbase.app/blog/debugging-invalid-signature-errors",
    from: github,
    cause: ["secret_placeholder"],
    secret: (secret) => "•".repeat(secret.length),
  },
  {
    name: "a Kubernetes secret made by echo, with its line break",
    seen: "https://github.com/coreos/fedora-coreos-pipeline/pull/663",
    from: stripe,
    cause: ["secret_whitespace"],
    secret: (secret) => shell(`echo "${secret}" | base64 | base64 -d`),
  },
  {
    name: "quotes of an env file that no shell reads",
    seen: "https://github.com/lobehub/lobehub/issues/4084",
    from: slack,
    cause: ["secret_quotes"],
    secret: (secret) => `SLACK_SIGNING_SECRET="${secret}"`.slice("SLACK_SIGNING_SECRET=".length),
  },
  {
    name: "the prefix twice, once from the template of the configuration",
    seen: "https://github.com/standard-webhooks/standard-webhooks/issues/235",
    from: clerk,
    cause: ["secret_prefix_doubled", "secret_prefix"],
    secret: (secret) => key("whsec", secret),
  },
  {
    name: "Stripe's secret without its prefix, as other libraries want it",
    seen: "https://github.com/standard-webhooks/standard-webhooks/issues/235",
    from: stripe,
    cause: ["secret_prefix_missing"],
    secret: (secret) => secret.slice("whsec_".length),
  },
  {
    name: "the base64 of a Kubernetes manifest in place of what it holds",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: github,
    cause: ["secret_base64"],
    secret: (secret) => shell(`printf %s "${secret}" | base64 -w0`),
  },
  {
    name: "the whole line of the env file in place of its value",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: twilio,
    cause: ["secret_env_line"],
    secret: (secret) => `TWILIO_AUTH_TOKEN=${secret}`,
  },
  {
    name: "a secret that a terminal wrapped into two lines",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: svix,
    cause: ["secret_line_break_inside", "secret_whitespace"],
    secret: (secret) => shell(`printf %s "${secret}" | fold -w 32`),
  },
  {
    name: "a zero-width blank copied from a web page",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: shopify,
    cause: ["secret_invisible"],
    secret: (secret) => `\u200b${secret}`,
  },
  {
    name: "the JSON of a secret store in place of the field",
    seen: "https://github.com/serverless/serverless/issues/537",
    from: github,
    cause: ["secret_json"],
    secret: (secret) => JSON.stringify({ GITHUB_WEBHOOK_SECRET: secret }),
  },
  {
    name: "the secret escaped for a URL",
    seen: "https://github.com/octokit/webhooks.js/issues/1079",
    from: github,
    cause: ["secret_url_encoded"],
    secret: (secret) => encodeURIComponent(secret),
  },
  {
    name: "another endpoint's secret, which nothing shows",
    seen: "https://github.com/stripe/stripe-node/issues/396",
    from: stripe,
    cause: ["no_explanation"],
    secret: () => key("whsec", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
  },
  {
    name: "a row of one's own that takes a Standard Webhooks secret as text",
    seen: "https://github.com/standard-webhooks/standard-webhooks/issues/235",
    from: standard,
    cause: ["secret_base64"],
    provider: defineProvider({
      ...standard.provider,
      name: "own",
      scheme: { ...(standard.provider.scheme as MacScheme), secret: "utf8" },
    }),
  },
];
