import { looksAws, readAws } from "./aws.ts";
import { looksHar, readHar } from "./har.ts";
import { type SavedRequest, saved, Unreadable } from "./saved.ts";
import { bodyOf, type Fields, headersOf, isFields, textOf } from "./values.ts";

/** What JSON can be, the most particular first. */
const FORMS: readonly {
  readonly looks: (json: Fields) => boolean;
  readonly read: (json: Fields, entry: number | undefined) => SavedRequest;
}[] = [
  { looks: looksHar, read: readHar },
  { looks: looksAws, read: readAws },
  { looks: (json) => "headers" in json || "rawHeaders" in json, read: readFields },
];

/** @throws Unreadable */
export function readJson(text: string, entry: number | undefined): SavedRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Unreadable("it begins like JSON, but is none.");
  }
  if (!isFields(json)) throw new Unreadable("it is JSON, but no object with headers and a body.");
  const object = json;
  const form = FORMS.find(({ looks }) => looks(object));
  if (form === undefined) {
    throw new Unreadable('it is JSON without "headers": if it is the body alone, give it with --body FILE.');
  }
  return form.read(object, entry);
}

/** `{ method, url, headers, body }`, and Express's request with `originalUrl`, `rawHeaders` and `rawBody`. */
function readFields(json: Fields): SavedRequest {
  const express = "originalUrl" in json || "rawHeaders" in json || "baseUrl" in json;
  const encoding = textOf(json, "bodyEncoding", "encoding");
  const base64 = json.isBase64Encoded === true || encoding === "base64";
  const sixtyFour = textOf(json, "bodyBase64", "body64", "rawBodyBase64");
  const given = [json.rawBody, json.body, json.payload, json.data].find((one) => one !== undefined);
  const { body, notes } = sixtyFour === undefined ? bodyOf(given, base64) : bodyOf(sixtyFour, true);
  const raw = Array.isArray(json.rawHeaders) ? json.rawHeaders : json.headers;
  const at = [json.at, json.timestamp, json.time, json.receivedAt].map(timeOf).find((one) => one !== undefined);
  return saved({
    method: textOf(json, "method", "httpMethod") ?? "POST",
    url: urlOf(json),
    headers: headersOf(raw),
    body,
    ...(at === undefined ? {} : { at }),
    form: express ? "a dump of Express" : "JSON of headers and body",
    notes,
  });
}

/** Express has the parts of the URL apart, and takes the mount point off `url`. */
function urlOf(json: Fields): string {
  const path = textOf(json, "originalUrl", "url", "path") ?? "";
  const host = textOf(json, "host", "hostname");
  const protocol = textOf(json, "protocol") ?? "https";
  const whole = host !== undefined && path.startsWith("/") && /^https?$/.test(protocol);
  return whole ? `${protocol}://${host}${path}` : path;
}

/** RFC 3339 text, or milliseconds since the epoch. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value > 1e11 ? value : undefined;
  const time = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
