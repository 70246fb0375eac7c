import { ConfigurationError } from "./errors/errors.ts";
import { answerResponse, readRequest, type WebRequest } from "./http/fetch.ts";
import { type NodeRequest, type NodeResponse, readIncoming } from "./http/node-request.ts";
import { answerIncoming } from "./http/node-response.ts";
import { isPromise, type Maybe } from "./lib/promises.ts";
import { replyAnswer } from "./receive/accept.ts";
import { Answer, Refusal } from "./receive/answer.ts";
import type { Delivery } from "./receive/delivery.ts";
import type { VerifierOptions } from "./receive/options.ts";
import type { StandardSchema } from "./receive/schema.ts";
import { notify } from "./replay/claim.ts";
import type { Decisions, PayloadKind, Provider, Reply } from "./scheme/provider.ts";
import { type Clock, within } from "./time/clock.ts";
import { type Duration, parseDuration } from "./time/duration.ts";
import { createVerifier, type Payload, type Verifier } from "./verifier.ts";

/** What a guardrail says about a request: made by `allow()`, `block()` and `modify()`. */
export type Decision =
  | { readonly action: "allow" }
  | { readonly action: "block"; readonly message?: string; readonly status?: number }
  | { readonly action: "modify"; readonly requestBody: unknown };

/** Lets the request through as it is. */
export function allow(): Decision {
  return { action: "allow" };
}

/** Stops the request. Default: status 403 and no message. */
export function block(options: { readonly message?: string; readonly status?: number } = {}): Decision {
  return { action: "block", ...options };
}

/** Lets the request through with another body: the whole body, not a part of it. */
export function modify(requestBody: unknown): Decision {
  return { action: "modify", requestBody };
}

/** Why a decision was made without the handler's. */
export interface GuardrailFailure {
  readonly reason: "refused" | "threw" | "late" | "undecided";
  readonly cause?: unknown;
}

export interface GuardrailOptions<
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  Context = unknown,
> extends Omit<VerifierOptions<Schema, Kind, Context>, "onDuplicate" | "settle" | "status"> {
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
  readonly context: Context | undefined;
}

export type Decide<P, Context> = (delivery: Delivery<P>, call: GuardrailCall<Context>) => Maybe<Decision>;

/** A synchronous hook: always answers a decision to a caller that is proven. */
export interface Guardrail<Context> {
  /** @param kept the body's bytes, where the framework has read and kept them */
  handle(request: WebRequest, context?: Context, kept?: Uint8Array): Promise<Response>;
  handleIncoming(request: NodeRequest, response: NodeResponse, context?: Context): Promise<void>;
}

/**
 * Answers a synchronous hook such as Aperture's `pre_request`, where a status other than 2xx does not stop anything:
 * the caller may take it for "allowed". So once the key is proven, everything ends in an explicit decision, inside the
 * deadline: a body over the limit, a payload that fails the schema, a replay store that is down, a handler that throws,
 * is late or decides nothing. Strangers get a bare status.
 *
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
  options: GuardrailOptions<Schema, Kind, Context>,
  decide: Decide<Payload<P, Schema, Kind>, Context>,
): Guardrail<Context> {
  const { deadline: deadlineOption = "4s", otherwise = block(), onFailure, ...rest } = options;
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
  const deadline = parseDuration(deadlineOption, "deadline", 1);
  const fallback = encode(decisions, otherwise);
  if (fallback === undefined)
    throw new ConfigurationError("otherwise", "otherwise must be allow(), block() or modify().");
  // A retried hook wants its decision again, not a bare success.
  const verifier = createVerifier(provider, { ...rest, onDuplicate: "handle" } as VerifierOptions<
    Schema,
    Kind,
    Context
  >);
  const { clock } = verifier.settings;

  /** Reads, decides and answers. `read` is given a verifier that remembers whether the caller is proven. */
  async function answer(
    read: (verifier: Verifier<any, Context>) => Maybe<Delivery<any> | Answer>,
    context: Context | undefined,
  ): Promise<Answer> {
    const ending = new AbortController();
    let proven = false;
    const fail = (reason: GuardrailFailure["reason"], cause?: unknown): Answer => {
      notify(onFailure, cause === undefined ? { reason } : { reason, cause });
      return replyAnswer(fallback as Reply);
    };
    const watched: Verifier<any, Context> = {
      ...verifier,
      begin(head, given) {
        const watch = <T>(begun: T): T => {
          if (!(begun instanceof Answer)) proven = (begun as { proven: boolean }).proven;
          return begun;
        };
        const begun = verifier.begin(head, given);
        return isPromise(begun) ? (begun as Promise<any>).then(watch) : watch(begun);
      },
    };

    async function work(): Promise<Answer> {
      const outcome = await read(watched);
      if (outcome instanceof Refusal) return outcome.proven || proven ? fail("refused", outcome.error) : outcome;
      if (outcome instanceof Answer) return outcome;
      proven = true;
      outcome.hold();
      let reply: Reply | undefined;
      try {
        reply = encode(decisions as Decisions, await decide(outcome, { signal: ending.signal, context }));
      } catch (cause) {
        await outcome.settle(false);
        return fail("threw", cause);
      }
      await outcome.settle(reply !== undefined);
      return reply === undefined ? fail("undecided") : replyAnswer(reply);
    }

    return within(clock as Clock, deadline, work(), () => {
      ending.abort();
      return proven ? fail("late") : new Answer(503);
    });
  }

  return {
    async handle(request, context, kept) {
      return answerResponse(await answer((watched) => readRequest(watched, request, context, kept), context));
    },
    async handleIncoming(request, response, context) {
      const given = await answer((watched) => readIncoming(watched, request, context), context);
      // A proven caller's body is read to its end: closing on it could cost it the decision.
      answerIncoming(request, response, given, given.status === 200);
    },
  };
}

/** The decision as the provider writes it; `undefined` when it is none. */
function encode(decisions: Decisions, decision: Decision | undefined): Reply | undefined {
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
