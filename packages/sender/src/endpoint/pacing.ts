import { ConfigurationError, parseDuration } from "@countersign/core";
import { checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { Schedule } from "../pace/schedule.ts";
import type { RateOptions, ThrottleOptions } from "./options.ts";

const THROTTLE: KeysOf<ThrottleOptions> = { window: "required", maxEvents: "optional" };
const RATE: KeysOf<RateOptions> = { requests: "required", per: "required" };

/** @param batches whether the endpoint's body can carry several events. @throws ConfigurationError */
export function checkThrottle(options: ThrottleOptions | undefined, batches: boolean, path: string) {
  if (options === undefined) return undefined;
  checkOptions(options, THROTTLE, path);
  if (!batches) {
    throw new ConfigurationError(
      path,
      `${path} groups events, but this body carries only one. Use json({ root: "array" }), or remove throttle.`,
    );
  }
  return {
    window: parseDuration(options.window, `${path}.window`),
    maxEvents: checkInteger(options.maxEvents ?? 100, `${path}.maxEvents`, 1, 10_000),
  };
}

/** @throws ConfigurationError */
export function checkRate(options: RateOptions | undefined, path: string) {
  if (options === undefined) return undefined;
  checkOptions(options, RATE, path);
  return {
    requests: checkInteger(options.requests, `${path}.requests`, 1, 10_000),
    per: parseDuration(options.per, `${path}.per`, 1),
  };
}

/** @param single whether the endpoint keeps an order. @throws ConfigurationError */
export function checkConcurrency(value: number | undefined, single: boolean, path: string): number {
  if (single && value !== undefined && value !== 1) {
    throw new ConfigurationError(
      path,
      `${path} must be 1 with throttle or order "fifo": two requests at once cannot keep the order.`,
    );
  }
  return single ? 1 : checkInteger(value ?? 8, path, 1, 1_024);
}

/** @throws ConfigurationError */
export function checkSchedule(schedule: Schedule, path: string): Schedule {
  if (
    typeof schedule !== "object" ||
    schedule === null ||
    typeof schedule.next !== "function" ||
    typeof schedule.attempts !== "number"
  ) {
    throw new ConfigurationError(path, `${path} must be a schedule: waits([…]), every(…), exponential(…) or never().`);
  }
  return schedule;
}
