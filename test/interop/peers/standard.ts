import { mac, type Row } from "./peer.ts";

/** What the tests of Standard Webhooks and of Svix have in common: two libraries of one origin. */
export const SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const BODY = '{"test": 2432232314}';
export const NOW = 1_614_265_330;
const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const OTHER = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

/** Their headers under one of the two prefixes; without a name, without that header. */
export function headersOf(prefix: "svix" | "webhook", { time = NOW, body = BODY, signature = "", without = "" } = {}) {
  const v1 = mac("sha256", "base64", Buffer.from(SECRET, "base64"), `${ID}.${time}.${body}`);
  const all = { id: ID, timestamp: String(time), signature: signature || `v1,${v1}` };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(all)) if (name !== without) headers[`${prefix}-${name}`] = value;
  return headers;
}

export function rowsOf(prefix: "svix" | "webhook"): Row[] {
  const GOOD = headersOf(prefix)[`${prefix}-signature`] as string;
  const entry = (signature: string) => headersOf(prefix, { signature });
  return [
    { id: "an empty key", from: "empty key", secret: "", theirs: "refused", ours: "ConfigurationError" },
    { id: "no key", from: "empty key", secret: undefined, theirs: "refused", ours: "ConfigurationError" },
    { id: "null for a key", from: "empty key", secret: null, theirs: "refused", ours: "ConfigurationError" },
    {
      id: "no id",
      from: "missing id",
      headers: headersOf(prefix, { without: "id" }),
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "no time",
      from: "missing timestamp",
      headers: headersOf(prefix, { without: "timestamp" }),
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "a time that is no number",
      from: "invalid timestamp",
      headers: { ...headersOf(prefix), [`${prefix}-timestamp`]: "hello" },
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "no signature",
      from: "missing signature",
      headers: headersOf(prefix, { without: "signature" }),
      theirs: "refused",
      ours: "missing_signature",
    },
    {
      id: "another signature, too short",
      from: "invalid signature",
      headers: entry("v1,dawfeoifkpqwoekfpqoekf"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "the first characters of the signature",
      from: "partial signature",
      headers: entry(GOOD.slice(0, 8)),
      theirs: "refused",
      ours: "malformed_signature",
    },
    {
      id: "the version only",
      from: "partial signature",
      headers: entry("v1,"),
      theirs: "refused",
      ours: "malformed_signature",
    },
    { id: "a signed event", from: "valid signature", theirs: "accepted", ours: "accepted" },
    {
      id: "five minutes and a second old",
      from: "old timestamp",
      headers: headersOf(prefix, { time: NOW - 301 }),
      theirs: "refused",
      ours: "timestamp_too_old",
    },
    {
      id: "five minutes and a second ahead",
      from: "new timestamp",
      headers: headersOf(prefix, { time: NOW + 301 }),
      theirs: "refused",
      ours: "timestamp_in_future",
    },
    {
      id: "four signatures, one of them good",
      from: "multiple signatures",
      headers: entry(`v1,${OTHER} v2,${OTHER} ${GOOD} v1,${OTHER}`),
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a key with whsec_ before it",
      from: "key with and without prefix",
      secret: `whsec_${SECRET}`,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "a key without it",
      from: "key with and without prefix",
      secret: SECRET,
      theirs: "accepted",
      ours: "accepted",
    },
    {
      id: "the signature that they print",
      from: "sign",
      headers: entry("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
      secret: `whsec_${SECRET}`,
      theirs: "accepted",
      ours: "accepted",
    },
  ];
}
