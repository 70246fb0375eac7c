import { ConfigurationError } from "@countersign/core";
import { checkBoolean, checkInteger, checkOptions, checkText, checkTexts, type KeysOf } from "@countersign/core/checks";
import type { AttemptResponse, Ruling } from "@countersign/core/event";
import {
  type EndpointOptions,
  type FilterOptions,
  json,
  never,
  type OutgoingEvent,
  type SecretSource,
  type StatusTable,
  template,
} from "@countersign/sender";
import { readDocument } from "../document/document.ts";
import { readFields, readHeaders, readName, readObject, readTimeout, readUrl } from "../document/fields.ts";
import { type LoadedEndpoints, loaded, type Note } from "../document/notes.ts";
import { locating } from "../document/positions.ts";
import { checkTemplateFields, type Fields } from "../document/template-fields.ts";
import { nameList, switchedOff, unknownType } from "../document/unwanted.ts";
import { type Condition, holds, readConditions } from "./conditions.ts";
import {
  type AponoApiWebhook,
  type AponoContext,
  type AponoPayload,
  type AponoTriggerName,
  type AponoWebhookConfig,
  aponoTriggers,
} from "./config.ts";

const FLAT: KeysOf<AponoWebhookConfig> = {
  name: "required",
  active: "optional",
  method: "required",
  url: "required",
  headers: "optional",
  triggers: "required",
  filters: "optional",
  body_template: "optional",
  response_validators: "optional",
  timeout: "optional",
};
const NESTED: KeysOf<AponoApiWebhook> = {
  id: "optional",
  name: "required",
  active: "required",
  type: "required",
  body_template: "optional",
  response_validators: "optional",
  timeout_in_sec: "optional",
  authentication_config: "optional",
  custom_validation_error_message: "optional",
};
const CONTEXT: KeysOf<AponoContext> = { triggers: "optional", fields: "optional", token: "optional" };
const METHODS = ["POST", "PUT", "DELETE", "GET", "PATCH"] as const;

/** What templates can use. https://docs.apono.io/docs/webhook-integrations/ */
const NAMED: Fields = { id: true, name: true };
const PERSON: Fields = { id: true, name: true, email: true };
const FIELDS: Fields = {
  event_type: true,
  event_time: true,
  data: {
    id: true,
    friendly_id: true,
    requester: PERSON,
    grantee: PERSON,
    justification: true,
    creation_date: true,
    revocation_date: true,
    access_flow: NAMED,
    access_bundle: NAMED,
    access_groups: true,
    approvals: true,
    custom_fields: true,
  },
};

/** No retries are documented: whatever is not success is final. */
const STATUSES: StatusTable = {
  "3xx": "permanent",
  "4xx": "permanent",
  "5xx": "permanent",
  "408": "permanent",
  "410": "permanent",
  "425": "permanent",
  "429": "permanent",
};

/**
 * Sends as Apono's custom webhooks do: the operator's method, headers and template, no signature, no retry, success
 * by status and by `response_validators`. `sender.test(name)` shows the invocation data.
 *
 * Takes a webhook as text or value, flat as an operator sets it up or nested as the API has it, and a list of them.
 *
 * @throws ConfigurationError for a setting that Apono would refuse or that is not possible here, with line and
 * column where text was given
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { fromApono } from "@countersign/systems";
 * createSender({
 *   endpoints: fromApono({
 *     name: "audit",
 *     method: "POST",
 *     url: "https://example.com/apono",
 *     headers: { authorization: "Bearer a-long-random-token" },
 *     triggers: ["RequestCreated"],
 *     body_template: '{ "type": "{{ event_type }}", "at": {{ event_time }}, "id": "{{ data.id }}" }',
 *   }),
 * });
 * ```
 */
export function fromApono(
  config: string | AponoWebhookConfig | AponoApiWebhook | readonly (AponoWebhookConfig | AponoApiWebhook)[],
  context: AponoContext = {},
): LoadedEndpoints {
  checkOptions(context, CONTEXT, "context");
  checkTexts(context.fields ?? [], "context.fields");
  const { value, positions } = readDocument(config, () => "json");
  const notes: Note[] = [];
  const several = Array.isArray(value);
  const read = (one: unknown, path: string) => readWebhook(one, path, context, notes);
  const webhooks = locating(positions, several ? "webhooks" : "webhook", () =>
    several ? value.flatMap((one, index) => read(one, `webhooks[${index}]`)) : read(value, "webhook"),
  );
  return loaded(webhooks.map(define), notes);
}

/** One webhook, read from either form. */
interface Webhook {
  readonly name: string;
  readonly active: boolean;
  readonly url: string;
  readonly method: AponoWebhookConfig["method"];
  readonly headers: Readonly<Record<string, SecretSource>>;
  readonly body: ReturnType<typeof json> | undefined;
  readonly triggers: readonly AponoTriggerName[];
  readonly filters: readonly Condition[];
  readonly validators: readonly Condition[];
  readonly complaint: string | undefined;
  readonly timeout: number;
  readonly token: SecretSource | undefined;
}

function readWebhook(value: unknown, path: string, context: AponoContext, notes: Note[]): Webhook[] {
  const object = readObject(value, path);
  return "type" in object || "timeout_in_sec" in object
    ? readNested(object, path, context, notes)
    : [readFlat(object, path, context)];
}

type Given<Form> = { readonly [Key in keyof Form]?: NonNullable<Form[Key]> };

function readFlat(value: object, path: string, context: AponoContext): Webhook {
  const given = readFields<Given<AponoWebhookConfig>>(value, FLAT, path);
  const at = (key: string) => `${path}.${key}`;
  const name = checkText(given.name, at("name"));
  if (!/^[A-Za-z0-9]+$/.test(name)) {
    throw new ConfigurationError(at("name"), `${at("name")} must be letters and digits alone, as Apono asks for it.`);
  }
  const method = readName(given.method, at("method"), METHODS, "Apono's methods");
  if (method === "GET" && given.body_template !== undefined) {
    throw new ConfigurationError(
      at("body_template"),
      `${at("body_template")} is not possible with GET, which carries no body.`,
    );
  }
  return {
    name,
    active: checkBoolean(given.active ?? true, at("active")),
    url: readUrl(given.url, at("url"), { https: true, ports: [443] }),
    method,
    headers: readSecretHeaders(given.headers ?? {}, at("headers")),
    body: method === "GET" ? undefined : readBody(given.body_template, at("body_template"), context),
    triggers: readTriggers(given.triggers, at("triggers")),
    filters: readConditions(given.filters ?? [], at("filters")),
    validators: readConditions(given.response_validators ?? [], at("response_validators")),
    complaint: undefined,
    timeout: readTimeout(given.timeout ?? "30s", at("timeout")),
    token: context.token,
  };
}

function readNested(value: object, path: string, context: AponoContext, notes: Note[]): Webhook[] {
  const given = readFields<Given<AponoApiWebhook>>(value, NESTED, path);
  const at = (key: string) => `${path}.${key}`;
  const name = checkText(given.name, at("name"));
  const note = (key: string, why: string) =>
    notes.push({ option: at(key), message: `${at(key)} is skipped, because ${why}` });
  const type = readFields<Given<AponoApiWebhook["type"]>>(given.type, ["http_request", "integration"], at("type"));
  if (type.http_request === undefined) {
    if (type.integration === undefined) {
      throw new ConfigurationError(at("type"), `${at("type")} must have http_request or integration.`);
    }
    note("type.integration", "it is an action of Apono's own and no webhook.");
    return [];
  }
  const request = readFields<{ url?: unknown; method?: unknown; headers?: unknown }>(
    type.http_request,
    ["url", "method", "headers"],
    at("type.http_request"),
  );
  const method = readName(request.method, at("type.http_request.method"), METHODS, "Apono's methods");
  if (method === "GET" && given.body_template !== undefined) note("body_template", "GET carries no body.");
  if (given.authentication_config !== undefined && context.token === undefined) {
    note("authentication_config", "no OAuth token is fetched here: pass one in context.token.");
  }
  const triggers = context.triggers ?? aponoTriggers;
  return [
    {
      name,
      active: checkBoolean(given.active ?? true, at("active")),
      url: readUrl(request.url, at("type.http_request.url"), { https: true, ports: [443] }),
      method,
      headers: readSecretHeaders(request.headers ?? {}, at("type.http_request.headers")),
      body: method === "GET" ? undefined : readBody(given.body_template, at("body_template"), context),
      triggers: readTriggers(triggers, "context.triggers"),
      filters: [],
      validators: readConditions(given.response_validators ?? [], at("response_validators")),
      complaint: given.custom_validation_error_message,
      timeout: 1_000 * checkInteger(given.timeout_in_sec ?? 30, at("timeout_in_sec"), 1, 3_600, "seconds"),
      token: context.token,
    },
  ];
}

function define(webhook: Webhook): EndpointOptions {
  const { name, active, url, method, headers, body, validators, complaint, timeout, token } = webhook;
  return {
    name,
    method,
    url,
    schemes: ["https"],
    ports: [443],
    headers: token === undefined ? headers : without(headers, "authorization"),
    ...(token === undefined ? {} : { auth: { kind: "bearer", token } as const }),
    ...(body === undefined ? {} : { body }),
    filter: filterOf(webhook),
    timeout: `${timeout}ms`,
    statuses: STATUSES,
    retry: never(),
    breaker: false,
    enabled: active,
    ...(validators.length === 0 ? {} : { judge: (answer: AttemptResponse) => validate(answer, validators, complaint) }),
    testEvent: { type: "AccessRequestCreated", data: MOCK },
  };
}

/** The payload that templates and filters read. */
function payloadOf({ type, time, data }: OutgoingEvent): AponoPayload {
  return { event_type: type, event_time: time / 1_000, data };
}

function readBody(source: unknown, option: string, { fields = [] }: AponoContext) {
  if (source === undefined) return json({ event: payloadOf });
  const text = checkText(source, option);
  const body = template(text, { scope: payloadOf }, option);
  checkTemplateFields(text, FIELDS, fields, option);
  return body;
}

/** Texts are checked here, under their own names; what is read later is checked where it is read. */
function readSecretHeaders(value: unknown, option: string): Record<string, SecretSource> {
  const all = Object.entries(readObject(value, option) as Record<string, SecretSource>);
  const texts = readHeaders(Object.fromEntries(all.filter(([, one]) => typeof one === "string")), option);
  return { ...Object.fromEntries(all.filter(([, one]) => typeof one !== "string")), ...texts };
}

function without(headers: Readonly<Record<string, SecretSource>>, gone: string): Record<string, SecretSource> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== gone));
}

function readTriggers(value: unknown, option: string): readonly AponoTriggerName[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConfigurationError(option, `${option} must name at least one trigger.`);
  }
  return value.map((one, index) => readName(one, `${option}[${index}]`, aponoTriggers, "Apono's triggers"));
}

/** The name of the trigger (`RequestCreated`) and that of the event (`AccessRequestCreated`) mean the same. */
const eventsOf = (triggers: readonly string[]) => triggers.flatMap((name) => [name, `Access${name}`]);
const KNOWN = eventsOf(aponoTriggers);

/** In the words of the webhook's own configuration. */
function filterOf({ active, triggers, filters }: Webhook): FilterOptions {
  if (!active) return { where: switchedOff("active") };
  const wanted = new Set<string>(eventsOf(triggers));
  return {
    where(event) {
      const { type } = event;
      if (!wanted.has(type)) {
        if (!KNOWN.includes(type)) return unknownType(type, "Apono", KNOWN);
        return { cause: "triggers", reason: `triggers: ${type} is none of ${nameList(triggers)}.` };
      }
      const unmet = filters.find((one) => !holds(one, payloadOf(event)));
      if (unmet === undefined) return true;
      return { cause: "filters", reason: `filters: ${unmet.path} is none of ${nameList(unmet.expected)}.` };
    },
  };
}

/**
 * Apono's paths begin with `$.data.`, and its documents do not say whether that is the answer's own `data` or the answer
 * itself: either will do.
 */
function validate({ body }: AttemptResponse, validators: readonly Condition[], complaint: string | undefined): Ruling {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return { kind: "permanent", reason: complaint ?? "The answer is not JSON, which response_validators need." };
  }
  const failed = validators.find((one) => !holds(one, document) && !holds(one, { data: document }));
  if (failed === undefined) return { kind: "success" };
  return { kind: "permanent", reason: complaint ?? `The answer's ${failed.path} is not one of the expected values.` };
}

const MOCK = {
  id: "123",
  friendly_id: "AR-123",
  requester: { id: "user-1", name: "User", email: "user@example.com" },
  grantee: { id: "user-1", name: "User", email: "user@example.com" },
  justification: "This is a test event",
  creation_date: 1_696_263_265.852,
  revocation_date: 1_696_266_865.852,
  access_flow: { id: "flow-1", name: "Flow 1" },
  access_bundle: { id: "bundle-1", name: "Bundle 1" },
  access_groups: [{ integration: { id: "integration-1", type: "Postgresql", name: "prod db" } }],
  approvals: [],
  custom_fields: {},
} satisfies Partial<Record<string, unknown>>;
