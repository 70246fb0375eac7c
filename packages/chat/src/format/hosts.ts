import { table } from "@countersign/core/checks";

/** The platforms that a message can be sent to, by the names that Tailscale gives them. */
export type ChatPlatform = "slack" | "discord" | "mattermost" | "googlechat";

/** Where a platform takes webhooks. */
export interface HostRow {
  /** What people call it. */
  readonly name: string;
  /** Its hosts; absent where its users run it on hosts of their own, with a scheme and port of their own. */
  readonly host?: RegExp;
  readonly example: string;
}

export const HOSTS: Readonly<Record<ChatPlatform, HostRow>> = table({
  slack: { name: "Slack", host: /^hooks\.slack(-gov)?\.com$/, example: "https://hooks.slack.com/services/…" },
  discord: {
    name: "Discord",
    host: /^((canary|ptb)\.)?discord(app)?\.com$/,
    example: "https://discord.com/api/webhooks/…",
  },
  googlechat: {
    name: "Google Chat",
    host: /^chat\.googleapis\.com$/,
    example: "https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
  },
  mattermost: { name: "Mattermost", example: "https://chat.example.com/hooks/…" },
});

/** A kind of address that looks like a chat webhook, but can never take a message. */
interface DeadEnd {
  readonly host: RegExp;
  readonly path: RegExp;
  readonly why: string;
}

export const DEAD_ENDS: readonly DeadEnd[] = [
  {
    host: /^hooks\.slack(-gov)?\.com$/,
    path: /^\/(triggers|workflows)\//,
    why: "is a Slack Workflow Builder address, which starts a workflow and takes no messages. Create an incoming webhook (a URL with /services/) in a Slack app instead",
  },
  {
    host: /(^|\.)(webhook\.office\.com|outlook\.office(365)?\.com)$/,
    path: /./,
    why: "is an Office 365 connector, which Microsoft has retired. Microsoft Teams is not supported yet",
  },
  {
    host: /\.(logic\.azure\.com|api\.powerplatform\.com)$/,
    path: /./,
    why: "is a Power Automate workflow. Microsoft Teams is not supported yet",
  },
];
