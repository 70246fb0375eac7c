import { channel } from "node:diagnostics_channel";
import { checkFunction, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { AttemptRecord } from "./outbox/record.ts";

/** An event on its way, as hooks are told of it. */
export interface Subject {
  readonly endpoint: string;
  /** The outbox's item. */
  readonly item: string;
  readonly event: { readonly id: string; readonly type: string };
}

/** Everything that can be observed. It contains no secret, and of a URL only its origin. */
export interface SenderEvents {
  /** An event was put into the outbox for an endpoint. */
  readonly enqueued: Subject;
  /** A request ended, well or not: one for each request of a batch. */
  readonly attempt: { readonly endpoint: string; readonly items: readonly string[]; readonly attempt: AttemptRecord };
  readonly delivered: Subject & { readonly attempts: number };
  /** Another attempt will be made, not before `at` (milliseconds since the epoch). */
  readonly retry: Subject & { readonly attempts: number; readonly at: number };
  /** Given up, and kept as a dead letter. */
  readonly dead: Subject & { readonly attempts: number; readonly reason: string; readonly message: string };
  /** Too old, or dropped by a lossy endpoint. Not kept. */
  readonly discarded: Subject & { readonly attempts: number; readonly message: string };
  readonly disabled: { readonly endpoint: string; readonly reason: string };
  readonly enabled: { readonly endpoint: string };
  /** The circuit breaker of an endpoint changed. */
  readonly breaker: { readonly endpoint: string; readonly state: "opened" | "closed"; readonly until?: number };
  /** Something other than an attempt failed: the outbox, a filter, a hook. */
  readonly failure: {
    readonly endpoint?: string;
    readonly where: "outbox" | "filter" | "hook";
    readonly error: unknown;
  };
}

/** Called with what happened. What they throw or reject with changes nothing; it is told to `failure`. */
export type Hooks = { readonly [Name in keyof SenderEvents]?: (event: SenderEvents[Name]) => void };

const HOOKS: KeysOf<Hooks> = {
  enqueued: "optional",
  attempt: "optional",
  delivered: "optional",
  retry: "optional",
  dead: "optional",
  discarded: "optional",
  disabled: "optional",
  enabled: "optional",
  breaker: "optional",
  failure: "optional",
};

const NAMES = Object.keys(HOOKS) as (keyof SenderEvents)[];

/**
 * Names of the `node:diagnostics_channel` channels, by event: `countersign:sender:attempt` and so on. Their messages
 * are the same objects that the hooks are given.
 */
export const senderChannels: Readonly<Record<keyof SenderEvents, string>> = Object.freeze(
  Object.fromEntries(NAMES.map((name) => [name, `countersign:sender:${name}`])),
) as Readonly<Record<keyof SenderEvents, string>>;

/** Tells hooks and channels. */
export interface Announcer {
  /** `make` is called only when somebody listens. */
  tell<Name extends keyof SenderEvents>(name: Name, make: () => SenderEvents[Name]): void;
}

/** Checks the hooks. @throws ConfigurationError */
export function createAnnouncer(hooks: Hooks = {}): Announcer {
  checkOptions(hooks, HOOKS, "hooks");
  for (const name of NAMES) checkFunction(hooks[name], `hooks.${name}`);
  const channels = Object.fromEntries(NAMES.map((name) => [name, channel(senderChannels[name])]));

  function tell<Name extends keyof SenderEvents>(name: Name, make: () => SenderEvents[Name]): void {
    const hook = hooks[name] as ((event: SenderEvents[Name]) => unknown) | undefined;
    const open = channels[name] as ReturnType<typeof channel>;
    if (hook === undefined && !open.hasSubscribers) return;
    const event = make();
    open.publish(event);
    if (hook === undefined) return;
    try {
      const answer = hook(event);
      if (answer instanceof Promise) answer.catch((error) => complain(name, error));
    } catch (error) {
      complain(name, error);
    }
  }

  function complain(name: keyof SenderEvents, error: unknown): void {
    if (name !== "failure") tell("failure", () => ({ where: "hook", error }));
  }

  return { tell };
}
