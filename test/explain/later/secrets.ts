import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "../case.ts";
import { inFolder, piped } from "../programs.ts";
import {
  acme,
  contentful,
  discord,
  dropbox,
  github,
  gitlab,
  hubspot,
  intercom,
  line,
  linear,
  meta,
  notion,
  paddle,
  pagerduty,
  razorpay,
  resend,
  sentry,
  shopify,
  slack,
  square,
  standard,
  standardOdd,
  stripe,
  svix,
  twilio,
  typeform,
  vercel,
  withSecret,
  zendesk,
  zoom,
} from "../senders.ts";

const key = (...parts: readonly string[]) => parts.join("_");
const LETTERS = "0123456789abcdefABCDEF0123456789abcdef";
const shell = (line: string) => execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" });
const LIST = "https://www.hookbase.app/blog/debugging-invalid-signature-errors";
const UNSET = "https://github.com/lobehub/lobehub/issues/4084";
const SPACES = "https://github.com/heripo-lab/heripo-engine/pull/47";

/** What people took for the secret, by what it is. */
const keys: readonly (readonly [from: Case["from"], what: string, text: string])[] = [
  [notion, "Notion's integration token", key("ntn", LETTERS)],
  [razorpay, "Razorpay's key id", key("rzp", "test", "1DP5mmOlF5G5ag")],
  [twilio, "Twilio's account SID", `AC${"0f".repeat(16)}`],
  [resend, "Resend's API key", key("re", "123456789", "abcdefghij")],
  [hubspot, "HubSpot's private app token", ["pat", "na1", randomUUID()].join("-")],
  [typeform, "Typeform's access token", key("tfp", LETTERS)],
  [paddle, "Paddle's API key", key("pdl", "live", "apikey", LETTERS)],
  [sentry, "Sentry's auth token", key("sntrys", LETTERS)],
  [square, "Square's access token", `EAAA${LETTERS}`],
  [discord, "Discord's application id", "845027738276462632"],
  [zoom, "Zoom's JSON Web Token", ["eyJhbGciOiJIUzI1NiJ9", "eyJpc3MiOiJhIn0", "c2ln"].join(".")],
  [line, "the endpoint's own URL", "https://example.com/hooks/line"],
];
/** What was left where the secret should be. */
const placeholders: readonly (readonly [from: Case["from"], what: string, text: string])[] = [
  [vercel, "an expression of a workflow", `\${{ secrets.VERCEL }}`],
  [pagerduty, "a value of a Helm chart", "{{ .Values.pagerduty.secret }}"],
  [meta, "an ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:meta-AbCdEf"],
  [intercom, "a reference for Vault", "vault:secret/data/intercom#client_secret"],
  [zendesk, "null from a configuration", String(JSON.parse("null"))],
  [linear, "the example's own placeholder", "your-linear-webhook-secret"],
  [shopify, "a variable's name with its dollar sign", "$SHOPIFY_API_SECRET"],
  [svix, "dots of the dashboard", "whsec_••••••••••••"],
];

const other = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x as string;

export const secrets: readonly Case[] = [
  ...keys.map(
    ([from, what, text]): Case => ({
      name: `${what} in place of the secret`,
      seen: LIST,
      from,
      cause: ["secret_is_api_key"],
      secret: () => text,
    }),
  ),
  ...placeholders.map(
    ([from, what, text]): Case => ({
      name: `${what} that nothing replaced`,
      seen: UNSET,
      from,
      cause: ["secret_placeholder"],
      secret: () => text,
    }),
  ),
  {
    name: "an env file with CRLF, split at its line feeds",
    seen: SPACES,
    from: linear,
    cause: ["secret_whitespace"],
    secret: (secret) => `A=1\r\nLINEAR=${secret}\r\nB=2`.split("\n")[1]?.slice("LINEAR=".length) as string,
  },
  {
    name: "a mounted secret file that an editor ended with a line break, read as bytes",
    seen: "https://github.com/coreos/fedora-coreos-pipeline/pull/663",
    from: sentry,
    cause: ["secret_whitespace"],
    secret: (secret) =>
      inFolder((folder) => {
        writeFileSync(join(folder, "secret"), `${secret}\n`);
        return new Uint8Array(readFileSync(join(folder, "secret")));
      }),
  },
  {
    name: "a blank that was copied in front",
    seen: SPACES,
    from: paddle,
    cause: ["secret_whitespace"],
    secret: (secret) => ` ${secret}`,
  },
  {
    name: "a no-break blank from a web page",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: zoom,
    cause: ["secret_invisible", "secret_whitespace"],
    secret: (secret) => `${secret}\u00a0`,
  },
  {
    name: "a soft hyphen inside",
    seen: "https://webhookwhisper.com/webhook-errors/signature-mismatch",
    from: hubspot,
    cause: ["secret_invisible"],
    secret: (secret) => secret.replace("-", "-\u00ad"),
  },
  {
    name: "a word processor's quotes",
    seen: UNSET,
    from: meta,
    cause: ["secret_quotes"],
    secret: (secret) => `“${secret}”`,
  },
  {
    name: "the quotes and the comma of a JSON line",
    seen: UNSET,
    from: dropbox,
    cause: ["secret_quotes"],
    secret: (secret) => `"${secret}",`,
  },
  {
    name: "a value of a shell script with export and quotes",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: razorpay,
    cause: ["secret_env_line"],
    secret: (secret) => `export RAZORPAY_SECRET='${secret}'`,
  },
  {
    name: "a comment behind the value",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: sentry,
    cause: ["secret_env_line"],
    secret: (secret) => `${secret} # from the dashboard`,
  },
  {
    name: "base64 in lines, as base64 writes it",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: contentful,
    cause: ["secret_base64"],
    secret: (secret) => piped("base64", [], secret).toString(),
  },
  {
    name: "what xxd makes of the secret",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: acme,
    cause: ["secret_hex"],
    secret: (secret) => piped("od", ["-An", "-v", "-tx1"], secret).toString().replace(/\s+/g, ""),
  },
  {
    name: "a nested field of a secret store's JSON",
    seen: "https://github.com/serverless/serverless/issues/537",
    from: square,
    cause: ["secret_json"],
    secret: (secret) => JSON.stringify({ SecretString: { user: "square", signatureKey: secret } }),
  },
  {
    name: "dollar signs doubled for Compose",
    seen: UNSET,
    from: withSecret("pa$$word$1"),
    cause: ["secret_escaped"],
    secret: (secret) => secret.replaceAll("$", "$$$$"),
  },
  {
    name: "an ampersand as a page's source has it",
    seen: LIST,
    from: withSecret("this&that<3"),
    cause: ["secret_escaped"],
    secret: (secret) => secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  },
  {
    name: "a secret that a form decoded",
    seen: "https://github.com/octokit/webhooks.js/issues/1079",
    from: withSecret("a+b/c=="),
    cause: ["secret_url_encoded"],
    secret: (secret) => encodeURIComponent(secret),
  },
  {
    name: "letters that a tool made large",
    seen: LIST,
    from: twilio,
    cause: ["secret_case"],
    secret: (secret) => secret.toUpperCase(),
  },
  {
    name: "Linear's secret without its prefix",
    seen: "https://github.com/standard-webhooks/standard-webhooks/issues/235",
    from: linear,
    cause: ["secret_prefix_missing"],
    secret: (secret) => secret.replace("lin_wh_", ""),
  },
  {
    name: "Standard Webhooks' secret decoded before it was given as text",
    seen: "https://github.com/standard-webhooks/standard-webhooks/issues/235",
    from: standard,
    cause: ["secret_used_raw", "secret_encoded", "secret_malformed"], // The first two are the same key, and told so.
    secret: (secret) => Buffer.from(secret.slice("whsec_".length), "base64").toString(),
  },
  {
    name: "Standard Webhooks' secret in base64url",
    seen: "https://github.com/standard-webhooks/standard-webhooks/issues/235",
    from: standardOdd,
    cause: ["secret_base64"],
    secret: (secret) => secret.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
  },
  {
    name: "GitLab's token in quotes",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: gitlab,
    cause: ["secret_whitespace", "secret_quotes"],
    secret: (secret) => `"${secret}"`,
  },
  {
    name: "GitLab's token as a manifest's base64",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: gitlab,
    cause: ["secret_base64"],
    secret: (secret) => shell(`printf %s "${secret}" | base64`).trim(),
  },
  {
    name: "GitLab's personal access token in place of the webhook's",
    seen: "https://github.com/tektoncd/pipelines-as-code/issues/658",
    from: gitlab,
    cause: ["secret_is_api_key"],
    secret: () => ["glpat", "0123456789abcdefghij"].join("-"),
  },
  ...[
    [svix, `whsec_${Buffer.from("another key of thirty-two bytes!").toString("base64")}`] as const,
    [twilio, "0123456789abcdef0123456789abcdef"] as const,
    [shopify, "fedcba9876543210fedcba9876543210"] as const,
    [discord, Buffer.from(other, "base64url").toString("hex")] as const,
    [slack, "00112233445566778899aabbccddeeff"] as const,
    [gitlab, "another token of another project"] as const,
    [github, "mysecret"] as const,
    [stripe, key("whsec", "00112233445566778899aabbccddeeff")] as const,
  ].map(
    ([from, secret]): Case => ({
      name: `another secret for ${from.provider.name}, which nothing shows`,
      seen: "https://github.com/stripe/stripe-node/issues/396",
      from,
      cause: ["no_explanation"],
      secret: () => secret,
    }),
  ),
];
