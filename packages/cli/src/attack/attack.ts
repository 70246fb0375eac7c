import type { Provider } from "@countersign/core";
import { type Exchanged, exchange } from "../network/exchange.ts";
import { Failure } from "../terminal/failure.ts";
import { sendEndless } from "./endless.ts";
import { Forge, signatureIn } from "./forge.ts";
import type { Target } from "./loopback.ts";
import { CREDENTIAL_MISTAKES, type Forgery, type Mistake, SIGNATURE_MISTAKES } from "./mistakes.ts";

/** What a receiver did with the requests of one mistake. */
export interface Result {
  readonly name: string;
  readonly tries: string;
  /**
   * `"refused"`: all is well; `"accepted"`: at least one was taken for a delivery; `"broke"`: it answered 5xx or not at
   * all; `"leaks"`: an answer holds the signature that would have been right; `"look"`: only you can tell.
   */
  readonly outcome: "refused" | "accepted" | "broke" | "leaks" | "look";
  /** What was answered to each request; 0 where nothing was. */
  readonly statuses: readonly number[];
  /** What to do about it; empty where all is well. */
  readonly mend: string;
}

/** What an attack needs to know. */
export interface AttackOptions {
  readonly target: Target;
  readonly provider: Provider<any>;
  readonly secret: string;
  /** An event that the handler takes; without one some usual forms are tried. */
  readonly body: Uint8Array | undefined;
  /** The URL that is signed, where it is not the one that is called. */
  readonly signedUrl: string;
  /** Milliseconds for each answer. */
  readonly patience: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

const OVERSIZED = 16 * 1_048_576;

/**
 * Sends every known mistake to a receiver, one request at a time, some fifty in all.
 *
 * @throws Failure when it refuses what is genuine: nothing could be concluded then
 */
export async function attack(
  options: AttackOptions,
  tell: (result: Result) => Promise<void>,
): Promise<readonly Result[]> {
  const forge = await baseline(options);
  const mistakes = options.provider.scheme.kind === "token" ? CREDENTIAL_MISTAKES : SIGNATURE_MISTAKES;
  const results: Result[] = [];
  const add = async (result: Result | undefined) => {
    if (result === undefined || options.signal.aborted) return;
    results.push(result);
    await tell(result);
  };
  for (const mistake of mistakes) {
    const result = await tried(mistake, forge, options);
    await add(result);
    // Where a forgery has ended the receiver, what comes after it would only be refused by nobody.
    const silent = result?.statuses.includes(0) && (await send(forge, { headers: await forge.proof() }, options));
    if (silent && silent.kind === "failed") {
      await add(await stillThere(forge, options));
      return results;
    }
  }
  await add(await replayed(forge, options));
  await add(await oversized(options));
  await add(await hanging(options));
  await add(await stillThere(forge, options));
  return results;
}

/** A genuine request is accepted, or nothing that is refused means anything. */
async function baseline(options: AttackOptions): Promise<Forge> {
  const { provider, secret, body, signedUrl, now } = options;
  const usual = provider.payload === "form" ? ["CallSid=CA1&Body=countersign"] : USUAL;
  const bodies = body === undefined ? usual.map((one) => Buffer.from(one)) : [body];
  const statuses: string[] = [];
  for (const one of bodies) {
    const forge = new Forge({ provider, secret, body: one, url: signedUrl, now });
    const came = await send(forge, { headers: await forge.proof() }, options);
    if (came.kind === "failed") {
      throw new Failure(
        "outside",
        "no_answer",
        `${options.target.url.origin} gave no answer: ${came.message}`,
        "Is the receiver running?",
      );
    }
    if (accepted(came)) return forge;
    statuses.push(String(came.status));
  }
  throw new Failure(
    "input",
    "genuine_refused",
    `The receiver refuses a genuine request (${statuses.join(", ")}), so that nothing can be concluded from what else it refuses.`,
    "Is it the provider and the secret that it has? --body FILE gives an event that your handler takes, --url the URL that it believes to be called at.",
  );
}

/** Events of no provider, in the shapes that payloads have. */
const USUAL = [
  '{"id":"countersign_attack","type":"test","event":"test","action":"test","data":{"object":{}},"audit_id":"countersign_attack","metadata":{"request_id":"countersign_attack"}}',
  '[{"type":"test","tailnet":"example.com","message":"countersign attack"}]',
  '{"events":[{"id":"1","createdAt":"2026-01-01T00:00:00Z","type":"test","data":{}}]}',
];

async function send(forge: Forge, { headers, body = forge.body }: Forgery, options: AttackOptions): Promise<Exchanged> {
  const { target, patience, signal } = options;
  const [method = "POST"] = forge.provider.methods ?? [];
  const plain = forge.plain.filter(([name]) => headers[name.toLowerCase()] === undefined);
  const outgoing = { method, url: target.url, headers: [...plain, ...Object.entries(headers)], body };
  return exchange(outgoing, { timeout: patience, limit: 65_536, signal, lookup: target.lookup });
}

const accepted = (came: Exchanged) => came.kind === "answer" && came.status >= 200 && came.status < 300;

async function tried(mistake: Mistake, forge: Forge, options: AttackOptions): Promise<Result | undefined> {
  const { name, tries, mend, make } = mistake;
  const forgeries = await make(forge);
  if (forgeries.length === 0) return undefined;
  const came: Exchanged[] = [];
  let leaks = false;
  for (const forgery of forgeries) {
    if (options.signal.aborted) return undefined;
    const one = await send(forge, forgery, options);
    came.push(one);
    leaks ||= await tells(one, forge, forgery);
  }
  const statuses = came.map((one) => (one.kind === "answer" ? one.status : 0));
  const base = { name, tries, statuses };
  if (came.some(accepted)) return { ...base, outcome: "accepted", mend };
  if (leaks)
    return {
      ...base,
      outcome: "leaks",
      mend: "Answer a bare status: the signature that would have been right is as good as the secret.",
    };
  if (statuses.some((status) => status === 0 || status >= 500)) {
    return { ...base, outcome: "broke", mend: `Answer 4xx, and let nothing throw: ${mend}` };
  }
  return { ...base, outcome: "refused", mend: "" };
}

/** Whether an answer holds the signature that its request should have had. */
async function tells(came: Exchanged, forge: Forge, { headers, body = forge.body }: Forgery): Promise<boolean> {
  if (came.kind !== "answer" || forge.provider.scheme.kind === "token") return false;
  const [time] = /\b\d{10}(?:\d{3})?\b/.exec(Object.values(headers).join(" ")) ?? [];
  const at = time === undefined ? forge.now() : time.length === 10 ? Number(time) * 1_000 : Number(time);
  const right = signatureIn((await forge.proof({ body, time: at }))[forge.header] as string);
  const sent = Object.values(headers).some((value) => value.includes(right));
  return !sent && Buffer.from(came.body).toString("latin1").includes(right);
}

/** The very same request twice: a receiver that keeps deliveries answers the second with 2xx too. */
async function replayed(forge: Forge, options: AttackOptions): Promise<Result> {
  const headers = await forge.proof();
  const first = await send(forge, { headers }, options);
  const second = await send(forge, { headers }, options);
  const statuses = [first, second].map((one) => (one.kind === "answer" ? one.status : 0));
  const base = { name: "replayed", tries: "one genuine request twice", statuses };
  if (!accepted(second)) return { ...base, outcome: "refused", mend: "" };
  return {
    ...base,
    outcome: "look",
    mend: "Did your handler run twice? Then remember the delivery's id, or use a replay store. (A receiver that has one answers 2xx too.)",
  };
}

async function oversized({ target, patience }: AttackOptions): Promise<Result> {
  const { status = 0, taken } = await sendEndless(target, OVERSIZED, OVERSIZED, patience);
  const base = { name: "oversized", tries: `${OVERSIZED >> 20} MiB without a signature`, statuses: [status] };
  if (status >= 200 && status < 300)
    return { ...base, outcome: "accepted", mend: "Refuse unsigned requests, and bound the body." };
  if (status >= 500) return { ...base, outcome: "broke", mend: "Answer 413 or 401, and let nothing throw." };
  // 413 says that it was bounded. What the kernel's buffers hold between two sockets of one machine is read by nobody.
  if (status === 413 || taken < (3 * OVERSIZED) / 4) return { ...base, outcome: "refused", mend: "" };
  return {
    ...base,
    outcome: "look",
    mend: "It read all of it before it refused: bound the body, and refuse by the headers where nothing is signed.",
  };
}

async function hanging({ target, patience }: AttackOptions): Promise<Result> {
  const wait = Math.min(patience, 5_000);
  const { status = 0, ended } = await sendEndless(target, 1_000, 10, wait);
  const base = { name: "hanging", tries: "an unsigned request whose body never comes", statuses: [status] };
  if (status >= 200 && status < 300) return { ...base, outcome: "accepted", mend: "Refuse unsigned requests." };
  if (ended) return { ...base, outcome: "refused", mend: "" };
  return {
    ...base,
    outcome: "look",
    mend: `It still waits after ${wait / 1_000} s: refuse by the headers, and set server.requestTimeout.`,
  };
}

async function stillThere(forge: Forge, options: AttackOptions): Promise<Result> {
  const came = await send(forge, { headers: await forge.proof() }, options);
  const base = {
    name: "still_there",
    tries: "a genuine request after all that",
    statuses: [came.kind === "answer" ? came.status : 0],
  };
  if (accepted(came)) return { ...base, outcome: "refused", mend: "" };
  return {
    ...base,
    outcome: "broke",
    mend: "The receiver does not take genuine requests any more: one of the forgeries has ended it.",
  };
}
