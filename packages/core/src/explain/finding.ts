/** One thing that is, or may be, wrong. It holds no secret and no signature. */
export interface Finding {
  /** Stable, for tests: `"body_empty"`, `"timestamp_in_seconds"` and the like. */
  readonly code: string;
  /** What is the matter, in one sentence without the secret. */
  readonly sentence: string;
  /** One sentence on how to put it right. */
  readonly mend: string;
}

/** Header names that carry signatures and credentials. */
const LIKELY = /signature|hmac|token|authorization|api-?key|x-hub|webhook-/;

/** Which headers look as if somebody else had signed the request. */
export function likelyHeaders(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase()).filter((name) => LIKELY.test(name) && /^[\w-]{1,80}$/.test(name));
}

/** The names of all headers that are there, as far as they can be listed. */
export function headerNames(headers: object): readonly string[] {
  if (typeof (headers as { keys?: unknown }).keys === "function") {
    return [...(headers as { keys(): Iterable<string> }).keys()].filter((name) => typeof name === "string");
  }
  return Object.entries(headers)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name]) => name);
}

/** What a request is more likely than not, judged by its look alone. */
export const CLUES: readonly (Finding & {
  readonly seen: (body: Uint8Array, text: string, encoded: boolean) => boolean;
})[] = [
  {
    code: "body_empty",
    sentence: "The body is empty. Most senders never send an empty one: something read it before.",
    mend: "Verify before any parser, or hand over the bytes that it kept.",
    seen: (body) => body.length === 0,
  },
  {
    code: "body_is_object",
    sentence: 'The body is the text "[object Object]": a parsed object was turned into text.',
    mend: "Hand over the bytes as they came, not request.body of a JSON parser.",
    seen: (_, text) => text.includes("[object Object]"),
  },
  {
    code: "body_replacement_characters",
    sentence: "The body holds U+FFFD: bytes that were no UTF-8 were decoded to text, and are lost.",
    mend: "Keep the body as bytes from the socket to the verifier.",
    seen: (_, text) => text.includes("\ufffd"),
  },
  {
    code: "body_inflated",
    sentence:
      "The request has a Content-Encoding, but its body is not compressed: something inflated it, and what was signed may be the compressed bytes.",
    mend: "Verify before the middleware or platform that inflates, with the encoding option that the provider needs.",
    seen: (body, _, encoded) =>
      encoded && body.length > 0 && !(body[0] === 0x1f && body[1] === 0x8b) && body[0] !== 0x78,
  },
];

const HOUR = 3_600_000;

/** What the distance between a signed time and now says. */
export function explainTime(time: number, now: number, unit: string): Finding {
  const inside = (scaled: number) => Math.abs(scaled - now) < 24 * HOUR;
  if (inside(time / 1000)) {
    return {
      code: "timestamp_in_milliseconds",
      sentence: "The timestamp is in milliseconds, and this scheme reads seconds.",
      mend: `Divide by 1000 where it is signed, or set the scheme's unit to "ms".`,
    };
  }
  if (unit === "ms" && inside(time * 1000)) {
    return {
      code: "timestamp_in_seconds",
      sentence: "The timestamp is in seconds, and this scheme reads milliseconds.",
      mend: `Multiply by 1000 where it is signed, or set the scheme's unit to "s".`,
    };
  }
  const age = `${Math.round(Math.abs(now - time) / 1000)} s`;
  return time < now
    ? {
        code: "timestamp_too_old",
        sentence: `It was signed ${age} before now, longer than the tolerance.`,
        mend: "An old fixture is tested with the clock option. A retry with its old time needs a wider tolerance.past. Else one of the clocks is wrong.",
      }
    : {
        code: "timestamp_in_future",
        sentence: `It is signed for ${age} from now, more than the tolerance.`,
        mend: "Set the clocks of both machines by NTP; time zones must not enter a Unix time.",
      };
}
