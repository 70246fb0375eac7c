import { ConfigurationError } from "@countersign/core";
import { checkChoice, checkFunction, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import {
  type AuthOptions,
  type EndpointOptions,
  json,
  never,
  type OutgoingEvent,
  type SecretSource,
} from "@countersign/sender";
import { type ApertureChain, createChain } from "./chain.ts";
import {
  type ApertureAuthorizationKind,
  type ApertureData,
  type ApertureField,
  type ApertureHookConfig,
  type ApertureRule,
  type ApertureSettings,
  readApertureSettings,
} from "./config.ts";
import { matchesGlob } from "./glob.ts";

/** What the application adds to the settings. */
export interface ApertureContext {
  /**
   * Where `estimated_cost`, `grants` and `quotas` are written: Aperture's documents disagree.
   * @default "top"
   */
  readonly costs?: "top" | "metadata";
  /** Whether a user is in a grant's `src` other than `*` or a login name: `group:…`, `tag:…`, `autogroup:…`. */
  readonly inSource?: (source: string, metadata: ApertureData["metadata"]) => boolean;
}

const CONTEXT: KeysOf<ApertureContext> = { costs: "optional", inSource: "optional" };

/** What becomes of Aperture's settings. */
export interface ApertureHooks {
  /** One endpoint for each hook, under the hook's name. Sent to after the answer, never retried. */
  readonly endpoints: EndpointOptions[];
  /** Asks the `pre_request` hooks, in their order, before a request goes to the model. */
  readonly preRequest: ApertureChain;
}

/** The header of each kind. */
const AUTHORIZATION: Readonly<Record<ApertureAuthorizationKind, (value: SecretSource) => AuthOptions>> = {
  bearer: (token) => ({ kind: "bearer", token }),
  "x-api-key": (value) => ({ kind: "header", name: "X-Api-Key", value }),
  "x-goog-api-key": (value) => ({ kind: "header", name: "X-Goog-Api-Key", value }),
  hec: (value) => ({ kind: "header", name: "Authorization", value, prefix: "Splunk " }),
  "cf-aig-authorization": (value) => ({ kind: "header", name: "cf-aig-authorization", value, prefix: "Bearer " }),
};

/** The name of each selection in the body. */
const FIELDS: Readonly<Record<ApertureField, keyof ApertureData>> = {
  tools: "tool_calls",
  request_body: "request_body",
  response_body: "response_body",
  raw_responses: "raw_responses",
  user_message: "user_message",
  estimated_cost: "estimated_cost",
  grants: "grants",
  quotas: "quotas",
};
const COSTS: readonly string[] = ["estimated_cost", "grants", "quotas"];

/**
 * Sends as Aperture's hooks do: a static credential, no signature, no retry; grants decide which hook is told of which
 * request, and how much. `pre_request` hooks are asked with `preRequest`.
 *
 * @throws ConfigurationError for a setting that Aperture would refuse or that is not possible here
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { fromAperture } from "@countersign/systems";
 *
 * const hooks = fromAperture({
 *   hooks: { guard: { url: "https://example.com/guard", apikey: "key", fail_policy: "fail_closed" } },
 *   grants: [
 *     { src: ["*"], app: { "tailscale.com/cap/aperture": [{ send_hooks: [{ name: "guard", events: ["pre_request"], send: ["request_body"] }] }] } },
 *   ],
 * });
 * const sender = createSender({ endpoints: hooks.endpoints });
 * ```
 */
export function fromAperture(settings: ApertureSettings, context: ApertureContext = {}): ApertureHooks {
  const { hooks, rules } = readApertureSettings(settings);
  checkOptions(context, CONTEXT, "context");
  checkFunction(context.inSource, "context.inSource");
  const inMetadata = checkChoice(context.costs ?? "top", "context.costs", ["top", "metadata"]) === "metadata";
  for (const rule of rules) checkSources(rule, context);

  /** The rules by which a hook is told of an event. Without any, it is not. */
  const applying = (hook: string, event: WebhookEvent): ApertureRule[] => {
    const { metadata } = event.data as ApertureData;
    return rules.filter(
      (rule) =>
        rule.name === hook &&
        (rule.events as readonly string[]).includes(event.type) &&
        matchesGlob(`${metadata.provider}/${metadata.model}`, rule.models) &&
        rule.src.some(
          (source) => source === "*" || source === metadata.login_name || context.inSource?.(source, metadata),
        ),
    );
  };
  const payload = (hook: string, event: OutgoingEvent): object => {
    const selected = new Set(applying(hook, event).flatMap((rule) => rule.send));
    return select(event.data as ApertureData, selected, inMetadata);
  };

  const endpoints = [...hooks].map(([name, hook]) => defineHook(name, hook, applying, payload));
  return { endpoints, preRequest: createChain(hooks, applying) };
}

function defineHook(
  name: string,
  hook: ApertureHookConfig,
  applying: (hook: string, event: WebhookEvent) => readonly ApertureRule[],
  payload: (hook: string, event: OutgoingEvent) => object,
): EndpointOptions {
  return {
    name,
    url: hook.url,
    ...(hook.apikey === undefined ? {} : { auth: AUTHORIZATION[hook.authorization ?? "bearer"](hook.apikey) }),
    timeout: hook.timeout ?? "5s",
    body: json({ event: (event) => payload(name, event) }),
    // pre_request is asked, not sent. A disabled hook's events are not kept for it either.
    filter: { exclude: ["pre_request"], where: (event) => !hook.disabled && applying(name, event).length > 0 },
    retry: never(),
    statuses: { "4xx": "permanent", "410": "permanent", "5xx": "permanent" },
    breaker: false,
    // Answers of guardrails may hold a whole request body.
    responseLimit: 8 * 1024 * 1024,
    testEvent: { type: "entire_request", data: TEST },
  };
}

function select(data: ApertureData, selected: ReadonlySet<ApertureField>, inMetadata: boolean): object {
  const metadata: Record<string, unknown> = { ...data.metadata };
  const body: Record<string, unknown> = { metadata };
  for (const field of selected) {
    const value = data[FIELDS[field]];
    if (value === undefined) continue;
    const target = inMetadata && COSTS.includes(field) ? metadata : body;
    target[FIELDS[field]] = value;
  }
  return body;
}

/** `*` and login names can be compared here; groups and tags only the application knows. */
function checkSources({ src, name }: ApertureRule, context: ApertureContext): void {
  for (const source of src) {
    if (source === "*" || /^[^\s:@]+@[^\s:@]+$/.test(source) || context.inSource !== undefined) continue;
    throw new ConfigurationError(
      "settings.grants.src",
      `A grant for the hook ${JSON.stringify(name)} names the source ${JSON.stringify(source)}. Pass context.inSource, which decides who belongs to it.`,
    );
  }
}

const TEST: ApertureData = {
  metadata: {
    login_name: "test@example.com",
    user_agent: "countersign",
    url: "/v1/messages",
    model: "test",
    provider: "test",
    tailnet_name: "example.com",
    stable_node_id: "nTEST",
    request_id: "req_test",
    session_id: "sess_test",
  },
};
