import type { WebhookErrorCode } from "../errors/errors.ts";
import { printError } from "../lib/environment.ts";
import { guarded } from "../lib/promises.ts";
import type { Clock } from "../time/clock.ts";
import type { Refusal } from "./refusal.ts";

/** Where lines go: the shape of pino, which Fastify's loggers have too. */
export interface Log {
  /** A request was refused through the sender's own doing; `details` has code, status and provider. */
  warn(details: object, message: string): void;
  /** A refusal that is the operator's own fault: the secret lookup or the replay store failed. */
  error(details: object, message: string): void;
}

/** What is told of a refused request. */
export interface Reported {
  /** The name of the row that it was judged by, such as `"stripe"`. */
  readonly provider: string;
  /** As the request line has it; `undefined` where the caller did not say. */
  readonly method: string | undefined;
  /** As the sender wrote it; the query is left out of the log. */
  readonly url: string | undefined;
}

/** Not the sender's fault, and nothing that anybody would see otherwise. */
const OPERATOR: readonly WebhookErrorCode[] = ["secret_unavailable", "store_unavailable"];

/** Lines a second; beyond, they are only counted. */
const MOST = 10;
const LONGEST = 600;

/**
 * Tells the operator, a line each: refusals where lines are wanted, and the operator's own faults always. What the
 * sender wrote is escaped and shortened; a flood of refusals is counted instead of printed.
 */
export class Reporter {
  readonly #log: Log;
  readonly #everything: boolean;
  readonly #clock: Clock;
  #second = Number.NEGATIVE_INFINITY;
  #lines = 0;

  /** @param everything whether refusals that are the sender's fault are told too */
  constructor(log: Log, everything: boolean, clock: Clock) {
    this.#log = log;
    this.#everything = everything;
    this.#clock = clock;
  }

  /** Writes one line, or counts it; `own` is the logger of this one request, where a framework has one. */
  refused(refusal: Refusal, request: Reported, own?: Log): void {
    const fault = OPERATOR.includes(refusal.code);
    if (!fault && !this.#everything) return;
    const { code, status, error } = refusal;
    const { provider, method = "", url = "" } = request;
    const what = [provider, method, url.replace(/[?#].*$/s, "")].filter((word) => word !== "").join(" ");
    const cause = fault ? nameOf(error.cause) : "";
    this.#tell(
      fault ? "error" : "warn",
      { code, status, provider },
      `countersign: ${what} was answered ${status}: ${code}. ${error.message}${cause}`,
      own,
    );
  }

  /** A further line about a refusal: what `explain` found. */
  note(message: string, own?: Log): void {
    this.#tell("warn", {}, `countersign: ${message}`, own);
  }

  #tell(level: "warn" | "error", details: object, message: string, own: Log | undefined): void {
    const log = own ?? this.#log;
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      const missed = this.#lines - MOST;
      this.#second = second;
      this.#lines = 0;
      if (missed > 0) write(log, "warn", {}, `countersign: ${missed} more lines were left out.`);
    }
    this.#lines++;
    if (this.#lines <= MOST) write(log, level, details, printable(message));
  }
}

function write(log: Log, level: "warn" | "error", details: object, message: string): void {
  // A log that throws changes no answer.
  guarded(
    () => log[level](details, message),
    () => undefined,
  );
}

/** One line of visible characters: what a sender wrote must not draw on a terminal, nor forge a second line. */
function printable(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return short.replace(/[^\x20-\x7e\u00a1-\u02ff\u2010-\u2027\u20ac…]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** What kind of error it was. Its message may hold an address or a credential: `onReject` is handed all of it. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  const { code } = cause as { code?: unknown };
  return typeof code === "string" && /^[A-Z0-9_]{1,40}$/.test(code) ? ` (${code})` : ` (${cause.name.slice(0, 40)})`;
}

/** The last resort. */
export const consoleLog: Log = {
  warn: (_, message) => printError(message),
  error: (_, message) => printError(message),
};
