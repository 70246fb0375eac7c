import { checkFunction } from "./errors/checks.ts";
import { type Answer, ConfigurationError } from "./errors/errors.ts";
import { answerResponse, beginRequest, readRequestBody, type WebRequest } from "./http/fetch.ts";
import { beginIncoming, type NodeRequest, type NodeResponse, readIncomingBody } from "./http/node-request.ts";
import { answerIncoming } from "./http/node-response.ts";
import { createReceiver, type Receiver } from "./http/receiver.ts";
import { notify } from "./lib/notify.ts";
import type { MaybePromise } from "./lib/promises.ts";
import { Delivery } from "./receive/delivery.ts";
import { Incoming } from "./receive/incoming.ts";
import { inspectEnd } from "./receive/inspect.ts";
import type { VerifierOptions } from "./receive/options.ts";
import { Refusal } from "./receive/refusal.ts";
import type { Log } from "./receive/report.ts";
import type { StandardSchema } from "./receive/schema.ts";
import type { Decisions, PayloadKind, Provider } from "./scheme/provider.ts";
import { within } from "./time/clock.ts";
import { type Duration, parseDuration } from "./time/duration.ts";
import type { Payload } from "./verifier.ts";

/** What a guardrail says about a request: made by `allow()`, `block()` and `modify()`. */
export type Decision =
  | { readonly action: "allow" }
  | {
      readonly action: "block";
      /** Told to whoever made the request, where the caller passes it on; default none. */
      readonly message?: string;
      /** HTTP status for the request that was stopped; default 403. */
      readonly status?: number;
    }
  | {
      readonly action: "modify";
      /** What goes on instead: the whole body, as JSON. */
      readonly requestBody: unknown;
    };

/** Lets the request through as it is. */
export function allow(): Decision {
  return { action: "allow" };
}

/** Stops the request. Default: status 403 and no message. */
export function block(
  options: {
    /** Told to whoever made the request, where the caller passes it on; default none. */
    readonly message?: string;
    /** HTTP status for the request that was stopped; default 403. */
    readonly status?: number;
  } = {},
): Decision {
  return { action: "block", ...options };
}

/** Lets the request through with another body: the whole body, not a part of it. */
export function modify(requestBody: unknown): Decision {
  return { action: "modify", requestBody };
}

/** Why a decision was made without the handler's. */
export interface GuardrailFailure {
  /**
   * The verifier refused a proven request, the handler threw, did not decide before the deadline, or gave back no
   * decision.
   */
  readonly reason: "refused" | "threw" | "late" | "undecided";
  /** What was thrown, or the refusal; absent when time ran out. */
  readonly cause?: unknown;
}

/** A verifier's options without those that a guardrail decides itself, and what happens when no decision can be had. */
export interface GuardrailOptions<
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  Context = unknown,
  Proven = any,
> extends Omit<VerifierOptions<Schema, Kind, Context, Proven>, "onDuplicate" | "settle" | "status" | "inbox"> {
  /** When the decision must be out, counted from the request's head; default `"4s"`, a second less than the caller waits. */
  readonly deadline?: Duration;
  /** What is decided when a proven caller cannot be given the handler's own decision; default `block()`. */
  readonly otherwise?: Decision;
  /** Told whenever `otherwise` was used. What it throws changes no answer. */
  readonly onFailure?: (failure: GuardrailFailure) => unknown;
}

/** What a handler is given beside the delivery. */
export interface GuardrailCall<Context> {
  /** Ends when the deadline is over and the decision has been made without the handler. */
  readonly signal: AbortSignal;
  /** The framework's own: Workers' `env`, Express's request, whatever the door handed in. */
  readonly context: Context | undefined;
}

/** Your own judgement of a proven request: give back `allow()`, `block()` or `modify()`, or a promise of one. */
export type Decide<P, Context> = (delivery: Delivery<P>, call: GuardrailCall<Context>) => MaybePromise<Decision>;

/** A synchronous hook: always answers a decision to a caller that is proven. */
export interface Guardrail<Context> {
  /** @param buffered the body's bytes, where the framework has read and kept them */
  handle(request: WebRequest, context?: Context, buffered?: Uint8Array): Promise<Response>;
  /** The same for a request of `node:http`; resolves when the answer is written. */
  handleIncoming(request: NodeRequest, response: NodeResponse, context?: Context): Promise<void>;
}

/**
 * Answers a synchronous hook such as Aperture's `pre_request`, where a status other than 2xx does not stop anything:
 * the caller may take it for "allowed". So once the key is proven, everything ends in an explicit decision, inside the
 * deadline: a body over the limit, a payload that fails the schema, a replay store that is down, a handler that throws,
 * is late or decides nothing. Strangers get a bare status.
 *
 * @param logOf finds the framework's own logger of a request, for lines about it; for adapters
 * @throws ConfigurationError for options that cannot be honoured, and for providers that have no decisions
 * @example
 * ```ts
 * import { allow, block, guardrail } from "@countersign/core";
 * import { aperture } from "@countersign/core/providers";
 *
 * const guard = guardrail(aperture({ event: "pre_request" }), { secret: "a key" }, ({ payload }) =>
 *   payload.user_message?.includes("password") ? block({ message: "No passwords, please." }) : allow(),
 * );
 * const response = await guard.handle(new Request("https://example.com/guard", { method: "POST" }));
 * console.log(response.status); // 401
 * ```
 */
export function guardrail<
  P extends Provider<any>,
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  Context = unknown,
>(
  provider: P,
  options: GuardrailOptions<Schema, Kind, Context, Payload<P, Schema, Kind>>,
  decide: Decide<Payload<P, Schema, Kind>, Context>,
  logOf?: (context: Context) => Log | undefined,
): Guardrail<Context> {
  const rules = resolveRules(provider, options, decide as Decide<any, any>, logOf);
  const { receiver } = rules;
  return {
    async handle(request, context, buffered) {
      const call = new Call(rules, context, {
        begin: () => beginRequest(receiver, request, context),
        read: (incoming) => readRequestBody(receiver.settings, request, incoming, buffered),
      });
      return answerResponse(await call.answer());
    },
    async handleIncoming(request, response, context) {
      const call = new Call(rules, context, {
        begin: () => beginIncoming(receiver, request, context),
        read: (incoming) => readIncomingBody(receiver.settings, request, incoming),
      });
      const answer = await call.answer();
      // A proven caller's body is read to its end: closing on it could cost it the decision.
      answerIncoming(receiver.settings, request, response, answer, answer.status === 200);
    },
  };
}

/** The options of a guardrail, checked. */
interface Rules {
  readonly receiver: Receiver<any>;
  readonly decisions: Decisions;
  readonly decide: Decide<any, any>;
  readonly deadline: number;
  /** What is answered when a proven caller cannot be given the handler's own decision. */
  readonly fallback: Answer;
  readonly onFailure: ((failure: GuardrailFailure) => unknown) | undefined;
}

function resolveRules(
  provider: Provider<any>,
  options: GuardrailOptions<any, any, any>,
  decide: Decide<any, any>,
  logOf: ((context: any) => Log | undefined) | undefined,
): Rules {
  const { deadline = "4s", otherwise = block(), onFailure, ...rest } = options;
  if ("inbox" in rest) {
    throw new ConfigurationError(
      "inbox",
      "A guardrail decides at once, and an inbox later: leave inbox out.",
      "unknown_option",
    );
  }
  const { decisions } = provider;
  if (decisions === undefined) {
    throw new ConfigurationError(
      "provider",
      `${provider.name} waits for no decision: use createVerifier(), or aperture({ event: "pre_request" }).`,
    );
  }
  if (typeof decide !== "function")
    throw new ConfigurationError("decide", "The third argument must be a function that decides.");
  for (const name of ["onDuplicate", "settle", "status"]) {
    if (name in rest)
      throw new ConfigurationError(name, `A guardrail decides what "${name}" would: leave it out.`, "unknown_option");
  }
  const fallback = encode(decisions, otherwise);
  if (fallback === undefined)
    throw new ConfigurationError("otherwise", "otherwise must be allow(), block() or modify().");
  return {
    // A retried hook wants its decision again, not a bare success.
    receiver: createReceiver(provider, { ...rest, onDuplicate: "handle" } as VerifierOptions<any, any, any>, logOf),
    decisions,
    decide,
    deadline: parseDuration(deadline, "deadline", 1),
    fallback,
    onFailure: checkFunction(onFailure, "onFailure"),
  };
}

/** How the request of one call is read. */
interface Door {
  begin(): MaybePromise<Incoming | Answer>;
  read(incoming: Incoming): MaybePromise<Delivery<any> | Answer>;
}

/** One call of the hook, from its head to its answer. */
class Call {
  readonly #rules: Rules;
  readonly #context: unknown;
  readonly #door: Door;
  readonly #ending = new AbortController();
  #incoming: Incoming | undefined = undefined;

  constructor(rules: Rules, context: unknown, door: Door) {
    this.#rules = rules;
    this.#context = context;
    this.#door = door;
  }

  /** Reads, decides and answers, inside the deadline. */
  answer(): Promise<Answer> {
    const { receiver, deadline } = this.#rules;
    return within(receiver.settings.clock, deadline, this.#work(), () => {
      this.#ending.abort();
      return this.#proven ? this.#fail("late") : { status: 503 };
    });
  }

  get #proven(): boolean {
    return this.#incoming?.proven === true;
  }

  async #work(): Promise<Answer> {
    const read = await this.#read();
    if (read instanceof Delivery) return this.#decide(read);
    return read instanceof Refusal && (read.proven || this.#proven) ? this.#fail("refused", read.error) : read;
  }

  async #read(): Promise<Delivery<any> | Answer> {
    const begun = await this.#door.begin();
    if (!(begun instanceof Incoming)) return begun;
    this.#incoming = begun;
    return this.#door.read(begun);
  }

  async #decide(delivery: Delivery<any>): Promise<Answer> {
    const { decide, decisions } = this.#rules;
    delivery.hold();
    let answer: Answer | undefined;
    try {
      const { signal } = this.#ending;
      answer = encode(decisions, await decide(delivery, { signal, context: this.#context }));
    } catch (cause) {
      await delivery.settle(false);
      return this.#told(delivery, this.#fail("threw", cause));
    }
    await delivery.settle(answer !== undefined);
    return this.#told(delivery, answer ?? this.#fail("undecided"));
  }

  /** For who looks on: what was decided. */
  #told(delivery: Delivery<any>, answer: Answer): Answer {
    inspectEnd(delivery, answer.status);
    return answer;
  }

  #fail(reason: GuardrailFailure["reason"], cause?: unknown): Answer {
    notify(this.#rules.onFailure, cause === undefined ? { reason } : { reason, cause });
    return this.#rules.fallback;
  }
}

/** The decision as the provider writes it; `undefined` when it is none. */
function encode(decisions: Decisions, decision: Decision | undefined): Answer | undefined {
  switch (decision?.action) {
    case "allow":
      return decisions.allow();
    case "block":
      return decisions.block(decision);
    case "modify":
      return decision.requestBody === undefined ? undefined : decisions.modify(decision.requestBody);
    default:
      return undefined;
  }
}
