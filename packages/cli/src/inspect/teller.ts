import { randomBytes } from "node:crypto";
import { request as httpRequest } from "node:http";
import { basename } from "node:path";
import type { InspectNotice } from "@countersign/core";
import { linesOf } from "./head-lines.ts";
import type { Visit } from "./visit.ts";

/** So many requests are told of at once. */
const MOST = 32;
/** So many wait for that; of what comes beyond, nothing is told. */
const WAITING = 1_000;

/** A request that is told of: one message of it at a time, so that they arrive in their order. */
interface Known {
  readonly visit: Visit;
  readonly started: number;
  state: "told" | "waits" | "sends" | "sends, and has changed";
}

/** Tells the page of an inspected process. Gives back what takes each notice. */
export function startTeller(env: NodeJS.ProcessEnv, pid: number): (notice: unknown) => void {
  const target = new URL(env.COUNTERSIGN_INSPECT ?? "");
  const headers = { authorization: `Bearer ${target.hash.slice(1)}`, "content-type": "application/json" };
  const run = randomBytes(6).toString("hex");
  const from = `${basename(process.argv[1] ?? "node")}, process ${pid}`;
  const visits = new WeakMap<object, Known>();
  const waiting: Known[] = [];
  let count = 0;
  let sending = 0;

  function changed(known: Known): void {
    if (known.state === "sends") known.state = "sends, and has changed";
    if (known.state !== "told" || waiting.length >= WAITING) return;
    known.state = "waits";
    waiting.push(known);
    // The steps of one turn go together.
    setImmediate(next);
  }

  function next(): void {
    while (sending < MOST) {
      const known = waiting.shift();
      if (known === undefined) return;
      known.state = "sends";
      sending++;
      const outgoing = httpRequest({ host: target.hostname, port: target.port, method: "POST", headers, agent: false });
      // An application that has nothing else to do must end.
      outgoing.on("socket", (socket) => socket.unref());
      outgoing.on("response", (response) => response.resume());
      outgoing.on("error", () => {});
      outgoing.on("close", () => {
        sending--;
        const again = known.state === "sends, and has changed";
        known.state = "told";
        if (again) changed(known);
        next();
      });
      outgoing.end(JSON.stringify(known.visit));
    }
  }

  function begun(notice: InspectNotice): Known {
    const { request, provider, credentials = [] } = notice;
    const visit: Visit = {
      key: `${run}:${++count}`,
      at: Date.now(),
      from,
      provider,
      method: request.method ?? "POST",
      url: request.url ?? "/",
      headers: linesOf(request),
      credentials,
      body: "",
      steps: [],
      status: 0,
      findings: [],
    };
    const known: Known = { visit, started: performance.now(), state: "told" };
    visits.set(request, known);
    return known;
  }

  return (given) => {
    const notice = given as InspectNotice;
    const known = visits.get(notice.request) ?? begun(notice);
    take(known.visit, notice, performance.now() - known.started);
    changed(known);
    if (notice.explained !== undefined) explain(known.visit, notice.explained).then(() => changed(known));
  };
}

function take(visit: Visit, notice: InspectNotice, after: number): void {
  const { step, ok, note, body, status, signedUrl, secretIndex, timestamp, error } = notice;
  visit.steps.push({ name: step, after: Math.round(after * 10) / 10, note, good: ok });
  if (body !== undefined) visit.body = Buffer.from(body).toString("base64");
  if (step === "verdict") visit.verdict = { ok, code: note, message: error?.message ?? "The request is genuine." };
  if (status !== undefined) visit.status = status;
  if (signedUrl !== undefined) visit.signedUrl = signedUrl;
  if (secretIndex !== undefined) visit.secret = secretIndex + 1;
  if (timestamp !== undefined) visit.signedAt = new Date(timestamp).toISOString();
}

let explaining = false;

/** One at a time: a flood of forgeries must not keep the application busy. */
async function explain(visit: Visit, explained: NonNullable<InspectNotice["explained"]>): Promise<void> {
  if (explaining) return;
  explaining = true;
  try {
    const { explain: search } = await import("@countersign/core");
    visit.findings = (await explained(search)).findings;
  } catch {
    // It is a help, and changes nothing.
  } finally {
    explaining = false;
  }
}
