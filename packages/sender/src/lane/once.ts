import { ConfigurationError } from "@countersign/core";
import type { AttemptResponse, Ruling, WebhookEvent } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import { restoreEvent, type StoredEvent } from "../event/stored-event.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import { maskUrl } from "../secret/mask.ts";
import type { TransportRequest, TransportResult } from "../transport/transport.ts";
import type { Turns } from "../transport/turns.ts";
import { type AttemptOutcome, type AttemptTools, attempt, cutAtCharacter } from "./attempt.ts";
import type { Lanes } from "./lanes.ts";
import { makeMessages } from "./requests.ts";

/** A whole exchange to look at: secrets are masked wherever they appear in it. */
export interface Exchange {
  /** As it was sent, secrets masked. */
  readonly request: {
    /** `"POST"` unless the endpoint says otherwise. */
    readonly method: string;
    /** Origin only; path and query may be secret. */
    readonly url: string;
    /** By lower-case name, the signature's included; secret ones are masked. */
    readonly headers: Readonly<Record<string, string>>;
    /** The text that was signed and sent, empty for GET. */
    readonly body: string;
  };
  /** Absent when no answer came; `attempt.error` says why. */
  readonly response?: {
    /** The HTTP status, before any judgement. */
    readonly status: number;
    /** By lower-case name. Hostile text: escape it where you show it. */
    readonly headers: Readonly<Record<string, string>>;
    /** Decoded and cut at `responseLimit` bytes. Hostile text: escape it where you show it. */
    readonly body: string;
  };
  /** The same record that hooks and dead letters have: timings, error, excerpt. */
  readonly attempt: AttemptRecord;
  /** What the answer would have meant for an event: accepted, tried again, given up, or the endpoint disabled. */
  readonly ruling: Ruling["kind"];
}

/** What `sender.test` found out: whether the endpoint accepts, and the exchanges that show why not. */
export interface TestResult {
  /** The receiver accepted every request that the event became. */
  readonly ok: boolean;
  /** One for each request that was made: formats may need several. */
  readonly exchanges: readonly Exchange[];
}

/** What `sender.call` brought: the answer as it is, for the application that asked. */
export interface CallResult {
  /** What the answer means: accepted, to be tried again, final, or the endpoint to be disabled. */
  readonly ruling: Ruling;
  /** Status, headers and body, unmasked. Absent when no answer came; `attempt.error` says why. */
  readonly response?: AttemptResponse;
  /** The same record that hooks and dead letters have: timings, error, masked excerpt. */
  readonly attempt: AttemptRecord;
}

/** What one-off sends work with. */
export interface OneOffTools extends AttemptTools {
  readonly turns: Turns;
  readonly lanes: Lanes;
  readonly store: (event: WebhookEvent) => StoredEvent;
  readonly makeId: () => string;
}

/** One event at once: past filter, queue and schedule, at an endpoint whose definition is the lane's. */
export class OneOff {
  readonly #tools: OneOffTools;

  constructor(tools: OneOffTools) {
    this.#tools = tools;
  }

  /** Sends, and shows the whole exchange without its secrets. */
  async test(name: string, event?: WebhookEvent): Promise<TestResult> {
    const { endpoint } = this.#tools.lanes.get(name);
    const synthetic = event ?? endpoint.testEvent ?? { type: "test", data: { message: "This is a test event" } };
    const outcomes = await this.#send(endpoint, synthetic, false);
    const exchanges = outcomes.map((outcome) => showExchange(endpoint, outcome));
    return { ok: exchanges.every((exchange) => exchange.ruling === "success"), exchanges };
  }

  /** Sends, and gives back the last answer as it is. */
  async call(name: string, event: WebhookEvent): Promise<CallResult> {
    const outcomes = await this.#send(this.#tools.lanes.get(name).endpoint, event, true);
    const last = outcomes[outcomes.length - 1];
    if (last === undefined) throw new ConfigurationError("call", "The format made no message of this event.");
    const { ruling, record, result } = last;
    if (result.kind === "error") return { ruling, attempt: record };
    const { status, headers, body } = result;
    return { ruling, attempt: record, response: { status, headers, body } };
  }

  /** Stops at the first request that is not accepted. */
  async #send(endpoint: Endpoint, event: WebhookEvent, wholeBody: boolean): Promise<readonly AttemptOutcome[]> {
    const { store, makeId, turns } = this.#tools;
    const stored = restoreEvent(store(event));
    const id = makeId();
    const messages = makeMessages(endpoint, [stored], makeId);
    const outcomes: AttemptOutcome[] = [];
    for (const [index, message] of messages.entries()) {
      const part = messages.length === 1 ? {} : { part: { index, of: messages.length } };
      const name = index === 0 ? id : `${id}_${index}`;
      const input = { endpoint, message, id: name, number: 1, events: 1, wholeBody, ...part };
      const outcome = await turns.once(endpoint.url.origin, () =>
        attempt(input, this.#tools.transport, this.#tools.clock),
      );
      outcomes.push(outcome);
      if (outcome.ruling.kind !== "success") break;
    }
    return outcomes;
  }
}

/** The exchange without its secrets. */
export function showExchange(endpoint: Endpoint, { request, result, record, ruling }: AttemptOutcome): Exchange {
  const response = showResponse(endpoint, result);
  return {
    request: showRequest(endpoint, request),
    ...(response === undefined ? {} : { response }),
    attempt: record,
    ruling: ruling.kind,
  };
}

function showRequest(endpoint: Endpoint, request: TransportRequest | undefined): Exchange["request"] {
  const { mask, method } = endpoint;
  const headers: Record<string, string> = {};
  const list = request?.headers ?? endpoint.headers;
  for (let i = 0; i < list.length; i += 2) headers[(list[i] as string).toLowerCase()] = mask(list[i + 1] as string);
  const body = request?.body === undefined ? "" : mask(Buffer.from(request.body).toString("utf8"));
  return { method, url: maskUrl(endpoint.url), headers, body };
}

function showResponse({ mask, responseLimit }: Endpoint, result: TransportResult): Exchange["response"] {
  if (result.kind === "error") return undefined;
  const headers: Record<string, string> = {};
  for (const name in result.headers) headers[name] = mask(result.headers[name] as string);
  return { status: result.status, headers, body: cutAtCharacter(mask(result.body, result.truncated), responseLimit) };
}
