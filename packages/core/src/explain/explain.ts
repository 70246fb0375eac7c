import { receivedBytes } from "../body/received.ts";
import { decodeText } from "../body/text.ts";
import { ConfigurationError, WebhookError, type WebhookErrorCode } from "../errors/errors.ts";
import { getHeader, type HeadersLike } from "../head/headers.ts";
import { judgeTime } from "../replay/window.ts";
import { checkRow, type Provider, row } from "../scheme/provider.ts";
import type { Ed25519Scheme, MacScheme } from "../scheme/scheme.ts";
import type { Secret, Secrets } from "../secret/secrets.ts";
import { parseDuration } from "../time/duration.ts";
import { createVerifier } from "../verifier.ts";
import { type Attempt, type Hypothesis, holds, proofOf } from "./attempt.ts";
import { BODIES } from "./bodies.ts";
import { CLUES, explainTime, type Finding, headerNames, likelyHeaders } from "./finding.ts";
import { REQUESTS } from "./requests.ts";
import { SCHEMES } from "./schemes.ts";
import { SECRETS } from "./secrets.ts";
import { explainToken } from "./token.ts";

/** A request as it came, however it fared, and the secret that its sender is believed to have. */
export interface ExplainRequest {
  /** One, or several during a rotation: each is tried as the verifier would. */
  readonly secret: Secrets;
  /** With the signature among them; Node's or Fetch's. */
  readonly headers: HeadersLike;
  /** As your code had it: exactly the bytes that came, if you can. */
  readonly body: Uint8Array | ArrayBuffer | ArrayBufferView | string;
  /** In upper case; default the provider's first. */
  readonly method?: string;
  /** The public URL, for providers that sign it. */
  readonly url?: string;
  /** When it arrived: a `Date`, or milliseconds since the epoch. Default: now. */
  readonly now?: Date | number;
}

/** Why a request verifies or does not. For developers only: never answer a sender with it. */
export interface Explanation {
  /** True when a verifier with this secret would have let it through. */
  readonly ok: boolean;
  /** What a verifier says of it: `"genuine"`, an error's code, or `"misconfigured"`. */
  readonly code: WebhookErrorCode | "genuine" | "misconfigured";
  /** What was found, the surest first. */
  readonly findings: readonly Finding[];
  /** Code and findings as lines of plain text, for a terminal. */
  readonly text: string;
}

/**
 * Tells a developer why a signature does not match, by trying what people get wrong: the secret's spelling, a body that
 * was changed on its way, another URL, another clock. It holds no secret and no expected signature, but says more than
 * a sender may know.
 *
 * @throws ConfigurationError when there is no body or no headers to look at
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
  const body = receivedBytes(request.body);
  if (body === undefined)
    throw new ConfigurationError("body", "explain() needs the body as bytes or text, as it came.");
  const now = Number(request.now ?? Date.now());
  const verdict = await judge(provider, request, body, now);
  const secrets = (Array.isArray(request.secret) ? request.secret : [request.secret]) as readonly Secret[];
  const findings = await find(provider, request, body, now, verdict, secrets);
  const ok = verdict.code === "genuine";
  const head = ok
    ? `${provider.name}: the request is genuine.`
    : `${provider.name}: ${verdict.code}. ${verdict.message}`;
  const lines = findings.map(({ code, sentence, mend }) => `- ${sentence} ${mend} (${code})`);
  return { ok, code: verdict.code, findings, text: [head.trim(), ...lines].join("\n") };
}

interface Judged {
  readonly code: Explanation["code"];
  readonly message: string;
  readonly secretIndex: number;
}

async function judge(provider: Provider, request: ExplainRequest, body: Uint8Array, now: number): Promise<Judged> {
  checkRow(provider);
  const { handshake: _, ...silent } = provider;
  const { secret, headers, method = provider.methods?.[0] ?? "POST", url = "" } = request;
  try {
    const verifier = createVerifier(row(silent), {
      secret,
      clock: () => now,
      limit: Number.MAX_SAFE_INTEGER,
      log: false,
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
  request: ExplainRequest,
  body: Uint8Array,
  now: number,
  verdict: Judged,
  secrets: readonly Secret[],
): Promise<readonly Finding[]> {
  const { scheme } = provider;
  if (verdict.code === "genuine") return verdict.secretIndex > 0 ? [OLDER(verdict.secretIndex)] : [];
  if (verdict.code === "missing_signature") return [missing(request.headers)];
  if (scheme.kind === "token") return explainToken(scheme, request.headers, secrets);
  const { headers, method = provider.methods?.[0] ?? "POST", url = "" } = request;
  const attempt: Attempt = { scheme, secrets, headers, method, url, body };
  const findings: Finding[] = [];
  const time = proofOf(attempt)?.timestamp ?? Number.NaN;
  if (isStale(scheme, time, now)) {
    findings.push(explainTime(time, now, scheme.timestamp?.unit ?? "s"));
  }
  if (await holds(attempt)) {
    findings.push(GENUINE);
    return findings;
  }
  findings.push(...(await tried(attempt)));
  if (findings.length > 0) return findings;
  const encoding = getHeader(headers, "content-encoding", undefined);
  const text = decodeText(body) ?? "";
  const clues = CLUES.filter(({ seen }) => seen(body, text, typeof encoding === "string" && encoding !== "identity"));
  const plain = clues.map(({ code, sentence, mend }) => ({ code, sentence, mend }));
  return verdict.code === "signature_mismatch" ? [...plain, UNKNOWN] : plain;
}

/** Whether a signed time lies outside the scheme's own window. */
function isStale({ timestamp }: MacScheme | Ed25519Scheme, time: number, now: number): boolean {
  if (timestamp === undefined || Number.isNaN(time)) return false;
  const tolerance = parseDuration(timestamp.tolerance, "tolerance");
  return judgeTime(time, now, { past: tolerance, future: tolerance }) !== "inside";
}

/** Each hypothesis alone; then each secret's with each of the others, for people who are wrong twice. */
async function tried(attempt: Attempt): Promise<readonly Finding[]> {
  const ALL = [...SECRETS, ...BODIES, ...REQUESTS, ...SCHEMES];
  const found: Finding[] = [];
  for (const hypothesis of ALL) if (await explains(hypothesis, [attempt])) found.push(finding(hypothesis));
  if (found.length > 0) return found;
  for (const first of [...SECRETS, ...SCHEMES]) {
    const changed = await first.variants(attempt);
    if (changed.length === 0) continue;
    for (const second of [...BODIES, ...REQUESTS, ...SECRETS]) {
      if (first !== second && (await explains(second, changed))) return [finding(first), finding(second)];
    }
  }
  return [];
}

async function explains(hypothesis: Hypothesis, attempts: readonly Attempt[]): Promise<boolean> {
  for (const attempt of attempts) {
    for (const variant of await hypothesis.variants(attempt)) if (await holds(variant)) return true;
  }
  return false;
}

function finding({ code, sentence, mend }: Hypothesis): Finding {
  return { code, sentence, mend };
}

function missing(headers: HeadersLike): Finding {
  const others = likelyHeaders(headerNames(headers));
  return others.length === 0
    ? {
        code: "no_signature_header",
        sentence: "No header looks like a signature: nothing signed this request, or a proxy dropped the header.",
        mend: "Set the secret on the sender's side too: many sign only once it is set.",
      }
    : {
        code: "another_signature_header",
        sentence: `Other headers look like signatures: ${others.slice(0, 5).join(", ")}.`,
        mend: "Choose the provider that sends those, or the option that names the header.",
      };
}

const OLDER = (index: number): Finding => ({
  code: "older_secret",
  sentence: `It was signed with secret ${index + 1} of the list, not with the first.`,
  mend: "The sender still uses an older secret; finish the rotation there before you remove it here.",
});

const GENUINE: Finding = {
  code: "signature_matches",
  sentence: "The signature itself is right: secret and bytes are those of the sender.",
  mend: "What is said above is all that is wrong.",
};

const UNKNOWN: Finding = {
  code: "no_explanation",
  sentence:
    "None of the usual changes makes the signature match: most likely the secret is another endpoint's, or the request is forged.",
  mend: "Copy the secret of exactly this endpoint again, and compare a checksum of the body on both sides.",
};
