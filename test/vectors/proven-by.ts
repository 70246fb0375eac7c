import { vectors } from "./vectors.ts";

/** Rows that the vendor's own library is asked about in each run: `test/interop`. */
const ASKED: Readonly<Record<string, string>> = {
  stripe: "stripe",
  "standard-webhooks": "standardwebhooks",
  svix: "svix",
  resend: "resend",
  github: "@octokit/webhooks-methods",
  slack: "@slack/bolt",
  discord: "discord-interactions",
  razorpay: "razorpay",
  notion: "@notionhq/client",
  linear: "@linear/sdk",
  paddle: "@paddle/paddle-node-sdk",
  workos: "@workos-inc/node",
  contentful: "@contentful/node-apps-toolkit",
  twilio: "twilio",
  sendgrid: "@sendgrid/eventwebhook",
  telnyx: "telnyx",
};

/**
 * By what a row is shown to be the vendor's scheme: its library, its own source or tests, a value on its page, or nothing
 * but the words of its description.
 */
export function provenBy(name: string): string {
  const library = ASKED[name];
  if (library !== undefined) return `\`${library}\``;
  const sources = vectors.filter(({ provider }) => provider.name === name).map(({ source }) => source);
  // Calls have no vector: the header that they read is documented.
  if (sources.length === 0) return "its page";
  const best = sources.find((source) => !source.startsWith("computed from")) ?? "";
  const taken = /^(@?[\w./-]+) [\d.]+ /.exec(best)?.[1];
  if (taken !== undefined) return `\`${taken}\``;
  if (/^https:|'s page/.test(best)) return "its page";
  return best === "" ? "its description" : "its source";
}
