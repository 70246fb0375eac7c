import type { Clock } from "@countersign/core";
import {
  createSender,
  type Sender,
  type SenderOptions,
  type Transport,
  type TransportRequest,
  type TransportResult,
} from "@countersign/sender";

/** Opens the loopback interface and plain http: what every test over real sockets needs. */
export const loopback = { allow: ["127.0.0.0/8"], schemes: ["http", "https"] } as const;

/** A sender that may reach this machine. */
export function localSender(options: SenderOptions): Sender {
  return createSender({ guard: loopback, ...options });
}

/** A clock moved by hand. Around each timer everything that is under way comes to rest. */
export interface TestClock extends Clock {
  pass(milliseconds: number): Promise<void>;
}

export function testClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let now = start;
  let count = 0;
  const timers = new Map<number, { at: number; callback: () => void }>();
  return {
    now: () => now,
    setTimeout(callback, milliseconds) {
      count += 1;
      timers.set(count, { at: now + Math.max(0, milliseconds), callback });
      return count;
    },
    clearTimeout: (handle) => void timers.delete(handle as number),
    async pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        let due: [number, { at: number; callback: () => void }] | undefined;
        for (const timer of timers)
          if (timer[1].at <= end && (due === undefined || timer[1].at < due[1].at)) due = timer;
        if (due === undefined) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].callback();
      }
      now = end;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** What a stubbed request brings. */
export type StubAnswer =
  | number
  | { status: number; headers?: Record<string, string>; body?: string }
  | { error: "timeout" | "connection_lost" };

/** A transport that answers at once and remembers when it was asked. */
export function stubTransport(clock: Clock, answer: (request: TransportRequest, index: number) => StubAnswer) {
  const requests: (TransportRequest & { at: number; text: string })[] = [];
  const transport: Transport = {
    async request(request): Promise<TransportResult> {
      const text = request.body === undefined ? "" : Buffer.from(request.body).toString("utf8");
      requests.push({ ...request, at: clock.now(), text });
      const said = answer(request, requests.length - 1);
      const timings = { total: 0 };
      if (typeof said === "object" && "error" in said)
        return { kind: "error", code: said.error, message: said.error, timings };
      const { status, headers = {}, body = "" } = typeof said === "number" ? { status: said } : said;
      return { kind: "response", status, headers, body, truncated: false, timings };
    },
    close: async () => {},
  };
  return { transport, requests };
}
