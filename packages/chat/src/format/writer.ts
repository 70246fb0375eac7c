import type { Cut } from "@countersign/core/event";
import { oneLine } from "../text/clean.ts";
import { type Frame, fit } from "../text/fit.ts";
import type { Limits } from "./limits.ts";

/** Puts texts into slots and records what did not fit. */
export interface Writer<Name extends string> {
  /**
   * Fits and escapes a text for a slot, of which `reserve` units are taken already. A cut is reported under the path.
   * An empty path reports nothing: it is for a text that only repeats another.
   */
  write(slot: Name, path: string, raw: string, reserve?: number): string;
  /** Reports something as left out altogether. */
  drop(path: string, raws: readonly string[]): void;
  /** How many of an event's fields are shown. */
  readonly maxFields: number;
  readonly cuts: readonly Cut[];
}

/** No slot shrinks below this, so that a shortened value still says something. */
const LEAST = 24;

/** A writer whose elastic slots have `scale` (0 to 1) of their size. */
export function createWriter<Name extends string>(
  limits: Limits<Name>,
  scale: number,
  measured: Map<string, number> = new Map(),
): Writer<Name> {
  const cuts: Cut[] = [];
  /** Counting ten megabytes takes a while; the same place holds the same text at every scale. */
  const measureRest = (path: string) => (rest: string) => {
    const key = `${path} ${rest.length}`;
    const known = measured.get(key) ?? limits.measure(rest);
    measured.set(key, known);
    return known;
  };
  return {
    cuts,
    // Fields go only when the whole is far too large: many short ones are worth more than a long text.
    maxFields: Math.max(1, Math.floor(limits.maxFields * Math.min(1, scale * 4))),
    write(name, path, raw, reserve = 0) {
      const slot = limits.slots[name];
      const limit =
        slot.elastic === false ? slot.limit : Math.max(Math.min(LEAST, slot.limit), Math.floor(slot.limit * scale));
      const frame: Frame = {
        limit: Math.max(0, limit - reserve),
        measure: limits.measure,
        escape: slot.escape,
        measureRest: measureRest(path),
        ...(slot.lines ? { mark: note(limits.unit) } : { shape: oneLine }),
      };
      const fitted = fit(raw, frame);
      if (fitted.removed > 0 && path !== "") cuts.push({ path, removed: fitted.removed });
      return fitted.text;
    },
    drop(path, raws) {
      const removed = raws.reduce((total, raw, index) => total + measureRest(`${path}#${index}`)(raw), 0);
      cuts.push({ path, removed });
    },
  };
}

/** Writes texts raw and merely cut off, to see how large the whole would be. Its payload is thrown away. */
function roughWriter<Name extends string>(limits: Limits<Name>): Writer<Name> {
  return {
    cuts: [],
    maxFields: limits.maxFields,
    write: (name, _path, raw) => raw.slice(0, limits.slots[name].limit),
    drop() {},
  };
}

/** On a line of its own: after a closing fence it would otherwise be taken for a part of it. */
const note = (unit: string) => (removed: number) => `\n… ${removed} more ${unit}`;

/**
 * Builds a payload that fits: first with every slot at the platform's own limit, then, while the whole is too large,
 * with smaller and smaller elastic slots. The loop ends because what is left at scale 0, a few dozen units for each
 * slot, is far below every platform's limit.
 */
export function fitPayload<Name extends string, Payload>(
  limits: Limits<Name>,
  size: (payload: Payload) => number,
  build: (writer: Writer<Name>) => Payload,
): { payload: Payload; cuts: readonly Cut[] } {
  const measured = new Map<string, number>();
  // What is far too large even unescaped need not be fitted to be known as such.
  const rough = size(build(roughWriter(limits)));
  for (let scale = Math.min(1, (1.2 * limits.maxSize) / rough); ; ) {
    const writer = createWriter(limits, scale, measured);
    const payload = build(writer);
    const taken = size(payload);
    if (scale === 0 || taken <= limits.maxSize) return { payload, cuts: writer.cuts };
    // By as much as it is too large and a little more, because not everything shrinks.
    scale = scale < 0.01 ? 0 : scale * Math.min(0.9, Math.max(0.3, (0.95 * limits.maxSize) / taken));
  }
}
