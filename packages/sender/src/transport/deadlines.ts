import type { Clock } from "@countersign/core";

/** The longest that Node's timers can wait at once. */
const LONGEST_TIMER = 2_147_483_647;

/** Something that ends when its time is over. */
export interface Late {
  late(): void;
}

/** A place in the line of those that wait equally long; the deadline's own business. */
class Link {
  readonly due: number;
  readonly line: Line;
  readonly whose: Late;
  before: Link | undefined = undefined;
  after: Link | undefined = undefined;
  waits = true;

  constructor(due: number, line: Line, whose: Late) {
    this.due = due;
    this.line = line;
    this.whose = whose;
  }
}

/** Those whose time is equally long: in the order in which they come is in the order in which they end. */
interface Line {
  readonly length: number;
  first: Link | undefined;
  last: Link | undefined;
  armed: boolean;
}

/** With what it is taken back. */
export type Deadline = Link;

/**
 * Deadlines of any lengths, with one timer for each length instead of one for each request: most requests end long before,
 * and all that remains of their deadline is to leave the line.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #lines = new Map<number, Line>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tells it when so many milliseconds have passed since `now`, unless the deadline is taken back before. */
  add(whose: Late, now: number, milliseconds: number): Deadline {
    let line = this.#lines.get(milliseconds);
    if (line === undefined) {
      line = { length: milliseconds, first: undefined, last: undefined, armed: false };
      this.#lines.set(milliseconds, line);
    }
    const link = new Link(now + milliseconds, line, whose);
    link.before = line.last;
    if (line.last === undefined) line.first = link;
    else line.last.after = link;
    line.last = link;
    if (!line.armed) this.#arm(line, milliseconds);
    return link;
  }

  /** Takes one back; one whose time is over is no error. */
  delete(link: Deadline): void {
    if (!link.waits) return;
    link.waits = false;
    const { line, before, after } = link;
    if (before === undefined) line.first = after;
    else before.after = after;
    if (after === undefined) line.last = before;
    else after.before = before;
    // What is no longer in line must not keep its neighbours: the garbage collector would carry all of them along.
    link.before = undefined;
    link.after = undefined;
  }

  #arm(line: Line, milliseconds: number): void {
    line.armed = true;
    const timer = this.#clock.setTimeout(() => this.#ring(line), Math.min(milliseconds, LONGEST_TIMER));
    // Whoever has a deadline has a socket or a look-up, which keeps the process alive: an empty line must not.
    (timer as { unref?: () => void } | undefined)?.unref?.();
  }

  #ring(line: Line): void {
    line.armed = false;
    const now = this.#clock.now();
    for (let link = line.first; link !== undefined; link = line.first) {
      if (link.due > now) {
        // One that was told has perhaps made another request, and armed.
        if (!line.armed) this.#arm(line, link.due - now);
        return;
      }
      this.delete(link);
      link.whose.late();
    }
    // Lengths that are used no more would add up.
    if (!line.armed) this.#lines.delete(line.length);
  }
}
