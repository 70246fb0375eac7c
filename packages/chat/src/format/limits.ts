import type { Measure } from "../text/measure.ts";

/** One place of a platform that holds text. */
export interface Slot {
  /** The most that the escaped text may take, in the platform's unit. */
  readonly limit: number;
  readonly escape: (cleaned: string) => string;
  /** Takes several lines, and a cut says how much is missing. @default false */
  readonly lines?: boolean;
  /** Shrinks when the whole is too large. @default true */
  readonly elastic?: boolean;
}

/** What a platform takes, as data. */
export interface Limits<Name extends string = string> {
  readonly measure: Measure;
  /** What the unit is called in a note. */
  readonly unit: string;
  readonly slots: Readonly<Record<Name, Slot>>;
  /** The most fields of one event that are shown. */
  readonly maxFields: number;
  /** The most events in one request. */
  readonly maxEvents: number;
  /** The most that all of one request may take, by the format's own `size`. */
  readonly maxSize: number;
}
