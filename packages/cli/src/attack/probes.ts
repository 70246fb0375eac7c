import { sendEndless } from "./endless.ts";
import type { Forge } from "./forge.ts";
import { type AttackOptions, accepted, type Result, send } from "./send.ts";

const OVERSIZED = 16 * 1_048_576;

/** The very same request twice: a receiver that keeps deliveries answers the second with 2xx too. */
export async function replayed(forge: Forge, options: AttackOptions): Promise<Result> {
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

export async function oversized({ target, patience }: AttackOptions): Promise<Result> {
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

export async function hanging({ target, patience }: AttackOptions): Promise<Result> {
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

export async function stillThere(forge: Forge, options: AttackOptions): Promise<Result> {
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
