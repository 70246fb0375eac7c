import type { Attempting, AttemptRecord, Subject, Tried } from "@countersign/sender";
import type { Attributes } from "@opentelemetry/api";
import type { Listeners } from "../channel/listen.ts";
import { attribute, operation } from "../convention/attributes.ts";
import type { Instruments } from "../convention/instruments.ts";
import { type AttemptSpanTools, startAttemptSpan } from "./attempt-span.ts";
import { destination } from "./destination.ts";

/** What senders are observed with. */
export interface SenderTools extends AttemptSpanTools {
  readonly instruments: Instruments;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
}

/** What is heard of all senders of the process. */
export function observeSenders(tools: SenderTools): Listeners {
  const { instruments, origins, now } = tools;
  const ended = (subject: Subject & Tried, outcome: string, more: Attributes = {}): void => {
    origins.forget(subject);
    instruments.outcomes.add(1, { ...at(subject), [attribute.outcome]: outcome, ...more });
  };
  return {
    "countersign:sender:enqueued": (subject) => {
      origins.remember(subject, now());
      instruments.enqueued.add(1, at(subject));
    },
    "countersign:sender:attempting": (request) => {
      if (request.number === 1) recordWaits(request, tools);
      const endSpan = startAttemptSpan(request, tools);
      request.onEnd((record) => {
        endSpan(record);
        recordAttempt(request, record, instruments);
      });
    },
    "countersign:sender:retry": (subject) => instruments.retries.add(1, at(subject)),
    "countersign:sender:delivered": (subject) => ended(subject, "delivered"),
    "countersign:sender:dead": (subject) => ended(subject, "dead", { [attribute.reason]: subject.reason }),
    "countersign:sender:discarded": (subject) => ended(subject, "discarded"),
    "countersign:sender:removed": (removed) => {
      if (removed.cancelled > 0)
        instruments.outcomes.add(removed.cancelled, { ...at(removed), [attribute.outcome]: "cancelled" });
    },
    "countersign:sender:failure": ({ endpoint, where }) =>
      instruments.failures.add(1, {
        [attribute.part]: where,
        ...(endpoint === undefined ? {} : at({ endpoint })),
      }),
  };
}

function at({ endpoint }: { readonly endpoint: string }): Attributes {
  return { [attribute.destination]: endpoint };
}

function recordWaits(request: Attempting, { instruments, origins, now }: SenderTools): void {
  for (const subject of request.subjects) {
    const sent = origins.of(subject)?.at;
    if (sent !== undefined) instruments.waits.record((now() - sent) / 1_000, at(request));
  }
}

function recordAttempt(request: Attempting, record: AttemptRecord, { attempts, messages }: Instruments): void {
  // No attempt: it is told as a failure of the machine.
  if (record.error === "out_of_resources") return;
  const { status, error, timings } = record;
  const attributes: Attributes = {
    ...operation("send"),
    ...destination(request.url),
    ...at(request),
    ...(status === undefined ? {} : { [attribute.statusClass]: `${Math.floor(status / 100)}xx` }),
    ...(error === undefined ? {} : { [attribute.error]: error }),
  };
  attempts.record(timings.total / 1_000, attributes);
  messages.add(record.events, attributes);
}
