import { type Header, headerOf, type SavedRequest, saved, Unreadable } from "./saved.ts";

const REQUEST_LINE = /^([A-Za-z]{1,20}) (\S{1,65536})(?: HTTP\/[\d.]{1,3})$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]{1,256}):[ \t]*(.*?)[ \t]*$/;
const LF = 10;

/** Whether bytes begin as a request does, or as its headers do. */
export function looksRaw(bytes: Uint8Array): boolean {
  const [line = ""] = latin1(bytes.subarray(0, 70_000)).split(/\r?\n/, 1);
  return REQUEST_LINE.test(line) || (HEADER_LINE.test(line) && !/^https?:/i.test(line));
}

/**
 * A request as it went over the wire, or as `listen` keeps it: request line, headers, an empty line, the body. Without
 * a request line it is a POST.
 *
 * @throws Unreadable
 */
export function readRaw(bytes: Uint8Array): SavedRequest {
  const { lines, rest } = splitHead(bytes);
  const [first = "", ...others] = lines;
  const [, method = "POST", url = ""] = REQUEST_LINE.exec(first) ?? [];
  const headers = (REQUEST_LINE.test(first) ? others : lines).map(readHeader);
  const { body, notes } = readBody(headers, rest);
  return saved({ method, url, headers, body, form: "raw HTTP", notes });
}

function splitHead(bytes: Uint8Array): { lines: string[]; rest: Uint8Array } {
  const lines: string[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(LF, start);
    const line = latin1(bytes.subarray(start, end === -1 ? bytes.length : end)).replace(/\r$/, "");
    start = end === -1 ? bytes.length : end + 1;
    if (line === "") return { lines, rest: bytes.subarray(start) };
    if (lines.length > 1_000) throw new Unreadable("it has no empty line behind its headers.");
    lines.push(line);
  }
  return { lines, rest: bytes.subarray(bytes.length) };
}

function readHeader(line: string): Header {
  const [, name, value] = HEADER_LINE.exec(line) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new Unreadable('one of the lines before the first empty one is no header ("Name: value").');
}

function readBody(headers: readonly Header[], rest: Uint8Array): { body: Uint8Array; notes: string[] } {
  if (/\bchunked\b/i.test(headerOf(headers, "transfer-encoding") ?? "")) {
    const body = dechunk(rest);
    if (body !== undefined) return { body, notes: [] };
    return {
      body: rest,
      notes: ["Its Transfer-Encoding says chunked, but the body is not: it is taken as it stands."],
    };
  }
  const declared = Number(headerOf(headers, "content-length") ?? Number.NaN);
  if (!Number.isSafeInteger(declared) || declared === rest.length) {
    const ends = Number.isNaN(declared) && rest.at(-1) === LF;
    return {
      body: rest,
      notes: ends ? ["The body ends with a line break: take it away if your editor put it there."] : [],
    };
  }
  const surplus = latin1(rest.subarray(declared));
  if (rest.length > declared && /^[\r\n]{1,4}$/.test(surplus)) {
    return {
      body: rest.subarray(0, declared),
      notes: ["The line break behind the body is left out, as Content-Length says."],
    };
  }
  return {
    body: rest,
    notes: [
      `Content-Length says ${declared} bytes, and the body has ${rest.length}: it was changed when it was saved, or on its way.`,
    ],
  };
}

/** The body inside its chunks; `undefined` where they are none. */
function dechunk(bytes: Uint8Array): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(LF, at);
    if (end === -1 || end - at > 200) return undefined;
    const [, size] = /^([0-9a-f]{1,7})\s*(?:;.*)?$/i.exec(latin1(bytes.subarray(at, end)).trimEnd()) ?? [];
    if (size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    at = end + 1;
    if (length === 0) return Buffer.concat(parts);
    if (at + length > bytes.length) return undefined;
    parts.push(bytes.subarray(at, at + length));
    at = bytes.indexOf(LF, at + length) + 1;
    if (at === 0) return undefined;
  }
}

/** Headers travel as bytes; each is one character here, as Node has it. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
