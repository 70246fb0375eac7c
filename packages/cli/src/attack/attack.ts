import type { Exchanged } from "../network/exchange.ts";
import { Failure } from "../terminal/failure.ts";
import { CREDENTIAL_MISTAKES } from "./credential-mistakes.ts";
import { Forge, signatureIn } from "./forge.ts";
import { type Forgery, type Mistake, SIGNATURE_MISTAKES } from "./mistakes.ts";
import { hanging, oversized, replayed, stillThere } from "./probes.ts";
import { type AttackOptions, accepted, type Result, send } from "./send.ts";

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
  // What holds a connection or fills a memory is tried on nobody's machine but this one.
  if (options.target.here) {
    await add(await oversized(options));
    await add(await hanging(options));
  }
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
