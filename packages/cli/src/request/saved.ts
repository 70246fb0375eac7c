/** A request that somebody saved, as far as its form tells it. */
export interface SavedRequest {
  /** In upper case. */
  readonly method: string;
  /** As it was saved: whole, or from the path on; empty where nothing tells. */
  readonly url: string;
  /** In the order and spelling of the file. */
  readonly headers: readonly Header[];
  /** The bytes, as far as they can be known: `notes` says where they cannot. */
  readonly body: Uint8Array;
  /** When it arrived, in milliseconds since the epoch, where the form says so. */
  readonly at?: number;
  /** What it was read as: `"raw HTTP"`. */
  readonly form: string;
  /** What a reader has to know before trusting a verdict: "the body was parsed". */
  readonly notes: readonly string[];
}

export type Header = readonly [name: string, value: string];

/** What is in a file is no request. The message says why and quotes nothing of it. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

/** More than any server takes, and few enough to look at. */
export const MAX_HEADERS = 500;
export const MAX_BODY = 16 * 1_048_576;

const METHOD = /^[!#$%&'*+.^_`|~\w-]{1,40}$/;
const NAME = /^[!#$%&'*+.^_`|~\w-]{1,256}$/;

/** Checks and bounds what a form brought. @throws Unreadable */
export function saved(request: Omit<SavedRequest, "notes"> & { readonly notes?: readonly string[] }): SavedRequest {
  const { method, headers, body, url, notes = [] } = request;
  if (!METHOD.test(method)) throw new Unreadable("its method is none that HTTP has.");
  if (headers.length > MAX_HEADERS) throw new Unreadable(`it has more than ${MAX_HEADERS} headers.`);
  if (body.length > MAX_BODY) throw new Unreadable(`its body is larger than ${MAX_BODY >> 20} MiB.`);
  if (url.length > 65_536) throw new Unreadable("its URL is longer than 64 KiB.");
  // A line break in a value would make a header of its own, wherever the request is sent or saved again.
  const kept = headers.filter(([name, value]) => NAME.test(name) && !/[\r\n\0]/.test(value));
  const dropped = headers.length - kept.length;
  const more = dropped === 0 ? [] : [`${dropped} headers that HTTP does not allow were left out.`];
  return { ...request, method: method.toUpperCase(), headers: kept, notes: [...notes, ...more] };
}

/** The value of a header, by its name in lower case: the first. */
export function headerOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

/** As Node has them: lower-case names, with a list where a name occurs more than once. */
export function headerRecord(headers: readonly Header[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = record[key];
    record[key] = before === undefined ? value : [before, value].flat();
  }
  return record;
}
