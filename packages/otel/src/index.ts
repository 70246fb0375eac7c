export { createTelemetry, type OutboxLabel, type Telemetry, type TelemetryOptions } from "./telemetry.ts";
