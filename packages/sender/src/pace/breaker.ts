import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";

/** When an endpoint is left alone for a while. Its events wait; none is dropped and no attempt is counted. */
export interface BreakerOptions {
  /** Share of failed attempts that opens it. @default 0.7 */
  readonly failures?: number;
  /** Attempts that must have been made within the window. @default 10 */
  readonly minimum?: number;
  /** @default "5m" */
  readonly window?: Duration;
  /** How long it stays open before one attempt is let through. @default "30s" */
  readonly cooldown?: Duration;
}

/** The same, checked. */
export interface BreakerSettings {
  readonly failures: number;
  readonly minimum: number;
  readonly window: number;
  readonly cooldown: number;
}

const KEYS: KeysOf<BreakerOptions> = {
  failures: "optional",
  minimum: "optional",
  window: "optional",
  cooldown: "optional",
};

/** Checks the options; `false` gives back `undefined`: no breaker. @throws ConfigurationError */
export function checkBreaker(options: BreakerOptions | false | undefined, option: string): BreakerSettings | undefined {
  if (options === false) return undefined;
  const { failures = 0.7, minimum = 10, window = "5m", cooldown = "30s" } = options ?? {};
  if (options !== undefined) checkOptions(options, KEYS, option);
  if (typeof failures !== "number" || !(failures > 0 && failures <= 1)) {
    throw new ConfigurationError(
      `${option}.failures`,
      `${option}.failures must be a share: more than 0 and at most 1.`,
    );
  }
  return {
    failures,
    minimum: checkInteger(minimum, `${option}.minimum`, 1, 1_000),
    window: parseDuration(window, `${option}.window`, 1),
    cooldown: parseDuration(cooldown, `${option}.cooldown`, 1),
  };
}

/** The window in so many parts: old attempts leave a part at a time. */
const PARTS = 10;

/** A circuit breaker: closed, open until a time, then one attempt decides. */
export class Breaker {
  readonly #settings: BreakerSettings;
  readonly #parts: { start: number; made: number; failed: number }[] = [];
  #openUntil = 0;
  #probing = false;

  constructor(settings: BreakerSettings) {
    this.#settings = settings;
  }

  /** When it lets attempts through again; 0 while it is closed. */
  get openUntil(): number {
    return this.#openUntil;
  }

  /** How many attempts it lets begin now. */
  room(now: number): number {
    if (this.#openUntil === 0) return Number.POSITIVE_INFINITY;
    return now >= this.#openUntil && !this.#probing ? 1 : 0;
  }

  /** An attempt begins: behind an open breaker it is the one that decides. */
  begin(): void {
    if (this.#openUntil !== 0) this.#probing = true;
  }

  /** An attempt ended. Says whether the breaker opened or closed by it. */
  report(failed: boolean, now: number): "opened" | "closed" | undefined {
    if (this.#openUntil !== 0) return this.#decide(failed, now);
    const part = this.#part(now);
    part.made += 1;
    if (!failed) return undefined;
    part.failed += 1;
    const made = this.#parts.reduce((sum, one) => sum + one.made, 0);
    const bad = this.#parts.reduce((sum, one) => sum + one.failed, 0);
    if (made < this.#settings.minimum || bad / made < this.#settings.failures) return undefined;
    this.#openUntil = now + this.#settings.cooldown;
    return "opened";
  }

  /** Another process has found the endpoint ill: it is left alone until then, and tried by one attempt. */
  open(until: number, now: number): void {
    if (this.#openUntil === 0) this.#openUntil = Math.max(until, now);
    else if (until > this.#openUntil) {
      this.#openUntil = until;
      this.#probing = false;
    }
  }

  /** Another process has found that it works. An attempt of our own that is under way decides for itself. */
  close(): void {
    if (this.#probing) return;
    this.#openUntil = 0;
    this.#parts.length = 0;
  }

  /** An attempt that began was not made: it decides nothing. */
  forget(): void {
    this.#probing = false;
  }

  /** Attempts from before it opened tell nothing new; the one that it let through decides. */
  #decide(failed: boolean, now: number): "closed" | undefined {
    if (!this.#probing) return undefined;
    this.#probing = false;
    if (failed) {
      this.#openUntil = now + this.#settings.cooldown;
      return undefined;
    }
    this.#openUntil = 0;
    this.#parts.length = 0;
    return "closed";
  }

  #part(now: number): { start: number; made: number; failed: number } {
    const length = this.#settings.window / PARTS;
    while (this.#parts.length > 0 && (this.#parts[0] as { start: number }).start <= now - this.#settings.window)
      this.#parts.shift();
    const last = this.#parts[this.#parts.length - 1];
    if (last !== undefined && now < last.start + length) return last;
    const part = { start: now, made: 0, failed: 0 };
    this.#parts.push(part);
    return part;
  }
}
