import type { Cut } from "@countersign/core/event";
import { clean, oneLine } from "../text/clean.ts";
import { endsInFence } from "../text/fence.ts";
import { type Frame, fit } from "../text/fit.ts";
import type { Measure } from "../text/measure.ts";

/** One place of a platform that holds text. */
export interface Slot {
  /** In the platform's unit, after escaping. */
  readonly limit: number;
  readonly escape: (cleaned: string) => string;
  /** Several lines may stand here, and a cut says how much is missing. @default false */
  readonly lines?: boolean;
  /** Shrinks when the whole is too large. @default true */
  readonly elastic?: boolean;
}

/** What differs between platforms, as data. */
export interface PlatformRow<Name extends string = string> {
  readonly measure: Measure;
  /** What the unit is called in a note. */
  readonly unit: string;
  readonly slots: Readonly<Record<Name, Slot>>;
  /** The most fields of one event that are shown. */
  readonly maxFields: number;
  /** The most events that stand in one request. */
  readonly maxEvents: number;
  /** The most that all of one request may take, by `size`. */
  readonly maxSize: number;
}

/** Puts texts into slots and keeps account of what did not fit. */
export interface Writer<Name extends string> {
  /**
   * Fits and escapes a text for a slot, of which `reserve` units are taken already. A cut is reported under the path;
   * under an empty one it is not, for a text that only repeats another.
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
  row: PlatformRow<Name>,
  scale: number,
  measured: Map<string, number> = new Map(),
): Writer<Name> {
  const cuts: Cut[] = [];
  /** Counting ten megabytes takes a while; the same place holds the same text at every scale. */
  const measureRest = (path: string) => (rest: string) => {
    const key = `${path} ${rest.length}`;
    const known = measured.get(key) ?? row.measure(rest);
    measured.set(key, known);
    return known;
  };
  return {
    cuts,
    // Fields go only when the whole is far too large: many short ones are worth more than a long text.
    maxFields: Math.max(1, Math.floor(row.maxFields * Math.min(1, scale * 4))),
    write(name, path, raw, reserve = 0) {
      const slot = row.slots[name];
      const limit =
        slot.elastic === false ? slot.limit : Math.max(Math.min(LEAST, slot.limit), Math.floor(slot.limit * scale));
      const frame: Frame = {
        limit: Math.max(0, limit - reserve),
        measure: row.measure,
        escape: slot.escape,
        measureRest: measureRest(path),
        ...(slot.lines ? { mark: note(row.unit) } : { shape: oneLine }),
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

/** Writes texts raw and merely cut off, to see how much there would be. Nothing that it wrote is kept. */
function roughWriter<Name extends string>(row: PlatformRow<Name>): Writer<Name> {
  return {
    cuts: [],
    maxFields: row.maxFields,
    write: (name, _path, raw) => raw.slice(0, row.slots[name].limit),
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
export function press<Name extends string, Payload>(
  row: PlatformRow<Name>,
  size: (payload: Payload) => number,
  build: (writer: Writer<Name>) => Payload,
): { payload: Payload; cuts: readonly Cut[] } {
  const measured = new Map<string, number>();
  // What is far too large even unescaped need not be fitted to be known as such.
  const rough = size(build(roughWriter(row)));
  for (let scale = Math.min(1, (1.2 * row.maxSize) / rough); ; ) {
    const writer = createWriter(row, scale, measured);
    const payload = build(writer);
    const taken = size(payload);
    if (scale === 0 || taken <= row.maxSize) return { payload, cuts: writer.cuts };
    // By as much as it is too large and a little more, because not everything shrinks.
    scale = scale < 0.01 ? 0 : scale * Math.min(0.9, Math.max(0.3, (0.95 * row.maxSize) / taken));
  }
}

/** A long text as raw parts that each fit a slot uncut; a fence that a part leaves open is opened again in the next. */
export function parts(row: PlatformRow, slot: Slot, raw: string, most: number): string[] {
  // Longer than this can never be shown in `most` parts; what is beyond stays on the last part and is cut there.
  let rest = clean(raw);
  const found: string[] = [];
  while (found.length < most - 1 && rest.length > 0) {
    const fitted = fit(rest, {
      limit: slot.limit,
      measure: row.measure,
      escape: slot.escape,
      mark: () => "",
      measureRest: () => 1,
    });
    if (fitted.removed === 0 || fitted.taken === 0) break;
    // A part ends at a line or a word where there is one in its last fifth.
    const window = rest.slice(0, fitted.taken);
    const line = window.lastIndexOf("\n");
    const word = window.lastIndexOf(" ");
    const least = fitted.taken * 0.8;
    const end = line > least ? line + 1 : word > least ? word + 1 : fitted.taken;
    const part = rest.slice(0, end);
    found.push(part);
    rest = endsInFence(part) ? `\`\`\`\n${rest.slice(end)}` : rest.slice(end);
  }
  if (rest.trim() !== "") found.push(rest);
  return found;
}
