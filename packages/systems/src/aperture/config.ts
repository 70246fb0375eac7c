import { ConfigurationError, type Duration } from "@countersign/core";
import { checkBoolean, checkChoice, checkInteger, checkKeys, checkText, checkTexts } from "@countersign/core/checks";
import type { SecretSource } from "@countersign/sender";

/** How a hook proves itself. `hec` and `cf-aig-authorization` are inferred from newer documents. */
export type ApertureAuthorizationKind = "bearer" | "x-api-key" | "x-goog-api-key" | "hec" | "cf-aig-authorization";

/** One of Aperture's `hooks`. */
export interface ApertureHookConfig {
  readonly url: string;
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

export const apertureEvents = ["pre_request", "entire_request", "tool_call_entire_request"] as const;
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
export type ApertureField = (typeof apertureFields)[number];

/** A hook in a grant: when it fires and what it is told. */
export interface ApertureSendHook {
  readonly name: string;
  readonly events: readonly ApertureEventType[];
  readonly send?: readonly ApertureField[];
}

/** The parts of Aperture's settings that concern hooks. */
export interface ApertureSettings {
  readonly hooks: Readonly<Record<string, ApertureHookConfig>>;
  readonly grants: readonly {
    readonly src: readonly string[];
    readonly app: Readonly<
      Record<string, readonly { readonly models?: string; readonly send_hooks?: readonly ApertureSendHook[] }[]>
    >;
  }[];
}

/** What an event's `data` contains for this system: everything there is. Each hook is told what its `send` selects. */
export interface ApertureData {
  readonly metadata: {
    readonly login_name: string;
    readonly model: string;
    readonly provider: string;
    readonly [field: string]: string;
  };
  readonly tool_calls?: readonly { readonly name: string; readonly params: unknown }[];
  readonly request_body?: unknown;
  readonly response_body?: unknown;
  readonly raw_responses?: readonly unknown[];
  readonly user_message?: string;
  readonly estimated_cost?: unknown;
  readonly grants?: unknown;
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
