import { clean, head } from "./clean.ts";
import type { Measure } from "./measure.ts";

/** What a text must be to go into one place of one platform. */
export interface Frame {
  /** The most that the escaped text may cost, in the platform's unit. */
  readonly limit: number;
  readonly measure: Measure;
  /** The dialect. It sees cleaned text and may look at neighbouring characters. */
  readonly escape: (cleaned: string) => string;
  /** Applied to the cleaned text first: `oneLine`, for example. */
  readonly shape?: (cleaned: string) => string;
  /** What a text that was cut ends with, given how much is missing in the platform's unit. @default an ellipsis */
  readonly mark?: (removed: number) => string;
  /** Measures what lies beyond the window, for a caller who fits the same long text again and again. @default measure */
  readonly measureRest?: Measure;
}

/** A text that fits. */
export interface Fitted {
  /** Escaped, within the limit. */
  readonly text: string;
  /** How much of the raw text is missing, in the platform's unit; 0 when all of it is there. */
  readonly removed: number;
  /** How many UTF-16 units of the shaped text are in `text`: where the next part begins. */
  readonly taken: number;
}

const ellipsis = () => "…";
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * Cuts raw text so that its *escaped* form stays within the limit: at the boundary of a grapheme, or between code
 * points where a single grapheme is larger than the place. Escaped text is never cut.
 *
 * A dialect may look at neighbours (a list marker at the start of a line, the closing of a code fence), so the cost of
 * a prefix is not the sum of its characters' costs: prefixes are escaped whole, and the longest that fits is searched
 * for. Only a window as large as the limit could ever need is looked at, so the work does not grow with the input,
 * except for counting what was left out, which is linear.
 */
export function fit(raw: string, frame: Frame): Fitted {
  const { limit, measure, escape: quote, shape = (text) => text, mark = ellipsis, measureRest = measure } = frame;
  const window = head(raw, limit * 2 + 512);
  const text = shape(clean(window));
  const complete = window.length === raw.length;
  if (complete) {
    const escaped = quote(text);
    if (measure(escaped) <= limit) return { text: escaped, removed: 0, taken: text.length };
  }

  const beyond = complete ? 0 : measureRest(raw.slice(window.length));
  const removedAt = (end: number) => measure(text.slice(end)) + beyond;
  const attempt = (end: number) => quote(text.slice(0, end).trimEnd() + mark(removedAt(end)));
  const cost = (end: number) => measure(attempt(end));

  const most = longest(text, limit, cost);
  // The window may have ended inside a grapheme, so its end is not a boundary either.
  const whole = boundary(text, most === text.length ? most - 1 : most);
  // A grapheme larger than the place falls back to code points.
  const end = whole === 0 ? most : whole;
  // A shorter prefix can cost more only where a dialect looks ahead: then, and without room for the mark, nothing stays.
  if (cost(end) > limit) return { text: "", removed: removedAt(0), taken: 0 };
  return { text: attempt(end), removed: removedAt(end), taken: end };
}

/**
 * The longest prefix, in UTF-16 units and between code points, whose cost stays within the limit; up to half a percent
 * shorter for large limits, which saves half of the steps. Guesses by proportion and by halves in turn: most texts
 * cost the same all along, and those that do not are found in a dozen steps too.
 */
function longest(text: string, limit: number, cost: (end: number) => number): number {
  let low = 0;
  let lowCost = 0;
  // No unit costs less than half of one: a code point of two units costs one.
  let high = codePointStart(text, Math.min(text.length, limit * 2));
  let highCost = cost(high);
  if (highCost <= limit) return high;
  const near = Math.max(1, limit >> 8);
  for (let step = 0; high - low > near; step++) {
    const share = step % 2 === 0 ? (limit - lowCost) / (highCost - lowCost) : 0.5;
    const guess = low + Math.floor(share * (high - low));
    const end = codePointStart(text, Math.min(high - 1, Math.max(low + 1, guess)));
    if (end <= low) break;
    const taken = cost(end);
    if (taken <= limit) [low, lowCost] = [end, taken];
    else [high, highCost] = [end, taken];
  }
  return low;
}

/** The index itself, or the one before it when it lies inside a surrogate pair. */
function codePointStart(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : index;
}

/** The last grapheme boundary at or before the index. */
function boundary(text: string, index: number): number {
  if (index <= 0) return 0;
  return graphemes.segment(text).containing(index)?.index ?? index;
}
