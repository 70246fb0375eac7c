/** OpenTelemetry's own SDK, whose exporters keep what they are given. */
import { context, type TextMapPropagator } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";

/** One data point: its attributes, and its value or its histogram's count. */
export interface Point {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number;
}

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

export function startSdk() {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const propagator: TextMapPropagator = new W3CTraceContextPropagator();

  /** Everything that the metrics are now, by name. */
  async function collect(): Promise<Record<string, Point[]>> {
    exporter.reset();
    await reader.forceFlush();
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    return Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes, value }) => ({
          attributes,
          value: typeof value === "number" ? value : value.count,
        })),
      ]),
    );
  }

  return {
    options: { tracerProvider, meterProvider, propagator },
    tracer: tracerProvider.getTracer("application"),
    spans: () => spans.getFinishedSpans(),
    collect,
    /** Everything that left the process, as text. */
    async everything(): Promise<string> {
      await collect();
      const shown = spans.getFinishedSpans().map(({ name, attributes, events, links, status }) => ({
        name,
        attributes,
        events,
        links,
        status,
      }));
      return JSON.stringify([shown, exporter.getMetrics()]);
    },
    async close() {
      await Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]);
    },
  };
}

/** The points that have these attributes, whatever else they have, as the sum of their values; `undefined` without one. */
export function sum(
  points: readonly Point[] | undefined,
  wanted: Readonly<Record<string, unknown>>,
): number | undefined {
  const found = points?.filter(({ attributes }) =>
    Object.entries(wanted).every(([name, value]) => attributes[name] === value),
  );
  return found === undefined || found.length === 0 ? undefined : found.reduce((total, { value }) => total + value, 0);
}
