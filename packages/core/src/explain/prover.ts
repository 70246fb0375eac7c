import { platform } from "#crypto";
import { concat } from "../body/inflate.ts";
import { signedBody } from "../body/signed-body.ts";
import { toBytes, utf8 } from "../lib/bytes.ts";
import { nextTurn } from "../lib/turn.ts";
import { bodyDigestHolds } from "../receive/body-digest.ts";
import { SignatureScheme } from "../scheme/compile.ts";
import { type Proof, Unreadable } from "../scheme/proof.ts";
import { anyEqual, type Key, keyMaker } from "../secret/keys.ts";
import { type Attempt, headOf } from "./attempt.ts";

/** How much work an explanation may be. */
export interface ExplainBudget {
  /** So many signatures are compared at most; one by a private key counts as 16. */
  readonly tries: number;
  /** So many bytes are worked on at most: each try counts the body once, and one that writes a body anew five times. */
  readonly bytes: number;
}

/** Where a signed time lies plays no part here. */
const ANY_TIME = { judgeTime: () => undefined };
/** After so much work others have their turn: some milliseconds. A try is worth so many bytes beside the body's own. */
const SLICE = 1_048_576;
const TRY = 4_096;
/** Writing a byte anew against hashing it. */
const MAKING = 4;
const WEIGHT = { hmac: 1, asymmetric: 16 } as const;

/** What the head claims, read once for all attempts that differ elsewhere. */
interface Reading {
  readonly of: Attempt;
  readonly compiled: SignatureScheme;
  readonly proof: Proof | Unreadable | undefined;
}

/** Tries assumptions against the signature, as long as its budget lasts. */
export class Prover {
  readonly #budget: ExplainBudget;
  readonly #signal: AbortSignal | undefined;
  #bytes = 0;
  /** Work since others had their turn. */
  #slice = 0;
  /** Signatures that were compared so far. */
  tries = 0;
  /** True once something was left out because the budget was spent. */
  spent = false;
  #allowed = 0;
  #paused = false;
  #reading: Reading | undefined;
  readonly #keys = new WeakMap<Attempt["secrets"], Map<Attempt["scheme"], readonly Key[]>>();

  constructor(budget: ExplainBudget, signal?: AbortSignal) {
    this.#budget = budget;
    this.#signal = signal;
  }

  /** Lets others have their turn when a slice of work is done. @throws the signal's reason */
  async breathe(): Promise<void> {
    if (this.#slice < SLICE) return;
    this.#slice = 0;
    await nextTurn();
    this.#signal?.throwIfAborted();
  }

  /** Whether the request is right as it is: asked whatever it costs. */
  async holdsAsIs(attempt: Attempt): Promise<boolean> {
    this.#allowed = Number.POSITIVE_INFINITY;
    const right = await this.holds(attempt);
    this.#allowed = 0;
    this.#bytes = 0;
    return right;
  }

  /** Lets the kind of mistakes that is tried next work on this share of the bytes, and on what the others have left. */
  allow(share: number): void {
    this.#allowed = Math.min(this.#budget.bytes, this.#allowed + this.#budget.bytes * share);
    this.#paused = this.tries >= this.#budget.tries;
  }

  /** True once nobody waits for an answer any more. */
  get aborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** True once the share is used up. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Counts a body that was written anew, which costs more than hashing it. */
  made(body: Uint8Array): void {
    this.#bytes += MAKING * body.length;
    this.#slice += MAKING * body.length;
  }

  /** Whether one of the signatures is right under this assumption. Time plays no part. */
  async holds(attempt: Attempt): Promise<boolean> {
    const { compiled, proof } = this.read(attempt);
    if (proof === undefined || proof instanceof Unreadable) return false;
    const body = await signedBody(compiled, headOf(attempt), attempt.body);
    if (body === undefined) return false;
    if (attempt.bare !== undefined) return this.#holdsBare(attempt, proof, toBytes(body));
    const contents = contentsOf(attempt, proof).map((around) => ({ ...around, body }));
    for (const key of this.#keysOf(attempt)) {
      for (const content of contents) {
        if (!this.#afford(attempt)) return false;
        const found =
          key.mac === undefined
            ? await key.matches?.(content, proof.signatures)
            : anyEqual(await key.mac.mac(content, attempt.scheme.encoding), proof.signatures);
        if (found === true) return this.#digestHolds(attempt);
      }
    }
    return false;
  }

  /** The same where somebody hashes secret and content, and thinks that is a signature. */
  async #holdsBare(attempt: Attempt, proof: Proof, body: Uint8Array): Promise<boolean> {
    const [around] = contentsOf(attempt, proof);
    for (const secret of attempt.secrets) {
      if (!this.#afford(attempt)) return false;
      const key = typeof secret === "string" ? utf8(secret) : secret;
      const content = [utf8(around?.before ?? ""), body, utf8(around?.after ?? "")];
      const parts = attempt.bare === "secret first" ? [key, ...content] : [...content, key];
      const whole = concat(
        parts,
        parts.reduce((sum, { length }) => sum + length, 0),
      );
      const written = await platform.digest("sha256", whole, attempt.scheme.encoding);
      if (anyEqual(written, proof.signatures)) return true;
    }
    return false;
  }

  /** Where the content leaves the body out, the body's own digest is signed in the URL. */
  async #digestHolds(attempt: Attempt): Promise<boolean> {
    const { scheme, url, body } = attempt;
    if (scheme.kind !== "hmac" || scheme.bodyDigest === undefined) return true;
    return bodyDigestHolds(headOf(attempt), url, scheme.bodyDigest.query, body);
  }

  /** What the head claims, or why it cannot be read; nothing where the scheme itself is impossible. */
  read(attempt: Attempt): Reading {
    const { scheme, headers, url, method } = attempt;
    const last = this.#reading?.of;
    const same = last?.scheme === scheme && last.headers === headers && last.url === url && last.method === method;
    if (this.#reading !== undefined && same) return this.#reading;
    const compiled = this.#reading?.of.scheme === scheme ? this.#reading.compiled : new SignatureScheme(scheme);
    this.#reading = { of: attempt, compiled, proof: compiled.readProof<undefined>(headOf(attempt), url, ANY_TIME) };
    return this.#reading;
  }

  /** The keys of those secrets that can be written so. */
  #keysOf({ scheme, secrets }: Attempt): readonly Key[] {
    const known = this.#keys.get(secrets) ?? new Map<Attempt["scheme"], readonly Key[]>();
    const found = known.get(scheme);
    if (found !== undefined) return found;
    const make = keyMaker(scheme);
    const keys = secrets.flatMap((secret) => {
      try {
        return [make(secret)];
      } catch {
        return [];
      }
    });
    this.#keys.set(secrets, known.set(scheme, keys));
    return keys;
  }

  #afford({ scheme, body }: Attempt): boolean {
    if (this.tries >= this.#budget.tries || this.#bytes + body.length > this.#allowed) {
      this.#paused = true;
      this.spent = true;
      return false;
    }
    this.tries += WEIGHT[scheme.kind];
    this.#bytes += body.length;
    this.#slice += body.length + TRY;
    return true;
  }
}

/** What may stand around the body: the URL in the provider's form, or as it came, where either is genuine. */
function contentsOf({ around }: Attempt, proof: Proof): readonly { readonly before: string; readonly after: string }[] {
  if (around !== undefined) return [around(proof)];
  const { before, after, plain } = proof;
  return typeof plain === "string" && plain !== before ? [proof, { before: plain, after }] : [{ before, after }];
}
