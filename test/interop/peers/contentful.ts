import { verifyRequest } from "@contentful/node-apps-toolkit";
import { contentful as provider } from "@countersign/core/providers";
import { because, mac, type Peer, type Row, textOf } from "./peer.ts";

const SECRET = "a".repeat(64);
const OTHER = `q${"a".repeat(63)}`;
const NOW = 1_784_000_000_000;
const LISTED = "x-contentful-signed-headers";
const TIME = "x-contentful-timestamp";
const SIGNATURE = "x-contentful-signature";
const HOST = "https://example.com";

interface Signed {
  readonly method?: string;
  /** In the form that is signed. */
  readonly path?: string;
  readonly time?: number;
  /** What is listed beside Contentful's own two. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Signs as their page describes it: method, path, the listed headers in order, and an empty body. */
function signed({ method = "GET", path = "/api/v1/resources/1", time = NOW, headers = {} }: Signed = {}) {
  const names = [...Object.keys(headers), LISTED, TIME].sort();
  const all: Record<string, string> = { ...headers, [LISTED]: names.join(","), [TIME]: String(time) };
  const lines = names.map((name) => `${name}:${all[name]}`).join(";");
  return { ...all, [SIGNATURE]: mac("sha256", "hex", SECRET, [method, path, lines, ""].join("\n")) };
}

function without(headers: Record<string, string>, name: string) {
  return Object.fromEntries(Object.entries(headers).filter(([one]) => one !== name));
}

const AUTHORIZED = { authorization: "Bearer TOKEN" };
const CACHED = { ...AUTHORIZED, "cache-control": "no-cache" };
/** What the request was made for. Their suite runs each case with each of them. */
const SUBJECT = { "x-contentful-space-id": "my-space", "x-contentful-environment-id": "my-environment" };
const CONTEXTS: readonly (readonly [string, Record<string, string>])[] = [
  ["no context", {}],
  ["an app", { ...SUBJECT, "x-contentful-app-id": "appId" }],
  ["a user", { ...SUBJECT, "x-contentful-user-id": "userId" }],
];

const rowsFor = ([context, subject]: (typeof CONTEXTS)[number]): Row[] => {
  const request = signed({ headers: subject });
  const authorized = signed({ headers: { ...AUTHORIZED, ...subject } });
  const cached = signed({ headers: { ...CACHED, ...subject } });
  const rows: Row[] = [
    {
      id: "a signed request",
      from: ["verified", "with a subject"],
      headers: authorized,
      with: { ttl: 0 },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a minute old, a second allowed",
      from: "ttl: too old",
      headers: signed({ headers: { ...AUTHORIZED, ...subject }, time: NOW - 60_000 }),
      with: { ttl: 1 },
      options: { tolerance: "1s" },
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "a minute old, and no time looked at",
      from: "ttl: 0",
      headers: signed({ headers: { ...AUTHORIZED, ...subject }, time: NOW - 60_000 }),
      with: { ttl: 0 },
      theirs: "accepted",
      ours: "timestamp_too_old",
      differs: "the window cannot be switched off; old fixtures are tested with a clock",
    },
    {
      id: "names of headers in capitals",
      from: ["own headers: case", "sign: case of headers"],
      headers: Object.fromEntries(Object.entries(request).map(([name, value]) => [name.toUpperCase(), value])),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "no signature",
      from: "own headers: no signature",
      headers: without(request, SIGNATURE),
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "a signature of 63 letters",
      from: ["own headers: length", "equal: other lengths"],
      headers: { ...request, [SIGNATURE]: request[SIGNATURE].slice(0, 63) },
      with: { ttl: 0 },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "no time",
      from: "own headers: no time",
      headers: without(request, TIME),
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "no list of headers",
      from: "own headers: no list",
      headers: without(authorized, LISTED),
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "names of other headers in another case",
      from: "other headers: case",
      headers: {
        ...without(without(cached, "authorization"), "cache-control"),
        authORizAtioN: "Bearer TOKEN",
        "CACHE-control": "no-cache",
      },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "one header more, not on the list",
      from: "other headers: not signed",
      headers: { ...cached, "content-type": "application/json" },
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "another value of a header on the list",
      from: ["other headers: changed", "sign: attempt of a retry"],
      headers: { ...cached, authorization: "something else" },
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "a header that sorts behind Contentful's",
      from: "other headers: order",
      headers: signed({ headers: { authorization: "Bearer Token", ...subject, "z-zzzzz": "ronf ronf" } }),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the query in another order",
      from: ["path: query", "sign: order of the query"],
      url: `${HOST}/api/v1?b=2&a=1`,
      headers: signed({ headers: subject, path: "/api/v1?a%253D1%2526b%253D2" }),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "the query as it was signed",
      from: "path: query",
      url: `${HOST}/api/v1?a=1&b=2`,
      headers: signed({ headers: subject, path: "/api/v1?a%253D1%2526b%253D2" }),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "another method",
      from: "method",
      method: "POST",
      headers: request,
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another secret",
      from: ["secret", "sign: other secrets"],
      secret: OTHER,
      headers: authorized,
      theirs: "refused",
      ours: "signature_mismatch",
    },
  ];
  return rows.map((row) => ({ ...row, id: `${row.id} (${context})` }));
};

export const contentful: Peer = {
  name: "contentful",
  source: "github.com/contentful/node-apps-toolkit at 42bf35e",
  files: [
    "src/requests/verify-request.spec.ts",
    "src/requests/sign-request.spec.ts",
    "src/requests/timing-safe-string-equal.spec.ts",
  ],
  cases: 42,
  provider,
  given: {
    secret: SECRET,
    method: "GET",
    url: `${HOST}/api/v1/resources/1`,
    headers: signed(),
    body: "",
    now: NOW,
  },
  ask({ secret, method = "GET", url = "", headers, body, with: { ttl = 30 } = {} }) {
    const request = {
      method,
      path: url.slice(HOST.length),
      headers: headers as Record<string, string>,
      body: textOf(body),
    };
    return verifyRequest(secret as string, request as Parameters<typeof verifyRequest>[1], ttl as number);
  },
  rows: [
    ...CONTEXTS.flatMap(rowsFor),
    {
      id: "no body, and no headers but Contentful's",
      from: ["sign: no body", "sign: no headers", "sign: valid secret", "equal: same"],
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "another query",
      from: "sign: other query",
      url: `${HOST}/api/resources?q=12`,
      headers: signed({ path: "/api/resources?q%253D1%2526w%253D2" }),
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "another signature of the same length",
      from: "equal: other text",
      headers: { ...signed(), [SIGNATURE]: "0123456789abcdef".repeat(4) },
      theirs: "refused",
      ours: "signature_mismatch",
    },
    {
      id: "the signature in capitals",
      from: "equal: case",
      headers: { ...signed(), [SIGNATURE]: signed()[SIGNATURE].toUpperCase() },
      theirs: "refused",
      ours: "accepted",
      differs: "the same 32 bytes: hex has no case, and every row reads it in either",
    },
    {
      id: "a secret that is too short",
      from: "sign: invalid secrets",
      secret: "too-short",
      theirs: "refused",
      ours: "signature_mismatch",
    },
    ...[undefined, false].map((secret) => ({
      id: `${String(secret)} for a secret`,
      from: "sign: invalid secrets",
      secret,
      theirs: "refused" as const,
      ours: "ConfigurationError" as const,
    })),
    {
      id: "a method that does not exist",
      from: "sign: unsupported methods",
      method: "METHOD",
      headers: signed({ method: "METHOD" }),
      theirs: "refused",
      ours: "method_not_allowed",
    },
    {
      id: "a time before 2020",
      from: "sign: invalid times",
      headers: signed({ time: 1 }),
      with: { ttl: 0 },
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "the list names a resource",
      from: "sign: with a CRN",
      headers: signed({ headers: { ...SUBJECT, "x-contentful-crn": "this-is-a-crn" } }),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the list names none",
      from: "sign: without a CRN",
      headers: signed({ headers: SUBJECT }),
      theirs: "accepted",
      ours: "accepted",
    },
  ],
  leftOut: [
    ...because(
      "a name of a header with blanks around it cannot come over HTTP (RFC 9112, 5.1)",
      "own headers: blanks",
      "other headers: blanks",
      "sign: blanks around headers",
    ),
    ...because("a line break in a header cannot come over HTTP (RFC 9110, 5.5)", "sign: line break in a header"),
    ...because(
      "values that are no text are a mistake of the caller, which types refuse",
      "sign: headers that are no object",
      "sign: bodies that are no text",
      "sign: paths that are no path",
    ),
    ...because("about defaults of their function that signs", "sign: no time", "sign: no undefined headers"),
  ],
};
