import { type FakeClock, fakeClock } from "@countersign/core/testing";
import type { EndpointOptions } from "../endpoint/options.ts";
import { createSender, type Sender, type SenderOptions } from "../sender.ts";
import { type StubAnswer, type StubRequest, stubTransport } from "./stub-transport.ts";

/** Options of {@link stage}: those of the sender. */
export interface StageOptions extends Partial<Omit<SenderOptions, "clock">> {
  /** For a stage whose outbox is to have the same time. Default: one of its own. */
  readonly clock?: FakeClock;
}

/** A sender with nothing real around it. */
export interface Stage {
  /** Ready to send, over the stubbed transport. */
  readonly sender: Sender;
  /** Its clock, which stands still until it is told to go on. */
  readonly clock: FakeClock;
  /** What it sent so far, oldest first; nothing left the process. */
  readonly requests: readonly StubRequest[];
  /** When it sent, in milliseconds since the stage was set. */
  times(): number[];
}

/**
 * Sets up a sender over a stubbed transport and a fake clock: no test of endpoints needs a network or has to wait.
 *
 * @param answer what the transport answers. Default: 200
 * @param options further options of the sender
 *
 * @example
 * ```ts
 * import { every } from "@countersign/sender";
 * import { stage } from "@countersign/sender/testing";
 *
 * const endpoint = { name: "billing", url: "https://example.com/hooks", retry: every("1h", { for: "2h" }) };
 * const { sender, clock, times } = stage([endpoint], () => 503);
 * await sender.send({ type: "invoice.paid", data: { invoice: 17 } });
 * await clock.advanceAsync(24 * 3_600_000);
 * console.log(times().join(" ")); // 0 3600000 7200000
 * await sender.close();
 * ```
 */
export function stage(
  endpoints: readonly EndpointOptions[],
  answer?: (request: StubRequest, index: number) => StubAnswer,
  options: StageOptions = {},
): Stage {
  const { clock = fakeClock("2026-01-01T00:00:00Z") } = options;
  const start = clock.now();
  const transport = stubTransport(clock, answer);
  const { requests } = transport;
  const sender = createSender({ transport, endpoints, ...options, clock });
  return { sender, clock, requests, times: () => requests.map((request) => request.at - start) };
}
