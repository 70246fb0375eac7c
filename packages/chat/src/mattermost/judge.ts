import { type Table, table } from "@countersign/core/checks";
import type { AttemptResponse, Ruling } from "@countersign/core/event";
import { isSuccess, jsonObject, judgePage, judgeToken, type Meaning, retryStranger } from "../format/judge.ts";

/** The `id` of an error, from the server's own list; its message is in the server's language. */
const IDS: Table<Meaning> = table({
  "web.incoming_webhook.disabled.app_error": "disable",
  "web.incoming_webhook.channel.app_error": "disable",
  "app.channel.get.existing.app_error": "disable",
  "web.incoming_webhook.channel_locked.app_error": "permanent",
  "web.incoming_webhook.parse.app_error": "permanent",
  "web.incoming_webhook.text.app_error": "permanent",
  "web.incoming_webhook.split_props_length.app_error": "permanent",
});

/**
 * The server answers with these when it found nothing, and as well when its store failed: only the same answer later
 * tells. https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go
 */
const DOUBTFUL: Table<Meaning> = table({
  "web.incoming_webhook.invalid.app_error": "disable",
  "web.incoming_webhook.user.app_error": "permanent",
});

/** The attempt that is believed, and the milliseconds between those before it. */
const BELIEVED = 3;
const DOUBT = 60_000;

/** Mattermost answers `ok`, or an error with an id. */
export function judgeMattermost(response: AttemptResponse): Ruling | undefined {
  const { status, headers, body } = response;
  if (isSuccess(status)) {
    if (body.trim() === "ok") return undefined;
    // The server names its version in every answer. Its web app answers any unknown path: the URL is wrong, and stays so.
    // https://github.com/mattermost/mattermost/blob/master/server/channels/web/handlers.go
    if (headers["x-version-id"] === undefined) return retryStranger(status, "Mattermost");
    const reason = `The receiver answered ${status} with a page of Mattermost's: its URL is no incoming webhook's.`;
    return { kind: "permanent", reason };
  }
  const { id } = jsonObject(body);
  const token = typeof id === "string" ? id : "";
  const doubtful = judgeToken(response, token, DOUBTFUL);
  if (doubtful === undefined) return judgeToken(response, token, IDS) ?? judgePage(response, "Mattermost");
  if ((response.attempt ?? 1) >= BELIEVED) return doubtful;
  return { kind: "retry", reason: `The receiver answered ${status} (${token}).`, after: DOUBT };
}
