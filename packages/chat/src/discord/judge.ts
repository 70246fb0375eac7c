import { type Table, table } from "@countersign/core/checks";
import type { AttemptResponse, Ruling } from "@countersign/core/event";
import {
  isObjectText,
  isSuccess,
  jsonObject,
  judgePage,
  judgeToken,
  type Meaning,
  milliseconds,
  retryStranger,
} from "../format/judge.ts";

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes */
const CODES: Table<Meaning> = table({
  // Webhooks know of no channel but a thread: it is gone, and the webhook is not.
  "10003": "permanent",
  "10015": "disable",
  "50027": "disable",
  "40005": "permanent",
  "50006": "permanent",
  "50035": "permanent",
});

/** Milliseconds: a refusal that is not Discord's own comes from its edge, which has lost patience. */
const EDGE_PAUSE = 600_000;

/** Discord numbers its errors, and says in body and headers how long to wait. */
export function judgeDiscord(response: AttemptResponse): Ruling | undefined {
  const { status, headers } = response;
  const body = jsonObject(response.body);
  const reset = milliseconds(headers["x-ratelimit-reset-after"]);
  if (isSuccess(status)) {
    // Asked to wait, Discord answers with the message.
    if (status !== 204 && !isObjectText(response.body)) return retryStranger(status, "Discord", EDGE_PAUSE);
    const spent = headers["x-ratelimit-remaining"] === "0" && reset !== undefined;
    return spent ? { kind: "success", pause: reset } : undefined;
  }
  if (status === 429) {
    const asked = milliseconds(body.retry_after);
    const own = asked !== undefined || reset !== undefined;
    const reason = body.global === true ? "The receiver answered 429 (global)." : "The receiver answered 429.";
    return { kind: "retry", reason, after: own ? Math.max(asked ?? 0, reset ?? 0) : EDGE_PAUSE };
  }
  const page = judgePage(response, "Discord", EDGE_PAUSE);
  if (page !== undefined) return page;
  // Asking again after this gets the sender's address blocked.
  if (status === 401) return { kind: "disable", reason: "The receiver answered 401." };
  return judgeToken(response, typeof body.code === "number" ? String(body.code) : "", CODES);
}
