import { isObserved, publish } from "#diagnostics";
import type { WebhookError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { HeldClaim } from "../replay/engine.ts";
import type { ExplainFunction } from "./explaining.ts";

/** What the steps of a request are called, in their order. */
export type InspectStep = "head" | "body" | "verdict" | "claim" | "handler" | "settled";

/** One step of a request, as the diagnostics channel `countersign:inspect` has it on Node, outside production alone. */
export interface InspectNotice {
  /** The name of the row that it is judged by, such as `"stripe"`. */
  readonly provider: string;
  /** Method, URL and headers: hostile text, with the credential in it where the provider has one. The same object for all steps of a request. */
  readonly request: RequestHead;
  /** The headers that hold a credential, in lower case, for providers whose proof is one: not to be shown. */
  readonly credentials?: readonly string[];
  /** Which step was taken. `handler` and `verdict` may come twice. */
  readonly step: InspectStep;
  /** False where the step says no. */
  readonly ok: boolean;
  /** What came of it, in a few words: `"claimed"`, a refusal's code. */
  readonly note: string;
  /** What is answered, once that is known. */
  readonly status?: number;
  /** With the step `body`: what came. Not to be changed. */
  readonly body?: Uint8Array;
  /** With a verdict, for schemes that sign the URL: the public one that was judged, as `publicUrl` or `exactUrl` say it. */
  readonly signedUrl?: string;
  /** With a verdict that says yes: which of the active secrets matched, counted from 0. */
  readonly secretIndex?: number;
  /** With a verdict that says yes: when it was signed, in milliseconds since the epoch; absent where no time is signed. */
  readonly timestamp?: number;
  /** With a refusal: the reason with its stable code, whose message may quote what the sender wrote. */
  readonly error?: WebhookError;
  /** With a refusal that may have a cause: has `explain` of this package look for it, with the secret that is not in here. */
  readonly explained?: (explain: ExplainFunction) => ReturnType<ExplainFunction>;
}

/** What all steps of a request have in common. */
export type Inspected = Pick<InspectNotice, "provider" | "request" | "credentials">;

/** What a step tells beside its name. */
export type Told = Partial<Omit<InspectNotice, keyof Inspected | "step">>;

/** Announces the steps of one request. */
export class Inspection {
  readonly #common: Inspected;

  constructor(common: Inspected) {
    this.#common = common;
  }

  /** Publishes one step to whoever subscribes to `countersign:inspect`. */
  tell(step: InspectStep, note: string, told: Told = {}): void {
    publish("inspect", { ...this.#common, step, ok: true, note, ...told } satisfies InspectNotice);
  }

  /** The claim, which tells when it is settled. */
  watch(claim: HeldClaim): HeldClaim {
    const settled = (result: MaybePromise<boolean>, what: string) =>
      andThen(result, (held) => {
        this.tell("settled", held ? what : "the claim had been lost", { ok: held && what === "committed" });
        return held;
      });
    return {
      commit: () => settled(claim.commit(), "committed"),
      release: () => settled(claim.release(), "released: a retry is let in"),
      extend: () => claim.extend(),
      hold: () => claim.hold(),
      holdFor: (milliseconds) => claim.holdFor(milliseconds),
      get signal() {
        return claim.signal;
      },
    };
  }
}

/** The signed URL as a notice has it; none where no URL is signed. */
export function signedUrlOf(url: string | undefined): Told {
  return url === undefined || url === "" ? {} : { signedUrl: url };
}

/** Whether anybody looks on. */
export function isInspected(): boolean {
  return isObserved("inspect");
}

const handed = new WeakMap<object, Inspection>();

/** The delivery goes to its handler now. */
export function handOver(delivery: object, inspection: Inspection): void {
  handed.set(delivery, inspection);
  inspection.tell("handler", "called");
}

/** Calls a handler, and tells how it ended where somebody looks on. */
export async function inspected<Result>(
  delivery: object,
  handle: () => MaybePromise<Result>,
  statusOf: (result: Result) => number,
): Promise<Result> {
  const inspection = handed.get(delivery);
  try {
    const result = await handle();
    const status = statusOf(result);
    inspection?.tell("handler", `answered ${status}`, { status, ok: status < 300 });
    return result;
  } catch (error) {
    inspection?.tell("handler", "threw", { status: 500, ok: false });
    throw error;
  }
}

/** The response is out: how the handler ended, where somebody looks on. */
export function inspectEnd(delivery: object, status: number): void {
  handed.get(delivery)?.tell("handler", `answered ${status}`, { status, ok: status < 300 });
}
