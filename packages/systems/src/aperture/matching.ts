import type { WebhookEvent } from "@countersign/core/event";
import type { Unwanted } from "@countersign/sender";
import { nameList, unknownType } from "../document/unwanted.ts";
import {
  type ApertureData,
  type ApertureEventType,
  type ApertureField,
  type ApertureRule,
  apertureEvents,
} from "./config.ts";
import { matchesGlob } from "./glob.ts";
import type { ApertureFile } from "./settings.ts";

/** Whether a hook is told of an event, and why. */
export interface ApertureFinding {
  /** Its key in the settings, which is the endpoint's name too. */
  readonly hook: string;
  /** `true` when a request goes out, or would be asked for a `pre_request`. */
  readonly told: boolean;
  /** What decided it: `"src"`, `"models"`, `"event"`, `"grants"`, `"disabled"` or `"unknown type"`. */
  readonly cause: string;
  /** A sentence for a person, with the values that were compared. */
  readonly reason: string;
}

/** Decides who is told of what. */
export interface ApertureMatcher {
  /** What a hook is told of an event, or `undefined` when it is not told. */
  selecting(hook: string, event: WebhookEvent): ReadonlySet<ApertureField> | undefined;
  /** The capabilities, other than Aperture's own, that a request has. */
  capabilities(metadata: ApertureData["metadata"]): Readonly<Record<string, readonly unknown[]>>;
  /** Why a hook is not sent an event, for the sender's filter. */
  unwanted(hook: string, event: WebhookEvent): Unwanted | undefined;
  /** The same as `selecting`, in words. */
  explain(event: WebhookEvent): readonly ApertureFinding[];
}

const known: readonly string[] = apertureEvents;

/** Whether a user is in a source. */
export type InSource = (source: string, metadata: ApertureData["metadata"]) => boolean;

/** Grants only add: those that match a request are united. */
export function createMatcher(
  { hooks, rules, others }: Pick<ApertureFile, "hooks" | "rules" | "others">,
  inSource: InSource,
): ApertureMatcher {
  const isFrom = (src: readonly string[], metadata: ApertureData["metadata"]) =>
    src.some((source) => inSource(source, metadata));

  const look = (name: string, event: WebhookEvent): Look => {
    if (!known.includes(event.type)) return unknownType(event.type, "Aperture", known);
    const { metadata, tool_calls: calls } = event.data as ApertureData;
    const own = rules.filter((rule) => rule.name === name);
    if (hooks.get(name)?.disabled) return { cause: "disabled", reason: `hooks.${name}.disabled is true.` };
    if (own.length === 0) return { cause: "grants", reason: "No grant names it in send_hooks." };
    const from = own.filter((rule) => isFrom(rule.src, metadata));
    if (from.length === 0) {
      const sources = nameList(own.flatMap((rule) => rule.src));
      return { cause: "src", reason: `src: ${metadata.login_name} is in none of ${sources}.` };
    }
    const model = `${metadata.provider}/${metadata.model}`;
    const matching = from.filter((rule) => matchesGlob(model, rule.models));
    if (matching.length === 0) {
      const globs = nameList(from.map((rule) => rule.models));
      return { cause: "models", reason: `models: ${model} matches none of ${globs}.` };
    }
    const wanted = matching.flatMap((rule) => rule.events);
    if (!fires(event.type, wanted, (calls?.length ?? 0) > 0)) {
      return { cause: "event", reason: whyNot(event.type, wanted) };
    }
    return {
      matching,
      cause: "event",
      reason: `event: ${event.type}, with ${nameList(matching.flatMap((rule) => rule.send)) || "metadata alone"}.`,
    };
  };

  return {
    selecting(name, event) {
      const { matching } = look(name, event);
      // A grant's `send` counts even where its own events did not fire.
      return matching === undefined ? undefined : new Set(matching.flatMap((rule) => rule.send));
    },
    capabilities(metadata) {
      const found: Record<string, unknown[]> = {};
      for (const { src, capability, values } of others) {
        if (isFrom(src, metadata)) found[capability] = [...(found[capability] ?? []), ...values];
      }
      return found;
    },
    unwanted(name, event) {
      if (event.type === "pre_request") return { cause: "event", reason: "event: pre_request is asked, not sent." };
      const { matching, cause, reason } = look(name, event);
      return matching === undefined ? { cause, reason } : undefined;
    },
    explain: (event) =>
      [...hooks.keys()].map((name) => {
        const { matching, cause, reason } = look(name, event);
        return { hook: name, told: matching !== undefined, cause, reason };
      }),
  };
}

interface Look {
  readonly matching?: readonly ApertureRule[];
  readonly cause: string;
  readonly reason: string;
}

/** `tool_call_entire_request` fires by itself at the end of a request that had tool calls, and never without any. */
function fires(type: string, wanted: readonly ApertureEventType[], calls: boolean): boolean {
  if (type === "tool_call_entire_request") return calls && wanted.includes(type);
  if (type === "entire_request" && calls && wanted.includes("tool_call_entire_request")) return true;
  return (wanted as readonly string[]).includes(type);
}

function whyNot(type: string, wanted: readonly ApertureEventType[]): string {
  const without = wanted.includes("tool_call_entire_request") ? ", and the request has no tool calls" : "";
  return `event: ${type} is none of ${nameList(wanted)}${without}.`;
}
