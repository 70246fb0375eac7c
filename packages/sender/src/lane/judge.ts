import type { AttemptResponse, Ruling } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import { judgeError, judgeStatus } from "../pace/statuses.ts";
import type { TransportResult } from "../transport/transport.ts";

/** What an endpoint judges by. */
export type Judging = Pick<Endpoint, "format" | "judge" | "statuses">;

/**
 * The ruling on an attempt: the format's where it has one, else by status as the endpoint's table says; the endpoint's
 * own `judge` is asked about success only. One that throws has no second opinion: the event is given up.
 */
export function judge(endpoint: Judging, result: TransportResult, attempt = 1): Ruling {
  if (result.kind === "error") return judgeError(result);
  const { status, headers, body } = result;
  if (endpoint.format === undefined && endpoint.judge === undefined) return judgeStatus(status, endpoint.statuses);
  try {
    return judgeResponse(endpoint, { status, headers, body, attempt });
  } catch {
    return { kind: "permanent", reason: "The destination's own judgement of the answer failed." };
  }
}

function judgeResponse({ format, judge: own, statuses }: Judging, response: AttemptResponse): Ruling {
  const byFormat = format?.judge(response);
  if (byFormat !== undefined) return byFormat;
  const byStatus = judgeStatus(response.status, statuses);
  return byStatus.kind === "success" && own !== undefined ? own(response) : byStatus;
}
