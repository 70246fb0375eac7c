import { parseDuration } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import { makeKeyPair } from "../secret/key-pair.ts";
import { type Forge, signatureIn } from "./forge.ts";

/** A request that no receiver may take for a delivery. */
export interface Forgery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Something that verifiers get wrong, as requests that show it. */
export interface Mistake {
  /** Stable, for scripts. */
  readonly name: string;
  /** What is sent, in one sentence. */
  readonly tries: string;
  /** What to change in a receiver that takes it. */
  readonly mend: string;
  /** None where the provider's scheme knows no such thing. */
  readonly make: (forge: Forge) => Promise<readonly Forgery[]>;
}

const RAW = "Verify the bytes that came, before any parser: express.raw() on this route, not JSON.stringify(req.body).";
/** What to do about a secret that was never set. */
export const SECRET = "Refuse to start without the secret: an absent variable is no secret, nor is its placeholder.";
const SKIPPED = "Verify every request of the route, whatever its content type, before anything else looks at it.";
const WINDOW = "Compare the signed time with now, in both directions, and refuse what lies outside five minutes.";
const COMPARE = "Compare whole signatures of exactly the right length, with crypto.timingSafeEqual.";

const HOUR = 3_600_000;
const text = (value: string) => Buffer.from(value);

/** Times: only where one is signed. */
function timed(make: Mistake["make"]): Mistake["make"] {
  return async (forge) => (windowOf(forge) === undefined ? [] : make(forge));
}
function windowOf({ provider: { scheme } }: Forge): number | undefined {
  return isProof(scheme) || scheme.timestamp === undefined
    ? undefined
    : parseDuration(scheme.timestamp.tolerance, "tolerance");
}
const outside = (forge: Forge) => Math.max(HOUR, 4 * (windowOf(forge) ?? 0));

/** For signatures, HMAC and Ed25519 alike. */
export const SIGNATURE_MISTAKES: readonly Mistake[] = [
  {
    name: "unsigned",
    tries: "no signature at all",
    mend: "A request without a signature is refused: its absence is no reason to skip the check.",
    make: async () => [{ headers: {} }],
  },
  {
    name: "unsigned_other_type",
    tries: "no signature, and a body that is called text or a form",
    mend: SKIPPED,
    make: async () =>
      ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"].map((type) => ({
        headers: { "content-type": type },
      })),
  },
  {
    name: "empty_signature",
    tries: "a signature header with nothing in it",
    mend: COMPARE,
    make: async (forge) => [
      { headers: { ...(await forge.proof()), [forge.header]: "" } },
      { headers: await forge.altered(() => "") },
    ],
  },
  {
    name: "forged",
    tries: "a signature under another secret",
    mend: "Compare the signature with one that you make yourself, and refuse what differs.",
    make: async (forge) => [{ headers: await forge.proof({ secret: otherSecret(forge) }) }],
  },
  {
    name: "empty_secret",
    tries: 'signatures under the empty secret, "undefined" and "null"',
    mend: SECRET,
    // HMAC fills a short key with zeros: one zero byte is the empty key.
    make: (forge) => guessed(forge, [Uint8Array.of(0), text("undefined"), text("null")]),
  },
  {
    name: "guessable_secret",
    tries: "signatures under secrets of tutorials",
    mend: "Draw a secret: countersign secret new.",
    make: (forge) =>
      guessed(
        forge,
        ["secret", "changeme", "password", "test", "your-webhook-secret", "mysecret", "whsec_test"].map(text),
      ),
  },
  {
    name: "tampered",
    tries: "a genuine signature over another body",
    mend: "The signature covers the body: compute it from the bytes that came.",
    make: async (forge) => [{ headers: await forge.proof(), body: changed(forge.body) }],
  },
  {
    name: "reserialised",
    tries: "a genuine signature over the same JSON, written in other bytes",
    mend: RAW,
    make: async (forge) =>
      Promise.all(rewritten(forge.body).map(async (body) => ({ headers: await forge.proof(), body }))),
  },
  {
    name: "truncated",
    tries: "the first characters of the right signature",
    mend: COMPARE,
    make: async (forge) =>
      Promise.all(
        [1, 8, 20].map(async (length) => ({ headers: await forge.altered((signature) => signature.slice(0, length)) })),
      ),
  },
  {
    name: "weaker_algorithm",
    tries: "the right secret, but SHA-1",
    mend: "The algorithm is yours to choose and not the sender's: do not read it from the request.",
    make: async (forge) => {
      const provider = forge.weaker();
      return provider === undefined ? [] : [{ headers: await forge.proof({ provider }) }];
    },
  },
  {
    name: "stale",
    tries: "a genuine request that is an hour and a week old",
    mend: WINDOW,
    make: timed(async (forge) =>
      Promise.all(
        [outside(forge), 168 * HOUR].map(async (age) => ({ headers: await forge.proof({ time: forge.now() - age }) })),
      ),
    ),
  },
  {
    name: "from_the_future",
    tries: "a genuine request that is signed for an hour from now",
    mend: WINDOW,
    make: timed(async (forge) => [{ headers: await forge.proof({ time: forge.now() + outside(forge) }) }]),
  },
  {
    name: "moved_time",
    tries: "an old signature with the time of now beside it",
    mend: "The time is part of what is signed: put it into the content before the MAC, as the provider documents.",
    make: timed(async (forge) => {
      const old = await forge.proof({ time: forge.now() - outside(forge) });
      return [{ headers: await forge.altered(() => signatureIn(old[forge.header] as string)) }];
    }),
  },
  {
    name: "no_time",
    tries: "a request without the time that it should be signed at",
    mend: "A request without its time is refused; a comparison with NaN is always false.",
    make: timed(async (forge) => {
      const proof = await forge.proof();
      const { scheme } = forge.provider;
      const header = isProof(scheme) ? undefined : scheme.timestamp?.header?.toLowerCase();
      if (header !== undefined) return [without(proof, header), { headers: { ...proof, [header]: "NaN" } }];
      const value = proof[forge.header] as string;
      const [time = ""] = /\d{9,13}/.exec(value) ?? [];
      return ["", "NaN"].map((other) => ({ headers: { ...proof, [forge.header]: value.replace(time, other) } }));
    }),
  },
  {
    name: "malformed",
    tries: "signatures of another length, of no alphabet, and of 7,000 characters",
    mend: "Refuse what has not the form of a signature before you compare: timingSafeEqual throws for other lengths.",
    make: async (forge) =>
      Promise.all(
        ["z", "é€", "%00", "a".repeat(7_000), "[object Object]"].map(async (odd) => ({
          headers: await forge.altered(() => latin(odd)),
        })),
      ),
  },
  {
    name: "no_json",
    tries: "a forged request whose body is no JSON",
    mend: "Verify before you parse: what is not proven needs no parser.",
    make: async (forge) => [{ headers: await forge.proof({ secret: otherSecret(forge) }), body: text('{"a":') }],
  },
];

/** Another secret of the same form: what is random in it is turned round. */
export function otherSecret({ secret, provider: { scheme } }: Forge): string | Uint8Array {
  if (scheme.kind === "token")
    return [...secret].reverse().join("") === secret ? `${secret.slice(1)}x` : [...secret].reverse().join("");
  if (scheme.kind === "asymmetric") return makeKeyPair(scheme).secret;
  return text(`not ${secret}`);
}

async function guessed(forge: Forge, secrets: readonly Uint8Array[]): Promise<readonly Forgery[]> {
  if (forge.provider.scheme.kind !== "hmac") return [];
  return Promise.all(secrets.map(async (secret) => ({ headers: await forge.proof({ secret }) })));
}

/** Another body of the same kind: what a forger would want to change. */
function changed(body: Uint8Array): Uint8Array {
  const value = jsonOf(body);
  if (value === undefined) return Buffer.concat([body, text("&countersign=changed")]);
  const changes = { countersign_changed: true };
  return text(JSON.stringify(Array.isArray(value) ? [...value, ...value] : { ...(value as object), ...changes }));
}

/** The same value in other bytes, each of which parses to it. */
function rewritten(body: Uint8Array): readonly Uint8Array[] {
  const value = jsonOf(body);
  if (value === undefined) return [];
  return [JSON.stringify(value, null, 2), ` ${JSON.stringify(value)} `]
    .map(text)
    .filter((one) => !one.equals(Buffer.from(body)));
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}

function without(proof: Readonly<Record<string, string>>, name: string): Forgery {
  return { headers: Object.fromEntries(Object.entries(proof).filter(([one]) => one !== name)) };
}

/** What a header can carry: its UTF-8 bytes, each as one character. */
function latin(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}
