import { type Table, table } from "@countersign/core/checks";
import type { AttemptResponse, Ruling } from "@countersign/core/event";
import { isSuccess, jsonObject, judgeToken, type Meaning } from "../format/judge.ts";

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

/** What these mean without a code as well, from something in front of the API. */
const GONE: readonly number[] = [401, 403, 404];

/** Google wraps an error in `error`, and names its code in `status`. */
export function judgeGoogleChat(response: AttemptResponse): Ruling | undefined {
  const { status } = response;
  if (isSuccess(status)) return undefined;
  const body = jsonObject(response.body);
  const { error } = body;
  const { status: code } = error !== null && typeof error === "object" ? (error as { status?: unknown }) : body;
  if (typeof code === "string" && code !== "") return judgeToken(response, code, CODES);
  return GONE.includes(status) ? { kind: "disable", reason: `The receiver answered ${status}.` } : undefined;
}
