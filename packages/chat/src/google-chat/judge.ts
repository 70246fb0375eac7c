import { type Table, table } from "@countersign/core/checks";
import type { AttemptResponse, Ruling } from "@countersign/core/event";
import {
  isObjectText,
  isSuccess,
  jsonObject,
  judgePage,
  judgeToken,
  type Meaning,
  retryStranger,
} from "../format/judge.ts";

/** https://cloud.google.com/apis/design/errors#handling_errors */
const CODES: Table<Meaning> = table({
  // The same request id was accepted before: the message is there.
  ALREADY_EXISTS: "success",
  INVALID_ARGUMENT: "permanent",
  FAILED_PRECONDITION: "permanent",
  UNAUTHENTICATED: "disable",
  PERMISSION_DENIED: "disable",
  NOT_FOUND: "disable",
  ABORTED: "retry",
});

/** Google wraps an error in `error`, and names its code in `status`. */
export function judgeGoogleChat(response: AttemptResponse): Ruling | undefined {
  const { status } = response;
  // Google answers with the message.
  if (isSuccess(status)) return isObjectText(response.body) ? undefined : retryStranger(status, "Google Chat");
  const body = jsonObject(response.body);
  const { error } = body;
  const { status: code } = error !== null && typeof error === "object" ? (error as { status?: unknown }) : body;
  if (typeof code === "string" && code !== "") return judgeToken(response, code, CODES);
  return judgePage(response, "Google Chat");
}
