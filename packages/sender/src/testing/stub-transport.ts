import type { Clock } from "@countersign/core";
import type { AttemptErrorCode, Transport, TransportRequest, TransportResult } from "../transport/transport.ts";

/** What a stubbed request brings: a status, a whole answer, or an error. */
export type StubAnswer =
  | number
  | {
      /** From 200 to 599: `503` makes the sender try again. */
      readonly status: number;
      /** Names in lower case. Default: none. */
      readonly headers?: Readonly<Record<string, string>>;
      /** The text that judges and records see. Default: empty. */
      readonly body?: string;
      /** How long it takes, in milliseconds on the fake clock. Default: 0, at once. */
      readonly after?: number;
    }
  | {
      /** What went wrong instead of an answer: `"timeout"`, `"connection_lost"`. */
      readonly error: AttemptErrorCode;
      /** How long it takes, in milliseconds on the fake clock. Default: 0, at once. */
      readonly after?: number;
    };

/** What the sender wanted to send, with its body as text and the time. */
export interface StubRequest extends TransportRequest {
  /** When it was made, in milliseconds since the epoch, by the fake clock. */
  readonly at: number;
  /** The body, decoded as UTF-8. */
  readonly text: string;
  /** The headers by lower-case name. */
  readonly named: Readonly<Record<string, string>>;
}

/** A transport that connects nowhere and remembers what it was asked. */
export interface StubTransport extends Transport {
  /** What it was asked so far, in the order in which it was asked. */
  readonly requests: readonly StubRequest[];
}

/**
 * Makes a transport that answers at once, unless it is told otherwise, and remembers what it was asked.
 *
 * @param answer what to answer, by the request and how many came before it. Default: 200
 *
 * @example
 * ```ts
 * import { fakeClock } from "@countersign/core/testing";
 * import { createSender, waits } from "@countersign/sender";
 * import { stubTransport } from "@countersign/sender/testing";
 *
 * const clock = fakeClock("2026-01-01T00:00:00Z");
 * const transport = stubTransport(clock, (_request, index) => (index === 0 ? 503 : 200));
 * const endpoint = { name: "billing", url: "https://example.com/hooks", retry: waits(["1h"]) };
 * const sender = createSender({ clock, transport, endpoints: [endpoint] });
 * await sender.send({ type: "invoice.paid", data: { invoice: 17 } });
 * await clock.advanceAsync(3_600_000);
 * console.log(transport.requests.length); // 2
 * await sender.close();
 * ```
 */
export function stubTransport(
  clock: Clock,
  answer: (request: StubRequest, index: number) => StubAnswer = () => 200,
): StubTransport {
  const requests: StubRequest[] = [];
  return {
    requests,
    async request(asked): Promise<TransportResult> {
      const text = asked.body === undefined ? "" : Buffer.from(asked.body).toString("utf8");
      const request = { ...asked, at: clock.now(), text, named: byName(asked.headers) };
      requests.push(request);
      const said = answer(request, requests.length - 1);
      const after = typeof said === "number" ? 0 : (said.after ?? 0);
      if (after > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, after));
      return resultOf(said, after);
    },
    close: async () => {},
  };
}

function resultOf(said: StubAnswer, total: number): TransportResult {
  const timings = { total };
  if (typeof said === "object" && "error" in said) {
    return { kind: "error", code: said.error, message: said.error, timings };
  }
  const { status, headers = {}, body = "" } = typeof said === "number" ? { status: said } : said;
  return { kind: "response", status, headers, body, truncated: false, timings };
}

function byName(list: readonly string[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (let i = 0; i < list.length; i += 2) named[(list[i] as string).toLowerCase()] = list[i + 1] as string;
  return named;
}
