import { Fault } from "@countersign/core/scheme";
import { describe, expect, test } from "vitest";
import { contentDigest, matchDigests } from "./digest.ts";
import { readDigests } from "./read.ts";
import { wantedDigests } from "./wanted.ts";

const HELLO = '{"hello": "world"}\n';
// The digests are of this encoding; the one that is printed beside them has other two bytes in front (8B 08).
const BROTLI = Buffer.from("0B09807B2268656C6C6F223A2022776F726C64227D0A03", "hex");
const NEW_TITLE = '{"title": "New Title"}\n';
const BOOK = '{\n  "id": "123",\n  "title": "New Title"\n}\n';
const CREATED = '{\n  "status": "created",\n  "id": "123",\n  "ts": 1569327729,\n  "instance": "/books/123"\n}\n';
const NOT_FOUND =
  '{\n  "title": "Not Found",\n  "detail": "Cannot PATCH a non-existent resource",\n  "status": 404\n}\n';
const OF_HELLO = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
const OF_BROTLI = "sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:";
const OF_HELLO_512 =
  "sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:";
const OF_BROTLI_512 =
  "sha-512=:db7fdBbgZMgX1Wb2MjA8zZj+rSNgfmDCEEXM8qLWfpfoNY0sCpHAzZbj09X1/7HAb7Od5Qfto4QpuBsFbUO3dQ==:";

async function judge(value: string, body: Uint8Array | string) {
  const digests = readDigests({ headers: { "content-digest": value } }, "content-digest");
  return digests instanceof Fault ? digests.code : matchDigests(digests, Buffer.from(body));
}

// RFC 9530, 2, 3, and appendices B to D; in each the bytes that the digest is computed over.
describe.each([
  ["2, one digest", OF_HELLO_512, HELLO],
  ["B.1, full representation", OF_HELLO, HELLO],
  ["B.2, no content", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:", ""],
  ["B.2, its representation", OF_HELLO, HELLO],
  ["B.3, partial content", "sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:", '"world"}\n'],
  ["B.4, the encoded response", OF_BROTLI, BROTLI],
  ["B.6, with two algorithms", `${OF_BROTLI},${OF_BROTLI_512}`, BROTLI],
  ["B.7, a POST request", "sha-256=:mEkdbO7Srd9LIOegftO0aBX+VPTVz7/CSHes2Z27gc4=:", NEW_TITLE],
  ["B.7, its response", "sha-256=:uVSlinTTdQUwm2On4k8TJUikGN1bf/Ds8WPX4oe0h9I=:", BOOK],
  ["B.8, the status of the request", "sha-256=:yXIGDTN5VrfoyisKlXgRKUHHMs35SNtyC3szSz1dbO8=:", CREATED],
  ["B.10, an error", "sha-256=:EXB0S2VF2H7ijkAVJkH1Sm0pBho0iDZcvVUHHXTTZSA=:", NOT_FOUND],
  ["B.11, in a trailer", OF_HELLO, '{"hello": "world"}\n'],
  ["C.1, another algorithm than was wanted", OF_HELLO, HELLO],
  ["C.2, the same", OF_HELLO_512, HELLO],
  ["D, sha-256", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", '{"hello": "world"}'],
  [
    "D, sha-512",
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    '{"hello": "world"}',
  ],
])("RFC 9530, %s", (_, value, body) => {
  test("matches its bytes, and no others", async () => {
    expect(await judge(value, body)).toBe(true);
    expect(await judge(value, Buffer.concat([Buffer.from(body), Buffer.from(" ")]))).toBe(false);
  });

  test("is what is written", async () => {
    const algorithms = value.includes("sha-512") ? (["sha-256", "sha-512"] as const) : (["sha-256"] as const);
    const made = await contentDigest(body, value.startsWith("sha-512") ? ["sha-512"] : algorithms);
    expect(made).toBe(value.replace(",", ", "));
  });
});

test("RFC 9530, B.5 and C.1 print one = too many: that is not base64", async () => {
  expect(await judge(OF_HELLO.replace("=:", "==:"), HELLO)).toBe("malformed_signature");
});

test.each([
  ["md5", "md5=:Sd/dVLAcvNLSq16eXua5uQ==:"],
  ["sha", "sha=:07CavjDP4u3/TungoUHJO/Wzr4c=:"],
  ["unixsum", "unixsum=:GQU=:"],
  ["unixcksum", "unixcksum=:7zsHAA==:"],
  ["adler", "adler=:OZkGFw==:"],
  ["crc32c", "crc32c=:Q3lHIA==:"],
])("RFC 9530, D: %s proves nothing", async (_, value) => {
  expect(await judge(value, '{"hello": "world"}')).toBe("malformed_signature");
  expect(await judge(`${value}, sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:`, '{"hello": "world"}')).toBe(
    true,
  );
});

describe("digests that are", () => {
  test("of two bodies are of none: sections 2 and 3 show such a pair", async () => {
    expect(await judge(`${OF_BROTLI},${OF_HELLO_512}`, HELLO)).toBe(false);
    expect(await judge(`${OF_BROTLI},${OF_HELLO_512}`, BROTLI)).toBe(false);
  });

  test.each([
    ["absent", {}],
    ["empty", { "content-digest": "" }],
    ["of another length", { "content-digest": "sha-256=:AAAA:" }],
    ["no bytes", { "content-digest": 'sha-256="abc"' }],
    ["there twice", { "content-digest": `${OF_HELLO}, ${OF_HELLO}` }],
    ["in two spellings", { "content-digest": OF_HELLO, "Content-Digest": OF_HELLO }],
    ["too long", { "content-digest": `${OF_HELLO}, a=:${"A".repeat(8000)}:` }],
    ["not in quotes", { "content-digest": "sha-256=" }],
  ])("%s are a fault", (_, headers) => {
    expect(readDigests({ headers }, "content-digest")).toMatchObject({ code: "malformed_signature" });
  });
});

describe("what is wanted", () => {
  // RFC 9530, 4 and C.
  test.each([
    ["sha-256=1", ["sha-256"]],
    ["sha-512=3, sha-256=10, unixsum=0", ["sha-256", "sha-512"]],
    ["sha-256=3, sha=10", ["sha-256"]],
    ["sha=10", []],
    ["sha-256=0", []],
  ])("%s", (value, algorithms) => {
    expect(wantedDigests({ headers: { "want-content-digest": value } })).toEqual(algorithms);
    expect(wantedDigests({ headers: { "Want-Repr-Digest": value } }, "repr-digest")).toEqual(algorithms);
  });

  test.each(["sha-256=11", "sha-256", "sha-256=1.5", "SHA", "a=1, a=2"])("%s is no such header", (value) => {
    expect(wantedDigests({ headers: { "want-content-digest": value } })).toBeInstanceOf(Fault);
  });

  test("nothing where there is no header", () => {
    expect(wantedDigests({ headers: {} })).toEqual([]);
  });
});
