import type { Ruling } from "@countersign/core/event";
import type { Random, Schedule } from "../pace/schedule.ts";

/** What becomes of an event after an attempt. */
export type Plan =
  | { readonly kind: "done" }
  /** `delay`: milliseconds until the next attempt. */
  | { readonly kind: "retry"; readonly delay: number }
  /** The endpoint is to be left alone; the event stays. */
  | { readonly kind: "keep" }
  | { readonly kind: "dead"; readonly reason: "permanent" | "exhausted"; readonly message: string }
  /** Too old for another attempt. */
  | { readonly kind: "discard"; readonly message: string };

/** It has arrived. */
export const DONE = { kind: "done" } as const;

/** What the decision rests on. */
export interface PlanInput {
  readonly ruling: Ruling;
  /** Attempts made, this one included. */
  readonly attempts: number;
  /** Milliseconds since the event was enqueued. */
  readonly age: number;
  /** Milliseconds since its first attempt began. */
  readonly tried: number;
  /** The least wait that the receiver asked for. */
  readonly asked: number;
  readonly schedule: Schedule;
  readonly discardAfter: number;
  readonly random: Random;
}

/** Decides, and does nothing. */
export function plan(input: PlanInput): Plan {
  const { ruling } = input;
  if (ruling.kind === "success") return DONE;
  if (ruling.kind === "disable") return { kind: "keep" };
  if (ruling.kind === "permanent") return { kind: "dead", reason: "permanent", message: ruling.reason };
  const wait = input.schedule.next(input.attempts, Math.max(0, input.tried), input.random);
  if (wait === undefined) {
    return {
      kind: "dead",
      reason: "exhausted",
      message: `Given up after ${input.attempts} attempts. ${ruling.reason}`,
    };
  }
  const delay = Math.max(wait, input.asked);
  if (input.age + delay >= input.discardAfter) {
    return { kind: "discard", message: `Discarded after ${input.attempts} attempts: the next would come too late.` };
  }
  return { kind: "retry", delay };
}
