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
import { readDocument } from "../document/document.ts";
import { type LoadedEndpoints, loaded, type Note } from "../document/notes.ts";
import { type Document, locating } from "../document/positions.ts";
import { type ApertureChain, createChain } from "./chain.ts";
import type {
  ApertureAuthorizationKind,
  ApertureData,
  ApertureField,
  ApertureHookConfig,
  ApertureRule,
  ApertureSettings,
} from "./config.ts";
import { type ApertureFinding, type ApertureMatcher, createMatcher, type InSource } from "./matching.ts";
import { type ApertureFile, readFile } from "./settings.ts";
import { TEST, TEST_REQUEST } from "./test-event.ts";

/** What the application adds to the settings. */
export interface ApertureContext {
  /**
   * Where `estimated_cost`, `grants` and `quotas` are written: Aperture's documents disagree.
   * @default "top"
   */
  readonly costs?: "top" | "metadata";
  /** Whether a user is in a grant's `src` other than `*` or a login name: `group:…`, `tag:…`, `autogroup:…`. */
  readonly inSource?: (source: string, metadata: ApertureData["metadata"]) => boolean;
  /** The tailnet's policy file, whose grants count too: HuJSON text, or what it says. */
  readonly policy?: string | object;
}

const CONTEXT: KeysOf<ApertureContext> = { costs: "optional", inSource: "optional", policy: "optional" };

/** What becomes of Aperture's settings. */
export interface ApertureHooks {
  /** One endpoint for each hook, under the hook's name. Sent to after the answer, never retried. */
  readonly endpoints: LoadedEndpoints;
  /** Asks the `pre_request` hooks, in their order, before a request goes to the model. */
  readonly preRequest: ApertureChain;
  /** Sections, capabilities and fields that concern no hook, and hooks that are never told, each with the reason. */
  readonly notes: readonly Note[];
  /** Says for each hook whether it is told of an event and why: by `src`, `models` or `event`. */
  readonly explain: (event: WebhookEvent) => readonly ApertureFinding[];
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
 * Takes the whole of Aperture's settings, HuJSON or plain JSON, as text or value, or the answer of its API, and the
 * tailnet's policy file in `context.policy`. What concerns no hook is read past, and `notes` says so.
 *
 * @throws ConfigurationError for a setting that Aperture would refuse or that is not possible here, with line and
 * column where text was given
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
export function fromAperture(
  settings: string | ApertureSettings | object,
  context: ApertureContext = {},
): ApertureHooks {
  checkOptions(context, CONTEXT, "context");
  checkFunction(context.inSource, "context.inSource");
  const inMetadata = checkChoice(context.costs ?? "top", "context.costs", ["top", "metadata"]) === "metadata";
  const own = load(settings);
  const policy = context.policy === undefined ? undefined : load(context.policy, own.hooks);
  const file: ApertureFile = {
    hooks: own.hooks,
    rules: [...own.rules, ...(policy?.rules ?? [])],
    others: [...own.others, ...(policy?.others ?? [])],
    groups: new Map([...own.groups, ...(policy?.groups ?? [])]),
    notes: [...own.notes, ...(policy?.notes ?? [])],
  };
  for (const one of policy === undefined ? [own] : [own, policy]) {
    locating(one.positions, "", () => {
      for (const rule of one.rules) checkSources(rule, file.groups, context);
    });
  }
  const matcher = createMatcher(file, sourcesOf(file.groups, context.inSource));

  const payload = (hook: string, event: OutgoingEvent): object => {
    const data = event.data as ApertureData;
    const isTest = data.metadata.request_id === TEST_REQUEST;
    const selected = isTest ? sendOf(hook, file) : matcher.selecting(hook, event);
    return select(data, selected ?? new Set(), inMetadata, matcher);
  };
  const unnamed = [...file.hooks.keys()].filter((name) => !file.rules.some((rule) => rule.name === name));
  const notes: Note[] = [
    ...file.notes,
    ...unnamed.map((name) => ({
      option: `hooks.${name}`,
      message: `hooks.${name} is never told, because no grant names it in send_hooks.`,
    })),
  ];
  return {
    endpoints: loaded(
      [...file.hooks].map(([name, hook]) => defineHook(name, hook, matcher, payload)),
      notes,
    ),
    preRequest: createChain(file.hooks, matcher.selecting),
    notes,
    explain: matcher.explain,
  };
}

/** One request as the sender takes it. The id lets it be sent to each hook once, however often it is handed over. */
export function apertureEvent(data: ApertureData): WebhookEvent<ApertureData> {
  const { request_id: id } = data.metadata;
  return { ...(id === undefined ? {} : { id }), type: "entire_request", data };
}

function load(settings: string | object, defined?: ApertureFile["hooks"]): ApertureFile & Pick<Document, "positions"> {
  const { value, ...where } = unwrap(readDocument(settings, () => "json"));
  return { ...locating(where.positions, "", () => readFile(value, defined)), ...where };
}

/** The API answers `{ "config": "<HuJSON>", "hash": … }`. */
function unwrap(document: Document): Document {
  const { config } = (typeof document.value === "object" && document.value !== null ? document.value : {}) as {
    config?: unknown;
  };
  return typeof config === "string" ? readDocument(config, () => "json") : document;
}

function sourcesOf(groups: ApertureFile["groups"], own: ApertureContext["inSource"]): InSource {
  return (source, metadata) =>
    source === "*" ||
    source === metadata.login_name ||
    groups.get(source)?.includes(metadata.login_name) === true ||
    own?.(source, metadata) === true;
}

/** Everything that any grant lets a hook be told: what its test shows. */
function sendOf(hook: string, { rules }: ApertureFile): ReadonlySet<ApertureField> {
  return new Set(rules.filter((rule) => rule.name === hook).flatMap((rule) => rule.send));
}

function defineHook(
  name: string,
  hook: ApertureHookConfig,
  matcher: ApertureMatcher,
  payload: (hook: string, event: OutgoingEvent) => object,
): EndpointOptions {
  return {
    name,
    url: hook.url,
    ...(hook.apikey === undefined ? {} : { auth: AUTHORIZATION[hook.authorization ?? "bearer"](hook.apikey) }),
    timeout: hook.timeout ?? "5s",
    body: json({ event: (event) => payload(name, event) }),
    // pre_request is asked, not sent. Events of others are not Aperture's, and a disabled hook keeps none either.
    filter: { where: (event) => matcher.unwanted(name, event) ?? true },
    retry: never(),
    statuses: { "4xx": "permanent", "410": "permanent", "5xx": "permanent" },
    breaker: false,
    // Answers of guardrails may hold a whole request body.
    responseLimit: 8 * 1024 * 1024,
    testEvent: { type: "entire_request", data: TEST },
  };
}

function select(
  data: ApertureData,
  selected: ReadonlySet<ApertureField>,
  inMetadata: boolean,
  matcher: ApertureMatcher,
): object {
  const metadata: Record<string, unknown> = { ...data.metadata };
  const body: Record<string, unknown> = { metadata };
  for (const field of selected) {
    const given = data[FIELDS[field]];
    const value = given === undefined && field === "grants" ? matcher.capabilities(data.metadata) : given;
    if (value === undefined) continue;
    const target = inMetadata && COSTS.includes(field) ? metadata : body;
    target[FIELDS[field]] = value;
  }
  return body;
}

/** `*`, login names and the file's own groups can be compared here; the rest only the application knows. */
function checkSources(
  { src, name, path }: ApertureRule,
  groups: ApertureFile["groups"],
  { inSource }: ApertureContext,
): void {
  src.forEach((source, index) => {
    if (source === "*" || /^[^\s:@]+@[^\s:@]+$/.test(source) || groups.has(source) || inSource !== undefined) return;
    throw new ConfigurationError(
      `${path}.src[${index}]`,
      `A grant for the hook ${JSON.stringify(name)} names the source ${JSON.stringify(source)}. Pass context.inSource, which decides who belongs to it.`,
    );
  });
}
