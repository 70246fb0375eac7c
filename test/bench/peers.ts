/** Other verifiers, each on its own signature and body, against ours doing the same work in the same run. */
import { createHmac } from "node:crypto";
import { WebhookVerificationService } from "@hookflo/tern";
import * as octokit from "@octokit/webhooks-methods";
import { verifySlackRequest } from "@slack/bolt";
import { Webhook as LettermintWebhook } from "lettermint";
import { Webhook as StandardWebhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";
import { importPacked } from "../packed/pack.ts";
import { stripeEvent, stripeHeader } from "./bodies.ts";
import { type Row, race, type Task } from "./measure.ts";
import { SECRET } from "./server.ts";
import { ns } from "./verify.ts";

interface Contest {
  readonly name: string;
  /** What both sides do. */
  readonly work: string;
  readonly theirs: Task;
  readonly ours: Task;
}

const WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

export async function benchPeers(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, work, theirs, ours } of await contests()) {
    const both = await race({ theirs, ours }, { rounds: 100, milliseconds: 5 });
    rows.push({
      name: `${name} / ours`,
      ...both.ratio("theirs", "ours"),
      target: [">=", 1.35],
      note: `${work}; ${ns(both.cost("theirs"))} against ${ns(both.cost("ours"))}`,
    });
  }
  return rows;
}

async function contests(): Promise<Contest[]> {
  const core = await importPacked<typeof import("@countersign/core")>("@countersign/core");
  const rows = await importPacked<typeof import("@countersign/core/providers")>("@countersign/core/providers");
  const { createVerifier, sign } = core;
  const bytes = stripeEvent();
  const text = bytes.toString("utf8");
  const tolerance = "24h";
  const day = 86_400;

  const { header } = stripeHeader(bytes, SECRET);
  const stripe = new Stripe("sk_test_unused").webhooks;
  const ofStripe = createVerifier(rows.stripe, { secret: SECRET, tolerance });
  const stripeHeaders = { "stripe-signature": header };

  // These accept five minutes, as they come: what they verify is signed anew before that is over.
  const standard = createVerifier(rows.standardWebhooks, { secret: WHSEC });
  const ofSvix = createVerifier(rows.svix, { secret: WHSEC });
  const standardHeaders = await sign(rows.standardWebhooks, { secret: WHSEC, body: text });
  const svixHeaders = await sign(rows.svix, { secret: WHSEC, body: text });
  const svix = new SvixWebhook(WHSEC);
  const standardwebhooks = new StandardWebhook(WHSEC);

  const githubHeaders = await sign(rows.github, { secret: SECRET, body: text });
  const ofGithub = createVerifier(rows.github, { secret: SECRET, payload: "raw" });
  const githubSignature = githubHeaders["x-hub-signature-256"] as string;
  const githubRequest = () =>
    new Request("https://example.com/", { method: "POST", headers: githubHeaders, body: text });
  const ofGithubJson = createVerifier(rows.github, { secret: SECRET });

  const slackHeaders = await sign(rows.slack, { secret: SECRET, body: text });
  const ofSlack = createVerifier(rows.slack, { secret: SECRET, payload: "raw" });
  const bolt = {
    signingSecret: SECRET,
    body: text,
    headers: {
      "x-slack-signature": slackHeaders["x-slack-signature"] as string,
      "x-slack-request-timestamp": Number(slackHeaders["x-slack-request-timestamp"]),
    },
  };

  const t = Math.floor(Date.now() / 1000);
  const hex = createHmac("sha256", SECRET).update(`${t}.${text}`).digest("hex");
  const lettermint = new LettermintWebhook(SECRET, { tolerance: day });
  const ofLettermint = createVerifier(rows.timestampedSignature({ header: "x-lettermint-signature" }), {
    secret: SECRET,
    tolerance,
  });
  const lettermintHeaders = { "x-lettermint-signature": `t=${t},v1=${hex}` };

  const post = (headers: Record<string, string>, body: string | Buffer) => ({
    method: "POST",
    url: "/",
    headers,
    body,
  });
  return [
    {
      name: "stripe, bytes",
      work: "bytes to an event",
      theirs: () => stripe.constructEvent(bytes, header, SECRET, day),
      ours: () => ofStripe.verify(post(stripeHeaders, bytes)),
    },
    {
      name: "stripe, text",
      work: "text to an event",
      theirs: () => stripe.constructEvent(text, header, SECRET, day),
      ours: () => ofStripe.verify(post(stripeHeaders, text)),
    },
    {
      name: "svix",
      work: "text to an event",
      theirs: () => svix.verify(text, svixHeaders),
      ours: () => ofSvix.verify(post(svixHeaders, text)),
    },
    {
      name: "standardwebhooks",
      work: "text to an event",
      theirs: () => standardwebhooks.verify(text, standardHeaders),
      ours: () => standard.verify(post(standardHeaders, text)),
    },
    {
      name: "@octokit/webhooks-methods",
      work: "text to a verdict",
      theirs: () => octokit.verify(SECRET, text, githubSignature),
      ours: () => ofGithub.verify(post(githubHeaders, text)),
    },
    {
      name: "@slack/bolt",
      work: "text to a verdict",
      theirs: () => verifySlackRequest(bolt),
      ours: () => ofSlack.verify(post(slackHeaders, text)),
    },
    {
      name: "lettermint",
      work: "text to an event",
      theirs: () => lettermint.verify(text, `t=${t},v1=${hex}`),
      ours: () => ofLettermint.verify(post(lettermintHeaders, text)),
    },
    {
      name: "@hookflo/tern",
      work: "a Fetch request to an event",
      theirs: () => WebhookVerificationService.verifyWithPlatformConfig(githubRequest(), "github", SECRET),
      ours: () => ofGithubJson.verifyRequest(githubRequest()),
    },
  ];
}
