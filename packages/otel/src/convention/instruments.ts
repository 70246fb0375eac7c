import type { Meter } from "@opentelemetry/api";

/** The buckets that the messaging conventions ask for, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** For what may wait for a window, a rate or a retry. */
const LONG = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

/** Every metric, by what it counts. Made once for each meter. */
export function makeInstruments(meter: Meter) {
  const histogram = (name: string, description: string, explicitBucketBoundaries = SECONDS) =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries } });
  const counter = (name: string, unit: string, description: string) => meter.createCounter(name, { description, unit });
  return {
    attempts: histogram(
      "messaging.client.operation.duration",
      "How long attempts took, from the look-up to the answer.",
    ),
    messages: counter("messaging.client.sent.messages", "{message}", "Events in attempts, each attempt counted."),
    waits: histogram(
      "countersign.sender.queue.duration",
      "From the outbox to the first attempt, in this process.",
      LONG,
    ),
    enqueued: counter("countersign.sender.enqueued", "{event}", "Events that were put into the outbox."),
    outcomes: counter("countersign.sender.outcomes", "{event}", "How events ended."),
    retries: counter("countersign.sender.retries", "{event}", "Attempts after which another one will be made."),
    failures: counter("countersign.sender.failures", "{failure}", "What failed beside attempts."),
    operations: histogram("countersign.outbox.operation.duration", "How long calls of the outbox took."),
    depth: meter.createObservableGauge("countersign.outbox.depth", {
      description: "Events in the outbox, as all processes share it.",
      unit: "{event}",
    }),
    oldest: meter.createObservableGauge("countersign.outbox.oldest_due", {
      description: "For how long the longest-due event has been due.",
      unit: "s",
    }),
    verdicts: counter("countersign.receiver.verdicts", "{request}", "Requests that were accepted or refused."),
    claims: counter("countersign.receiver.claims", "{claim}", "What became of deliveries in the replay store."),
    held: meter.createObservableUpDownCounter("countersign.receiver.claims.held", {
      description: "Claims that handlers work on.",
      unit: "{claim}",
    }),
    storeFailures: counter("countersign.receiver.store.failures", "{failure}", "Failures of the replay store."),
    handled: histogram("messaging.process.duration", "How long handlers took."),
  };
}

/** The metrics, ready to record. */
export type Instruments = ReturnType<typeof makeInstruments>;
