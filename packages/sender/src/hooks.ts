import { channel } from "node:diagnostics_channel";
import { checkFunction, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { AttemptRecord } from "./outbox/record.ts";

/** An event on its way, as hooks are told of it. */
export interface Subject {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** How the outbox calls this event at this endpoint; empty when it was dropped before it got there. */
  readonly item: string;
  /** The application's own id and type for it; its data is told to nobody. */
  readonly event: {
    /** As it was sent, or as the sender made it. */
    readonly id: string;
    /** As filters compare it: `"invoice.paid"`. */
    readonly type: string;
  };
}

/** How many attempts an event has behind it. */
export interface Tried {
  /** Requests made for it so far, the first included. A redrive begins at 0 again. */
  readonly attempts: number;
}

/** Whether one endpoint is sent an event, and why. */
export interface SendFinding {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** `"now"`: at once; `"later"`: it is kept, and goes when what holds it back ends; `"never"`: it is not wanted. */
  readonly sent: "now" | "later" | "never";
  /**
   * What decided it, in a word: `"wanted"`; the option of `filter` that says no, or the word of a system or of your own
   * `where`; `"disabled"`, `"breaker"`, `"retry-after"`, `"rate"`, `"throttle"`, `"order"`, `"busy"`.
   */
  readonly cause: string;
  /** A sentence for a person, with the values that were compared. */
  readonly reason: string;
  /** Not before this time, in milliseconds since the epoch, where a time is known. */
  readonly until?: number;
}

/** An endpoint, as hooks are told when one comes or changes: no part of its definition that may be secret. */
export interface EndpointNamed {
  /** Unique among the sender's endpoints. */
  readonly endpoint: string;
  /** Where it sends to; of the URL only the origin. */
  readonly url: string;
}

/** A request before it is made, for those who follow it to its end, as a trace does. */
export interface Attempting {
  /** The name of the destination that the request goes to. */
  readonly endpoint: string;
  /** Where it goes to; of the URL only the origin. */
  readonly url: string;
  /** The HTTP verb in capitals: `"POST"`. */
  readonly method: string;
  /** Which attempt of its events it is: 1 for the first. */
  readonly number: number;
  /** The events that it carries, in the order of its body. */
  readonly subjects: readonly Subject[];
  /** Whether further headers may be added: not where the requests are a platform's own, by `format`. */
  readonly takesHeaders: boolean;
  /**
   * Adds a header, which is not signed, while the hook runs. `false`, and nothing is added, where `takesHeaders` is, where
   * the endpoint has one of that name, for a name or value that no header can have, and later.
   */
  addHeader(name: string, value: string): boolean;
  /** Calls back once, when the request has ended: also where that counts as no attempt, for lack of the machine's means. */
  onEnd(listener: (attempt: AttemptRecord) => void): void;
}

/** Everything that can be observed. It contains no secret, and of a URL only its origin. */
export interface SenderEvents {
  /** An event was put into the outbox for an endpoint. */
  readonly enqueued: Subject;
  /** An event was sent that no endpoint wants: nothing was kept of it. */
  readonly unwanted: {
    /** The application's own id and type for it, as the other hooks have them. */
    readonly event: Subject["event"];
    /** One for each endpoint that was asked, with the condition that said no. */
    readonly findings: readonly SendFinding[];
  };
  /** A request is about to be made: signed and sent after the hooks have returned. */
  readonly attempting: Attempting;
  /** A request ended, well or not: one for each request of a batch. */
  readonly attempt: {
    /** The name of the destination that the request went to. */
    readonly endpoint: string;
    /** The outbox's items that the request carried, in the order of its body. */
    readonly items: readonly string[];
    /** How it ended: status or error, timings, and the beginning of the answer. */
    readonly attempt: AttemptRecord;
  };
  /** The receiver accepted the event; the outbox has forgotten it. */
  readonly delivered: Subject & Tried;
  /** Another attempt will be made. */
  readonly retry: Subject &
    Tried & {
      /** Not before this time, in milliseconds since the epoch. */
      readonly at: number;
    };
  /** Given up, and kept as a dead letter. */
  readonly dead: Subject &
    Tried & {
      /** `"exhausted"` when the schedule ended, `"permanent"` when no retry would help. */
      readonly reason: string;
      /** A sentence for a person. It may quote what the receiver answered. */
      readonly message: string;
    };
  /** Too old, or dropped by a lossy endpoint. Not kept. */
  readonly discarded: Subject &
    Tried & {
      /** A sentence for a person: why the event is gone. */
      readonly message: string;
    };
  /** Nothing more is sent to the endpoint until it is enabled; what comes for it is kept. */
  readonly disabled: {
    /** The name of the destination that is left alone from now on. */
    readonly endpoint: string;
    /** What the receiver answered (a 410), or what the application gave to `disable`. */
    readonly reason: string;
  };
  /** What was kept for the endpoint goes out again. */
  readonly enabled: {
    /** The name of the destination that is sent to again. */
    readonly endpoint: string;
  };
  /** An endpoint was defined: one of those that `createSender` was given, or later. */
  readonly added: EndpointNamed;
  /** An endpoint has another definition under its name. */
  readonly changed: EndpointNamed;
  /** An endpoint is gone, and what waited for it is cancelled. */
  readonly removed: {
    /** The name of the destination, which another one may take from now on. */
    readonly endpoint: string;
    /** How many waiting events were cancelled with it. */
    readonly cancelled: number;
  };
  /** The circuit breaker of an endpoint changed. */
  readonly breaker: {
    /** The name of the destination whose breaker changed. */
    readonly endpoint: string;
    /** `"opened"`: the endpoint is left alone; `"closed"`: it works again. */
    readonly state: "opened" | "closed";
    /** When one attempt is let through, in milliseconds since the epoch. Absent once it is closed. */
    readonly until?: number;
  };
  /** Something other than an attempt failed: the outbox, a filter, a hook. */
  readonly failure: {
    /** The name of the destination, where the failure concerns only one. */
    readonly endpoint?: string;
    /**
     * The part that failed. What it had in hand is tried again (`"outbox"`, and `"machine"`: no file descriptor or memory
     * was left for a connection) or left out (`"filter"`, `"hook"`).
     */
    readonly where: "outbox" | "machine" | "filter" | "hook";
    /** What was thrown, unmasked: it may quote what the application or its database wrote. */
    readonly error: unknown;
  };
}

/** Called with what happened. What they throw or reject with changes nothing; it is told to `failure`. */
export type Hooks = { readonly [Name in keyof SenderEvents]?: (event: SenderEvents[Name]) => void };

const HOOKS: KeysOf<Hooks> = {
  enqueued: "optional",
  unwanted: "optional",
  attempting: "optional",
  attempt: "optional",
  delivered: "optional",
  retry: "optional",
  dead: "optional",
  discarded: "optional",
  disabled: "optional",
  enabled: "optional",
  added: "optional",
  changed: "optional",
  removed: "optional",
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
  /** Whether anybody listens: asked first where telling takes more than to make what is told. */
  hears(name: keyof SenderEvents): boolean;
  /** `make` is called only when somebody listens. */
  tell<Name extends keyof SenderEvents>(name: Name, make: () => SenderEvents[Name]): void;
}

/** Checks the hooks. @throws ConfigurationError */
export function createAnnouncer(hooks: Hooks = {}): Announcer {
  checkOptions(hooks, HOOKS, "hooks");
  for (const name of NAMES) checkFunction(hooks[name], `hooks.${name}`);
  const channels = Object.fromEntries(NAMES.map((name) => [name, channel(senderChannels[name])]));
  const hears = (name: keyof SenderEvents): boolean =>
    hooks[name] !== undefined || (channels[name] as ReturnType<typeof channel>).hasSubscribers;

  function tell<Name extends keyof SenderEvents>(name: Name, make: () => SenderEvents[Name]): void {
    if (!hears(name)) return;
    const hook = hooks[name] as ((event: SenderEvents[Name]) => unknown) | undefined;
    const event = make();
    channels[name]?.publish(event);
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

  return { hears, tell };
}
