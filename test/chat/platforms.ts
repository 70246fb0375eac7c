import { type ChatFormat, type ChatOptions, discord, googleChat, mattermost, slack } from "@countersign/chat";
import { checkDiscord } from "./checks/discord.ts";
import { checkGoogleChat } from "./checks/google-chat.ts";
import { checkMattermost } from "./checks/mattermost.ts";
import { checkSlack } from "./checks/slack.ts";
import { readDiscord } from "./readers/discord.ts";
import { readGoogleChat } from "./readers/google-chat.ts";
import { readMattermost } from "./readers/mattermost.ts";
import { readSlack } from "./readers/slack.ts";
import { discordStandIn } from "./standins/discord.ts";
import { googleChatStandIn } from "./standins/google-chat.ts";
import { mattermostStandIn } from "./standins/mattermost.ts";
import { slackStandIn } from "./standins/slack.ts";
import type { StandIn } from "./standins/stand-in.ts";

/** A platform, and everything by which the tests judge what is sent to it. */
export interface Platform {
  readonly name: string;
  readonly make: (options?: ChatOptions) => ChatFormat<object>;
  /** What the platform would refuse in a payload. */
  readonly check: (body: string) => string[];
  /** What a client would do with it: pings, links, layout that nobody asked for. */
  readonly read: (body: string) => { harm: string[]; links: string[] };
  /** A server that behaves as the platform does. */
  readonly start: (now: () => number) => Promise<StandIn>;
  /** A webhook URL such as the platform gives. */
  readonly url: string;
}

export const platforms: readonly Platform[] = [
  {
    name: "slack",
    make: slack,
    check: checkSlack,
    read: readSlack,
    start: slackStandIn,
    url: "https://hooks.slack.com/services/T/B/x",
  },
  {
    name: "discord",
    make: discord,
    check: checkDiscord,
    read: readDiscord,
    start: discordStandIn,
    url: "https://discord.com/api/webhooks/1/x",
  },
  {
    name: "mattermost",
    make: mattermost,
    check: checkMattermost,
    read: readMattermost,
    start: mattermostStandIn,
    url: `https://chat.example.com/hooks/${"x".repeat(26)}`,
  },
  {
    name: "googlechat",
    make: googleChat,
    check: checkGoogleChat,
    read: readGoogleChat,
    start: googleChatStandIn,
    url: "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t",
  },
];

/** What a sender hands to a format besides the events. */
export const context = { requestId: () => "7f1f0f9e-6c4c-4a0e-8a43-5b8a4c8f0a00" };

/** Milliseconds that a property may take: the corpus is large, and the machine may be busy. */
export const PATIENCE = 120_000;
