/** One step on a delivery's way. */
export interface Step {
  readonly name: "head" | "body" | "verdict" | "claim" | "handler" | "settled";
  /** Milliseconds since the head was there. */
  readonly after: number;
  /** What came of it, in a few words. */
  readonly note: string;
  readonly good: boolean;
}

/** The steps of one delivery, in their order, as they are taken. */
export class Timeline {
  readonly steps: Step[] = [];
  readonly #started = performance.now();

  mark(name: Step["name"], note: string, good = true): void {
    const after = Math.round((performance.now() - this.#started) * 10) / 10;
    this.steps.push({ name, after, note, good });
  }
}
