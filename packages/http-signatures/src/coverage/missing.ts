import type { Candidate } from "../candidate/candidate.ts";
import type { Component } from "../component/identifier.ts";
import type { Values } from "../component/value.ts";
import { headerLines, headerValue } from "../field/lines.ts";
import { type HeaderSource, isResponse, type Message } from "../field/message.ts";
import type { Required } from "./compile.ts";
import { type Gaps, gapsOf } from "./gaps.ts";

/** The first thing that a signature should cover and does not, as a phrase; `undefined` where it covers enough. */
export function missing(
  candidate: Candidate,
  required: Required,
  message: Message,
  values: Values,
): string | undefined {
  for (const name of required.parameters) {
    if (candidate.parameters[name] === undefined) return `the parameter "${name}"`;
  }
  const gaps = gapsOf(candidate, required);
  if (gaps.always !== undefined) return gaps.always;
  const there = gaps.present.find(({ name }) => headerLines(message, name) !== undefined);
  if (there !== undefined) return `${there.id}, which is there`;
  return isResponse(message) ? undefined : missingTarget(gaps, values.target(message)?.query);
}

function missingTarget({ target, query }: Gaps, written: string | undefined): string | undefined {
  return target ?? (query && written !== "" ? '"@query", and the URL has one' : undefined);
}

/** The same for what must be covered where there is a body. */
export function missingWithBody(candidate: Candidate, required: Required): string | undefined {
  const { body } = gapsOf(candidate, required);
  return body === undefined ? undefined : `${body.id}, and there is a body`;
}

/** Whether the head says that a body follows. HTTP/2 need not say so: the body itself is asked as well. */
export function declaresBody(source: HeaderSource): boolean {
  const length = headerValue(source, "content-length");
  if (typeof length === "string" && /^\d+$/.test(length)) return !/^0+$/.test(length);
  return headerLines(source, "transfer-encoding") !== undefined;
}
