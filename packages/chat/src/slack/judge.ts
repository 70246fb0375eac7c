import { type Table, table } from "@countersign/core/checks";
import type { AttemptResponse, Ruling } from "@countersign/core/event";
import { isSuccess, judgePage, judgeToken, type Meaning } from "../format/judge.ts";

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
const TOKENS: Table<Meaning> = table({
  no_service: "disable",
  no_active_hooks: "disable",
  no_team: "disable",
  team_disabled: "disable",
  channel_not_found: "disable",
  channel_is_archived: "disable",
  invalid_token: "disable",
  action_prohibited: "permanent",
  posting_to_general_channel_denied: "permanent",
  invalid_payload: "permanent",
  user_not_found: "permanent",
  no_text: "permanent",
  too_many_attachments: "permanent",
});

/** Slack says what it thinks in the body: `ok`, or a plain token. */
export function judgeSlack(response: AttemptResponse): Ruling | undefined {
  const { status } = response;
  const token = response.body.trim();
  if (isSuccess(status) && token === "ok") return undefined;
  const ruling = judgeToken(response, token, TOKENS);
  if (ruling !== undefined || !isSuccess(status)) return ruling ?? judgePage(response, "Slack");
  // Something answered in Slack's place, a proxy's page for instance: that may pass.
  return { kind: "retry", reason: `The receiver answered ${status} without Slack's "ok".` };
}
