import { describe, expect, test } from "vitest";
import type { Message, RequestMessage } from "../field/message.ts";
import { type Component, parseComponent } from "./identifier.ts";
import { Values } from "./value.ts";

const HEADERS = {
  Host: "www.example.com",
  Date: "Tue, 20 Apr 2021 02:07:56 GMT",
  "X-OWS-Header": "   Leading and trailing whitespace.   ",
  "X-Obs-Fold-Header": "Obsolete\r\n    line folding.",
  "Cache-Control": ["max-age=60", "   must-revalidate"],
  "Example-Dict": "  a=1,    b=2;x=1;y=2,   c=(a   b   c), d",
  "X-Empty-Header": " ",
  "Example-Header": ["value, with, lots", "of, commas"],
  "Other-Header": "value, with, lots, of, commas",
};
const request = (url: string, more: Partial<RequestMessage> = {}): RequestMessage => ({
  method: "POST",
  url,
  headers: HEADERS,
  ...more,
});
const USUAL = request("https://www.example.com/path?param=value");

function lineOf(written: string, message: Message = USUAL): string {
  const component = parseComponent(written);
  if (typeof component === "string") return `no component: ${component}`;
  const value = new Values(message, { "example-dict": "dictionary" }).of(component);
  return typeof value === "string" ? `no value: ${value}` : `${component.id}: ${value.value}`;
}

describe("RFC 9421, 2.1: fields", () => {
  test.each([
    ["host", '"host": www.example.com'],
    ["date", '"date": Tue, 20 Apr 2021 02:07:56 GMT'],
    ["x-ows-header", '"x-ows-header": Leading and trailing whitespace.'],
    ["x-obs-fold-header", '"x-obs-fold-header": Obsolete line folding.'],
    ["cache-control", '"cache-control": max-age=60, must-revalidate'],
    ["example-dict", '"example-dict": a=1,    b=2;x=1;y=2,   c=(a   b   c), d'],
    ["x-empty-header", '"x-empty-header": '],
    ["example-dict;sf", '"example-dict";sf: a=1, b=2;x=1;y=2, c=(a b c), d'],
    ['example-dict;key="a"', '"example-dict";key="a": 1'],
    ['example-dict;key="d"', '"example-dict";key="d": ?1'],
    ['example-dict;key="b"', '"example-dict";key="b": 2;x=1;y=2'],
    ['example-dict;key="c"', '"example-dict";key="c": (a b c)'],
    ["example-header", '"example-header": value, with, lots, of, commas'],
    ["example-header;bs", '"example-header";bs: :dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:'],
    ["other-header;bs", '"other-header";bs: :dmFsdWUsIHdpdGgsIGxvdHMsIG9mLCBjb21tYXM=:'],
  ])("%s", (written, line) => {
    expect(lineOf(written)).toBe(line);
  });

  test("2.1.4: trailers", () => {
    const message = {
      status: 200,
      headers: { Trailer: "Expires" },
      trailers: { Expires: "Wed, 9 Nov 2022 07:28:00 GMT" },
    };
    expect(lineOf("@status", message)).toBe('"@status": 200');
    expect(lineOf("trailer", message)).toBe('"trailer": Expires');
    expect(lineOf("expires;tr", message)).toBe('"expires";tr: Wed, 9 Nov 2022 07:28:00 GMT');
    expect(lineOf("expires", message)).toContain("no value");
    expect(lineOf("expires;tr")).toContain("no trailers");
  });
});

describe("RFC 9421, 2.2: derived components", () => {
  const QUERY = "https://www.example.com/path?param=value&foo=bar&baz=batman&qux=";
  const ODD =
    "https://www.example.com/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something";
  test.each<[string, string, RequestMessage]>([
    ["@method", "POST", USUAL],
    ["@target-uri", "https://www.example.com/path?param=value", USUAL],
    ["@authority", "www.example.com", USUAL],
    ["@scheme", "http", request("http://www.example.com/path?param=value")],
    ["@request-target", "/path?param=value", USUAL],
    ["@request-target", "https://www.example.com/path?param=value", { ...USUAL, target: USUAL.url }],
    ["@request-target", "www.example.com:80", { ...USUAL, target: "www.example.com:80" }],
    ["@request-target", "*", { ...USUAL, target: "*" }],
    ["@path", "/path", USUAL],
    ["@query", "?param=value&foo=bar&baz=bat%2Dman", request("https://x/path?param=value&foo=bar&baz=bat%2Dman")],
    ["@query", "?queryString", request("https://x/path?queryString")],
    ["@query", "?", request("https://x/path")],
    ['@query-param;name="baz"', "batman", request(QUERY)],
    ['@query-param;name="qux"', "", request(QUERY)],
    ['@query-param;name="param"', "value", request(QUERY)],
    ['@query-param;name="var"', "this%20is%20a%20big%0Amultiline%20value", request(ODD)],
    ['@query-param;name="bar"', "with%20plus%20whitespace", request(ODD)],
    ['@query-param;name="fa%C3%A7ade%22%3A%20"', "something", request(ODD)],
  ])("%s: %s", (written, value, message) => {
    expect(lineOf(written, message)).toBe(`${(parseComponent(written) as Component).id}: ${value}`);
  });

  test.each([
    ["HTTPS://WWW.Example.COM:443/", "@authority", "www.example.com"],
    ["http://www.example.com:8080/", "@authority", "www.example.com:8080"],
    ["http://[2001:DB8::1]:80/", "@authority", "[2001:db8::1]"],
    ["https://www.example.com", "@path", "/"],
    ["https://www.example.com?x", "@target-uri", "https://www.example.com/?x"],
    ["https://www.example.com/a/../b%2F#part", "@path", "/a/../b%2F"],
    ["/only?path", "@query", "?path"],
  ])("%s has the %s %s", (url, written, value) => {
    expect(lineOf(written, request(url))).toBe(`"${written}": ${value}`);
  });
});

describe("there is no value", () => {
  const twice = request("https://x/?a=1&a=2");
  test.each<[string, Message]>([
    ["missing", USUAL],
    ["@status", USUAL],
    ["@method;req", USUAL],
    ["@method", { status: 200, headers: {} }],
    ["@method;req", { status: 200, headers: {} }],
    ["@status", { status: 20, headers: {} }],
    ['@query-param;name="a"', twice],
    ['@query-param;name="b"', twice],
    ['@query-param;name="a"', request("https://x/?a=%FF")],
    ["@authority", request("/path")],
    ["@target-uri", request("/path")],
    ["@path", request("https://user@x/")],
    ["@path", request("https://x/a b")],
    ["@path", request("https://x/ü")],
    ["@path", request("no url")],
    ["@method", request("https://x/", { method: "GET\nX" })],
    ["@request-target", request("https://x/", { target: "a\nb" })],
    ["folded", request("https://x/", { headers: { folded: "a\nb: c" } })],
    ["twice", request("https://x/", { headers: { twice: "a", Twice: "b" } })],
    ["list", request("https://x/", { headers: { list: [1] as never } })],
    ["cache-control;sf", USUAL],
    ["wide;bs", request("https://x/", { headers: { wide: "\u0100" } })],
    ['example-dict;key="z"', USUAL],
    ['example-dict;key="a"', request("https://x/", { headers: { "example-dict": "a=1, a=2" } })],
    ["example-dict;sf", request("https://x/", { headers: { "example-dict": "a=1, a=2" } })],
    ["example-dict;sf", request("https://x/", { headers: { "example-dict": "a=1.0" } })],
    ["example-dict;sf", request("https://x/", { headers: { "example-dict": "A" } })],
    ['cache-status;key="a"', request("https://x/", { headers: { "cache-status": "a" } })],
  ])("for %s, %#", (written, message) => {
    expect(lineOf(written, message)).toContain("no value");
  });
});

test.each([
  "",
  "@unknown",
  "@signature-params",
  "Date",
  "a b",
  "date;unknown",
  "date;sf=?0",
  "date;key",
  "date;key=1",
  'date;bs;key="a"',
  "date;bs;sf",
  "@query-param",
  '@method;name="a"',
  "@status;req",
  "@path;tr",
  '"date" "host"',
  "(date)",
])("%s is no component", (written) => {
  expect(lineOf(written)).toContain("no component");
});

test("of Node's request all lines count, in their order", () => {
  const rawHeaders = ["Accept", "application/json", "Host", "x", "ACCEPT", "*/*"];
  const message = request("https://x/", { headers: { accept: "application/json" }, rawHeaders });
  expect(lineOf("accept", message)).toBe('"accept": application/json, */*');
  expect(
    lineOf(
      "accept",
      request("https://x/", {
        headers: new Headers([
          ["accept", "a"],
          ["accept", "b"],
        ]),
      }),
    ),
  ).toBe('"accept": a, b');
});
