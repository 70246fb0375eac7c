import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readRaw } from "../request/raw-http.ts";
import { type SavedRequest, Unreadable } from "../request/saved.ts";
import { Failure } from "../terminal/failure.ts";

/** What is known of a kept delivery beside its bytes. */
export interface KeptRecord {
  /** RFC 3339: when it arrived. */
  readonly at: string;
  /** The provider as which it was judged; absent where it was not. */
  readonly provider?: string;
  /** `"genuine"`, the code of the refusal, or `"not_judged"`. */
  readonly code: string;
  /** RFC 3339: when it was signed, where that is proven. */
  readonly signedAt?: string;
  /** Which of the secrets matched, counted from 1. */
  readonly secret?: number;
  /** A digest of that secret, which tells it from others and tells nothing of it. */
  readonly secretDigest?: string;
  /** What was answered. */
  readonly status?: number;
}

/** How much a folder holds before its oldest go. */
export interface Bounds {
  readonly deliveries: number;
  readonly bytes: number;
}

/** Where deliveries are kept where nothing else is said. */
export function usualFolder(env: Readonly<{ [name: string]: string | undefined }>): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "countersign", "deliveries");
}

const NAME = /^(\d{6,12})\.http$/;

/**
 * Deliveries as files: `000017.http` is the request as raw HTTP, written before anything else is done with it, and
 * `000017.json` what became of it. A file is never written twice. Only their owner reads them: they hold what the sender
 * sent, credentials too.
 */
export class Folder {
  readonly path: string;
  readonly #bounds: Bounds;

  constructor(path: string, bounds: Bounds = { deliveries: 1_000, bytes: 256 * 1_048_576 }) {
    this.path = path;
    this.#bounds = bounds;
  }

  /** The numbers of what is there, the oldest first; none where there is no folder. */
  numbers(): readonly number[] {
    try {
      const all = readdirSync(this.path).flatMap((name) => NAME.exec(name)?.[1] ?? []);
      return all.map(Number).sort((a, b) => a - b);
    } catch (error) {
      const { code = "ERR" } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return [];
      throw new Failure(
        "input",
        code,
        "The folder of kept deliveries cannot be read.",
        "--from DIR or --keep DIR names another.",
      );
    }
  }

  /** Keeps a request under the next free number; several processes may keep in one folder. @throws what the disk says */
  add(request: SavedRequest): number {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const bytes = rawHttp(request);
    const numbers = this.numbers();
    let number = (numbers.at(-1) ?? 0) + 1;
    for (;;) {
      try {
        writeFileSync(this.#file(number, "http"), bytes, { flag: "wx", mode: 0o600 });
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") number++;
        else {
          // Half a request is none.
          rmSync(this.#file(number, "http"), { force: true });
          throw error;
        }
      }
    }
    this.#drop([...numbers, number]);
    return number;
  }

  /** What became of it. @throws what the disk says */
  note(number: number, record: KeptRecord): void {
    writeFileSync(this.#file(number, "json"), `${JSON.stringify(record)}\n`, { flag: "wx", mode: 0o600 });
  }

  /** The request, and when it arrived. @throws Unreadable */
  read(number: number): SavedRequest {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(this.#file(number, "http"));
    } catch {
      throw new Unreadable(`there is no delivery ${number}.`);
    }
    const at = Date.parse(this.record(number)?.at ?? "");
    return { ...readRaw(bytes), ...(Number.isNaN(at) ? {} : { at }) };
  }

  record(number: number): KeptRecord | undefined {
    try {
      return JSON.parse(readFileSync(this.#file(number, "json"), "utf8")) as KeptRecord;
    } catch {
      return undefined; // The process ended before it was judged.
    }
  }

  #file(number: number, kind: "http" | "json"): string {
    return join(this.path, `${String(number).padStart(6, "0")}.${kind}`);
  }

  /** Lets the oldest go until what is left is within the bounds. The newest always stays. */
  #drop(numbers: readonly number[]): void {
    let bytes = 0;
    let kept = 0;
    for (const number of [...numbers].reverse()) {
      bytes += sizeOf(this.#file(number, "http"));
      kept++;
      if (kept === 1 || (kept <= this.#bounds.deliveries && bytes <= this.#bounds.bytes)) continue;
      rmSync(this.#file(number, "http"), { force: true });
      rmSync(this.#file(number, "json"), { force: true });
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The request as it went over the wire. A body that came in chunks is one chunk. */
export function rawHttp({ method, url, headers, body }: SavedRequest): Uint8Array {
  const chunked = headers.some(([name, value]) => name.toLowerCase() === "transfer-encoding" && /chunked/i.test(value));
  const head = [`${method} ${url || "/"} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""];
  const text = Buffer.from(head.join("\r\n"), "latin1");
  if (!chunked) return Buffer.concat([text, body]);
  const size = body.length === 0 ? [] : [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")];
  return Buffer.concat([text, ...size, Buffer.from("0\r\n\r\n")]);
}

/** Tells one secret from another in the records; of a secret of 80 bits and more it tells nothing else. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(`countersign secret digest\n${secret}`).digest("hex").slice(0, 12);
}
