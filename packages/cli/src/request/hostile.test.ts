/** Whatever stands in a file: a request, or `Unreadable`, and in bounded time. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readSaved } from "./read.ts";
import { Unreadable } from "./saved.ts";

const good = [
  "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  `curl -X POST 'https://example.com' -H "a: b" --data-raw $'a\\u00e9' --data-urlencode 'a=b'`,
  JSON.stringify({
    log: {
      entries: [{ request: { url: "/", headers: [{ name: "a", value: "b" }], postData: { params: [{ name: "a" }] } } }],
    },
  }),
  JSON.stringify({ version: "2.0", headers: { a: "b" }, requestContext: { http: { method: "POST" } }, body: "x" }),
  JSON.stringify({
    httpMethod: "PUT",
    multiValueHeaders: { a: ["b"] },
    queryStringParameters: { a: "b" },
    requestContext: {},
    body: null,
  }),
  JSON.stringify({ rawHeaders: ["a", "b"], originalUrl: "/", rawBody: { type: "Buffer", data: [1, 2, 300] } }),
];
const pieces = [
  "null",
  "[]",
  "{}",
  '"',
  "\\",
  "\0",
  "\r\n",
  "\ud800",
  "1e999",
  "__proto__",
  "$'",
  "-d",
  "@",
  "%",
  "\n\n",
];

const cut = fc.record({ at: fc.nat(400), length: fc.nat(8), put: fc.constantFrom("", ...pieces) });
const broken = fc.tuple(fc.constantFrom(...good), fc.array(cut, { maxLength: 4 })).map(([text, cuts]) => {
  return cuts.reduce((so, { at, length, put }) => so.slice(0, at) + put + so.slice(at + length), text);
});

test("broken requests and random bytes throw nothing but Unreadable", () => {
  const input = fc.oneof(broken, broken, fc.string({ unit: "binary", maxLength: 200 }));
  let read = 0;
  fc.assert(
    fc.property(input, (text) => {
      try {
        const { headers } = readSaved(Buffer.from(text));
        read++;
        if (headers.some(([name, value]) => /[\r\n\0]/.test(name + value))) throw new Error("a header of its own");
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
  expect(read).toBeGreaterThan(100);
}, 30_000);
