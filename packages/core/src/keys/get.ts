import type { Clock } from "../time/clock.ts";
import { KeySourceError } from "./error.ts";

/** As much of a Fetch `Response` as a source looks at. */
export interface KeyResponse {
  /** The status: anything but 200 is a failure of the source. */
  readonly status: number;
  /** Of which `cache-control` and `age` are asked, no others. */
  readonly headers: {
    /** The value of a header, which may be asked for in any case; `null` where it is absent. */
    get(name: string): string | null;
  };
  /** A stream of bytes, or `null`. */
  readonly body: unknown;
}

/** The platform's `fetch`, or one that stands for it: a proxy's, a test's. */
export type KeyFetch = (
  url: string,
  init: {
    /** Lower-case names: `accept`, and those of the option `headers`. */
    readonly headers: Record<string, string>;
    /** Redirects are never followed: the address is the pin. */
    readonly redirect: "manual";
    /** Ends it when it takes too long. */
    readonly signal: AbortSignal;
  },
) => Promise<KeyResponse>;

/** How one question to a source is asked. */
export interface Asking {
  readonly fetch: KeyFetch;
  readonly clock: Clock;
  /** Milliseconds for the whole of it. */
  readonly timeout: number;
  /** Bytes. */
  readonly limit: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a source answered. */
export interface Answered {
  readonly text: string;
  readonly cacheControl: string | null;
  readonly age: string | null;
}

/**
 * Asks an address once, within its time and size.
 *
 * @throws KeySourceError for anything but a whole answer with status 200
 */
export async function get(url: URL, name: string, asking: Asking): Promise<Answered> {
  const { clock, timeout, headers } = asking;
  const controller = new AbortController();
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimeout(() => {
      controller.abort();
      reject(unavailable(name, `it did not answer within ${timeout} ms`));
    }, timeout);
    (timer as { unref?: () => void } | undefined)?.unref?.();
  });
  late.catch(() => {});
  try {
    const { fetch } = asking;
    const init = { headers: { accept: "application/json, */*;q=0.1", ...headers }, redirect: "manual" as const };
    const asked = Promise.resolve(fetch(url.href, { ...init, signal: controller.signal }));
    asked.catch(() => {});
    const response = await Promise.race([asked, late]);
    if (response.status !== 200) {
      controller.abort();
      throw unavailable(name, refused(response.status));
    }
    const text = await Promise.race([readText(response.body, asking.limit, name), late]);
    return { text, cacheControl: response.headers.get("cache-control"), age: response.headers.get("age") };
  } catch (error) {
    controller.abort();
    throw error instanceof KeySourceError ? error : unavailable(name, "it could not be asked", error);
  } finally {
    clock.clearTimeout(timer);
  }
}

function refused(status: number): string {
  const redirect = status === 0 || (status >= 300 && status < 400);
  return redirect
    ? "it redirects, which is not followed: give the address where the keys are"
    : `it answered ${status}`;
}

/** The one sentence about a source that cannot be used. */
export function unavailable(name: string, why: string, cause?: unknown): KeySourceError {
  return new KeySourceError(`The keys of ${name} cannot be had: ${why}.`, cause);
}

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

async function readText(body: unknown, limit: number, name: string): Promise<string> {
  const reader = (body as { getReader?(): Reader } | null)?.getReader?.();
  if (reader === undefined) throw unavailable(name, "it answered without a body");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value === undefined) continue;
    size += value.length;
    if (size > limit) {
      reader.cancel().catch(() => {});
      throw unavailable(name, `its answer is longer than ${limit} bytes`);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
