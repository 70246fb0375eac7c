import { ConfigurationError, type Duration } from "@countersign/core";
import { checkBoolean, checkChoice, checkInteger, checkKeys, checkText, checkTexts } from "@countersign/core/checks";
import type { SecretSource } from "@countersign/sender";

/** How a hook proves itself. `hec` and `cf-aig-authorization` are inferred from newer documents. */
export type ApertureAuthorizationKind = "bearer" | "x-api-key" | "x-goog-api-key" | "hec" | "cf-aig-authorization";

/** One of Aperture's `hooks`: where it is told, and how it proves itself. */
export interface ApertureHookConfig {
  /** Where to send; https to a public address unless the sender's guard opens more. */
  readonly url: string;
  /** The credential, written as `authorization` says. Default: none is sent. */
  readonly apikey?: SecretSource;
  /** @default "bearer" */
  readonly authorization?: ApertureAuthorizationKind;
  /** A Go duration. @default "5s" */
  readonly timeout?: Duration;
  /** @default false */
  readonly disabled?: boolean;
  /** What a `pre_request` that fails means. @default "fail_open" */
  readonly fail_policy?: "fail_open" | "fail_closed";
  /** Higher first; ties by name. @default 0 */
  readonly preference?: number;
}

/** The moments at which a hook can be told. */
export const apertureEvents = ["pre_request", "entire_request", "tool_call_entire_request"] as const;
/** When a hook is told: before a request goes to the model, after its answer, or after an answer that calls tools. */
export type ApertureEventType = (typeof apertureEvents)[number];

export const apertureFields = [
  "tools",
  "request_body",
  "response_body",
  "raw_responses",
  "user_message",
  "estimated_cost",
  "grants",
  "quotas",
] as const;
/** A part of the request, or of what is known about it, that a hook asks for in `send`. */
export type ApertureField = (typeof apertureFields)[number];

/** A hook in a grant: when it fires and what it is told. */
export interface ApertureSendHook {
  /** A key of `settings.hooks`. */
  readonly name: string;
  /** The moments at which it is told. `pre_request` is asked, and may block. */
  readonly events: readonly ApertureEventType[];
  /** What it is told beside `metadata`. Default: nothing more. */
  readonly send?: readonly ApertureField[];
}

/** The parts of Aperture's settings that concern hooks. */
export interface ApertureSettings {
  /** Where hooks are sent to and how they prove themselves, by the name that grants call them by. */
  readonly hooks: Readonly<Record<string, ApertureHookConfig>>;
  /** Who uses which models, and which hooks are told of it. */
  readonly grants: readonly ApertureGrant[];
}

/** One of Aperture's `grants`, as far as it concerns hooks. */
export interface ApertureGrant {
  /** Whom it is for: `"*"`, login names, and `group:…`, `tag:…` or `autogroup:…` where `inSource` decides them. */
  readonly src: readonly string[];
  /** By capability; only `"tailscale.com/cap/aperture"` is known. */
  readonly app: Readonly<Record<string, readonly ApertureCapability[]>>;
}

/** What a grant says about some models. */
export interface ApertureCapability {
  /** A glob over `provider/model`. @default "**" */
  readonly models?: string;
  /** The hooks that are told. Default: none. */
  readonly send_hooks?: readonly ApertureSendHook[];
}

/** A tool that the model wanted the client to run, and with what. */
export interface ApertureToolCall {
  /** The tool's own, as the client declared it. */
  readonly name: string;
  /** The arguments that the model chose, parsed from JSON. */
  readonly params: unknown;
}

/** What an event's `data` contains for this system: everything there is. Each hook is told what its `send` selects. */
export interface ApertureData {
  /** Who asked for what; every hook is told this much. */
  readonly metadata: {
    /** The person, as grants name them: `"alice@example.com"`. */
    readonly login_name: string;
    /** As grants match it, behind the provider's: `"gpt-5.5"`. */
    readonly model: string;
    /** Whose model it is, the first part of what grants match: `"openai"`. */
    readonly provider: string;
    readonly [field: string]: string;
  };
  /** What the model asked to be run; `tools` in `send` selects it. */
  readonly tool_calls?: readonly ApertureToolCall[];
  /** What the client sent to the model, as JSON. */
  readonly request_body?: unknown;
  /** What the model answered, as JSON. */
  readonly response_body?: unknown;
  /** The pieces of a streamed answer, as they came. */
  readonly raw_responses?: readonly unknown[];
  /** The last thing that the person wrote. */
  readonly user_message?: string;
  /** What the request cost, as far as it is known: `{ dollars: 0.0342 }`. */
  readonly estimated_cost?: unknown;
  /** The grants under which the request was let through. */
  readonly grants?: unknown;
  /** What is left of the person's quotas. */
  readonly quotas?: unknown;
}

/** What one grant says about one hook. */
export interface ApertureRule extends Required<ApertureSendHook> {
  readonly src: readonly string[];
  readonly models: string;
}

const CAPABILITY = "tailscale.com/cap/aperture";

/** Checks the settings and spreads the grants into rules. @throws ConfigurationError that names what is wrong */
export function readApertureSettings(settings: ApertureSettings): {
  hooks: ReadonlyMap<string, ApertureHookConfig>;
  rules: readonly ApertureRule[];
} {
  checkKeys(settings, ["hooks", "grants"], "settings");
  checkKeys(settings.hooks, Object.keys(settings.hooks ?? {}), "settings.hooks");
  const hooks = new Map(Object.entries(settings.hooks));
  for (const [name, hook] of hooks) checkHook(hook, `settings.hooks.${name}`);
  if (!Array.isArray(settings.grants))
    throw new ConfigurationError("settings.grants", "settings.grants must be a list.");
  const rules = settings.grants.flatMap((grant, index) => readGrant(grant, hooks, `settings.grants[${index}]`));
  return { hooks, rules };
}

function checkHook(hook: ApertureHookConfig, option: string): void {
  checkKeys(hook, ["url", "apikey", "authorization", "timeout", "disabled", "fail_policy", "preference"], option);
  checkText(hook.url, `${option}.url`);
  checkChoice(hook.authorization ?? "bearer", `${option}.authorization`, [
    "bearer",
    "x-api-key",
    "x-goog-api-key",
    "hec",
    "cf-aig-authorization",
  ]);
  checkBoolean(hook.disabled ?? false, `${option}.disabled`);
  checkChoice(hook.fail_policy ?? "fail_open", `${option}.fail_policy`, ["fail_open", "fail_closed"]);
  checkInteger(hook.preference ?? 0, `${option}.preference`, -1_000_000, 1_000_000);
}

function readGrant(
  grant: ApertureSettings["grants"][number],
  hooks: ReadonlyMap<string, unknown>,
  option: string,
): ApertureRule[] {
  checkKeys(grant, ["src", "app"], option);
  const src = checkTexts(grant.src, `${option}.src`);
  checkKeys(grant.app, [CAPABILITY], `${option}.app`);
  return (grant.app[CAPABILITY] ?? []).flatMap((capability, index) => {
    const path = `${option}.app["${CAPABILITY}"][${index}]`;
    checkKeys(capability, ["models", "send_hooks"], path);
    const models = checkText(capability.models ?? "**", `${path}.models`);
    return (capability.send_hooks ?? []).map((hook, at) => ({
      src,
      models,
      ...readSendHook(hook, hooks, `${path}.send_hooks[${at}]`),
    }));
  });
}

function readSendHook(
  hook: ApertureSendHook,
  hooks: ReadonlyMap<string, unknown>,
  option: string,
): Required<ApertureSendHook> {
  checkKeys(hook, ["name", "events", "send"], option);
  const name = checkText(hook.name, `${option}.name`);
  if (!hooks.has(name))
    throw new ConfigurationError(
      `${option}.name`,
      `${option}.name is ${JSON.stringify(name)}, which is not in settings.hooks.`,
    );
  const events = checkTexts(hook.events, `${option}.events`).map((one, index) =>
    checkChoice(one, `${option}.events[${index}]`, apertureEvents),
  );
  const send = checkTexts(hook.send ?? [], `${option}.send`).map((one, index) =>
    checkChoice(one, `${option}.send[${index}]`, apertureFields),
  );
  return { name, events, send };
}
