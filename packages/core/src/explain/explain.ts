import { receivedBytes } from "../body/received.ts";
import { checkInteger, checkOptions, type KeysOf } from "../errors/checks.ts";
import { ConfigurationError, WebhookError, type WebhookErrorCode } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { HeadersLike } from "../head/headers.ts";
import type { Choices } from "../receive/any-of.ts";
import type { VerifierOptions } from "../receive/options.ts";
import { Unreadable } from "../scheme/proof.ts";
import { CHOICES, checkRow, type Provider, row } from "../scheme/provider.ts";
import { isProof } from "../scheme/scheme.ts";
import type { Secret, Secrets } from "../scheme/secret.ts";
import { pathOf } from "../scheme/signed-content.ts";
import { createVerifier } from "../verifier.ts";
import { signsUrl } from "./as-url.ts";
import type { Attempt } from "./attempt.ts";
import { looksOf, seeBody } from "./clues.ts";
import type { Finding } from "./finding.ts";
import { explainCase, explainMalformed, explainMissing } from "./head-sights.ts";
import { type ExplainBudget, Prover } from "./prover.ts";
import { seeUrl } from "./requests.ts";
import { search } from "./search.ts";
import { seeSecrets } from "./sights.ts";
import { explainTime } from "./time.ts";
import { explainToken } from "./token.ts";
import { spent, unknown } from "./unknown.ts";
import { printable } from "./url-text.ts";
import { EXACT, GENUINE, OLDER, UNUSABLE } from "./verdicts.ts";

/** A request as it came, however it fared, and the secret that its sender is believed to have. */
export interface ExplainRequest {
  /** One, or several during a rotation: each is tried as the verifier would. */
  readonly secret: Secrets | Readonly<Record<string, Secrets>>;
  /** With the signature among them; Node's or Fetch's. */
  readonly headers: HeadersLike;
  /** As your code had it: exactly the bytes that came, if you can. */
  readonly body: Uint8Array | ArrayBuffer | ArrayBufferView | string;
  /** In upper case; default the provider's first. */
  readonly method?: string;
  /** The URL, for providers that sign it: the public one, or what this server sees and `publicUrl` or `exactUrl` beside it. */
  readonly url?: string;
  /** As the verifier's option: the origin, and the path that a proxy strips, or a function that tells the whole URL. */
  readonly publicUrl?: VerifierOptions["publicUrl"];
  /** As the verifier's option: the whole URL as the provider's settings have it. */
  readonly exactUrl?: VerifierOptions["exactUrl"];
  /** When it arrived: a `Date`, or milliseconds since the epoch. Default: now. */
  readonly now?: Date | number;
  /** How much work it may be: see {@link ExplainBudget}. What is left out for want of it is told. */
  readonly budget?: Partial<ExplainBudget>;
  /** Ends the search, within some milliseconds: the promise then rejects with its reason. */
  readonly signal?: AbortSignal;
}

const BUDGET_KEYS: KeysOf<ExplainBudget> = { tries: "required", bytes: "required" };
/** A fraction of a second on any machine. */
const BUDGET: ExplainBudget = { tries: 20_000, bytes: 67_108_864 };

/** Why a request verifies or does not. For developers only: never answer a sender with it. */
export interface Explanation {
  /** True when a verifier with this secret would have let it through. */
  readonly ok: boolean;
  /** What a verifier says of it: `"genuine"`, an error's code, or `"misconfigured"`. */
  readonly code: WebhookErrorCode | "genuine" | "misconfigured";
  /** What was found, the surest first: what was proven by trying, else what is seen. */
  readonly findings: readonly Finding[];
  /** The URL that was taken for the signed one, for schemes that sign it; shortened, and safe on a terminal. */
  readonly url?: string;
  /** Code, URL and findings as lines of plain text, for a terminal. */
  readonly text: string;
}

/**
 * Tells a developer why a signature does not match, by trying what people get wrong: the secret's spelling, a body that
 * was changed on its way, another URL, another clock; two of them at once. What cannot be proven so is named by its look,
 * and what nothing shows is not guessed: it says what was tried and what to check next. It holds no secret and no expected
 * signature, but says more than a sender may know. Its work is bounded: a large body ends the search earlier. It is done in slices of some milliseconds, between which timers
 * and other requests have their turn.
 *
 * @throws ConfigurationError when there is no body to look at, or an option cannot be honoured; the reason of the signal
 * @example
 * ```ts
 * import { explain } from "@countersign/core";
 * import { github } from "@countersign/core/providers";
 *
 * const { findings } = await explain(github, {
 *   secret: "mysecret\n",
 *   headers: { "x-hub-signature-256": "sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3" },
 *   body: '{"foo":"bar"}',
 * });
 * console.log(findings[0]?.code); // secret_whitespace
 * ```
 */
export async function explain(provider: Provider<any>, request: ExplainRequest): Promise<Explanation> {
  checkRow(provider);
  return explainRow(...chosen(provider, request));
}

async function explainRow(provider: Provider<any>, request: Asked): Promise<Explanation> {
  const body = receivedBytes(request.body);
  if (body === undefined)
    throw new ConfigurationError("body", "explain() needs the body as bytes or text, as it came.");
  const { method = provider.methods?.[0] ?? "POST" } = request;
  const told: Told = { ...request, body, method, url: request.url ?? "", now: Number(request.now ?? Date.now()) };
  const budget = budgetOf(request.budget);
  const verdict = await judge(provider, told);
  const url = publicUrl(told);
  const findings = await find(provider, { ...told, url }, verdict, budget);
  const { scheme } = provider;
  const signsIt = isProof(scheme) ? scheme.signs !== undefined : signsUrl({ scheme });
  const signed = signsIt ? { url: printable(url) } : {};
  const ok = verdict.code === "genuine";
  const head = ok
    ? `${provider.name}: the request is genuine.`
    : `${provider.name}: ${verdict.code}. ${verdict.message}`;
  const lines = findings.map(({ code, sentence, mend }) => `- ${sentence} ${mend} (${code})`);
  const where = signed.url === undefined || ok ? [] : [`The URL that was taken for the signed one: ${signed.url}`];
  return { ok, code: verdict.code, findings, ...signed, text: [head.trim(), ...where, ...lines].join("\n") };
}

/** Of several rows the one that the head shows, and its own secret. */
function chosen(provider: Provider<any>, request: ExplainRequest): readonly [Provider<any>, Asked] {
  const choices = provider[CHOICES] as Choices | undefined;
  if (choices === undefined) return [provider, request as Asked];
  const one = choices.choose({ ...request, method: request.method ?? "POST" });
  const { secret } = request;
  const named = typeof secret === "object" && !Array.isArray(secret) && !(secret instanceof Uint8Array);
  const own = named ? (secret as Readonly<Record<string, Secrets>>)[one.name] : secret;
  return [row({ ...one, [CHOICES]: undefined }), { ...request, secret: own as Secrets }];
}

/** A request that one row is asked about. */
interface Asked extends ExplainRequest {
  readonly secret: Secrets;
}

/** The request with its defaults. */
interface Told extends Omit<Asked, "body" | "now"> {
  readonly body: Uint8Array;
  readonly method: string;
  readonly url: string;
  readonly now: number;
}

function budgetOf(given: ExplainRequest["budget"] = {}): ExplainBudget {
  checkOptions(given, BUDGET_KEYS, "budget");
  const { tries = BUDGET.tries, bytes = BUDGET.bytes } = given;
  return {
    tries: checkInteger(tries, "budget.tries", 1),
    bytes: checkInteger(bytes, "budget.bytes", 1, undefined, "bytes"),
  };
}

/** The URL as a verifier with these options would take it. */
function publicUrl({ publicUrl, exactUrl, ...head }: Told): string {
  const given = exactUrl ?? publicUrl;
  if (typeof given === "function") return told(given, head);
  if (given === undefined || exactUrl !== undefined) return given ?? head.url;
  return given.replace(/\/$/, "") + pathOf(head.url);
}

/** What a function says that cannot be asked is what the request shows. */
function told(tell: (request: RequestHead) => string, head: RequestHead & { url: string }): string {
  try {
    return String(tell(head));
  } catch {
    return head.url;
  }
}

interface Judged {
  readonly code: Explanation["code"];
  readonly message: string;
  readonly secretIndex: number;
}

async function judge(provider: Provider, request: Told): Promise<Judged> {
  const { handshake: _, ...silent } = provider;
  const { secret, headers, method, url, body, now } = request;
  const { publicUrl, exactUrl } = request;
  try {
    const verifier = createVerifier(row(silent), {
      secret,
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(exactUrl === undefined ? {} : { exactUrl }),
      clock: () => now,
      limit: Number.MAX_SAFE_INTEGER,
      log: false,
      inspect: false,
    });
    const { secretIndex } = await verifier.verify({ headers, method, url, body });
    return { code: "genuine", message: "", secretIndex };
  } catch (error) {
    if (error instanceof WebhookError) return { code: error.code, message: error.message, secretIndex: -1 };
    if (!(error instanceof ConfigurationError) || error.option !== "secret") throw error;
    return { code: "misconfigured", message: error.message, secretIndex: -1 };
  }
}

async function find(
  provider: Provider,
  request: Told,
  verdict: Judged,
  budget: ExplainBudget,
): Promise<readonly Finding[]> {
  const { scheme, notSecrets } = provider;
  const { headers, method, url, body, now } = request;
  if (verdict.code === "genuine") return verdict.secretIndex > 0 ? [OLDER(verdict.secretIndex)] : [];
  const secrets = (Array.isArray(request.secret) ? request.secret : [request.secret]) as readonly Secret[];
  const seen = verdict.code === "misconfigured" ? [UNUSABLE(verdict.message)] : [];
  const sights = [...seeSecrets(secrets.filter(isSecret), notSecrets), ...seen];
  if (isProof(scheme) && verdict.code === "missing_signature") return [explainMissing(scheme, headers, undefined)];
  if (scheme.kind === "token") return explainToken(scheme, headers, secrets.filter(isSecret), sights);
  if (isProof(scheme)) return [...sights, REFUSED(verdict.message)];

  const attempt: Attempt = { scheme, secrets: secrets.filter(isSecret), headers, method, url, body };
  const prover = new Prover(budget, request.signal);
  const { proof } = prover.read(attempt);
  if (verdict.code === "missing_signature") return [explainMissing(scheme, headers, proof)];
  const time = explainTime(scheme, proof instanceof Unreadable ? Number.NaN : (proof?.timestamp ?? Number.NaN), now);
  if (await prover.holdsAsIs(attempt))
    return [...time, ...(verdict.code === "malformed_signature" ? [EXACT] : []), GENUINE];
  const proven = await search(attempt, prover);
  if (proven.length > 0) return [...time, ...proven];
  const late = prover.spent ? [spent(budget)] : [];
  if (proof instanceof Unreadable) return [...sights, explainMalformed(attempt, proof, verdict.message), ...late];
  const looks = looksOf(attempt, provider);
  const found = [...sights, ...explainCase(scheme, proof?.signatures ?? []), ...seeBody(looks), ...seeUrl(attempt)];
  return [...time, ...found, ...(found.length === 0 ? [unknown(attempt, looks, prover)] : []), ...late];
}

const isSecret = (secret: unknown): secret is Secret =>
  (typeof secret === "string" || secret instanceof Uint8Array) && secret.length > 0;

/** A scheme that judges by itself says why; there is nothing here to try beside it. */
const REFUSED = (message: string): Finding => ({
  code: "proof_refused",
  sentence: message,
  mend: "Compare what the request claims with what the provider's row and its keys expect.",
});
