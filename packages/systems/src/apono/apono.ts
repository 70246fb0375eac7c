import { ConfigurationError, type Duration } from "@countersign/core";
import { checkBoolean, checkChoice, checkKeys, checkText, type KeysOf } from "@countersign/core/checks";
import type { AttemptResponse, Ruling } from "@countersign/core/event";
import type { AponoEvent } from "@countersign/core/providers";
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
import { compileJsonPath, type JsonPath } from "./json-path.ts";

export const aponoTriggers = [
  "RequestCreated",
  "RequestApproved",
  "RequestRejected",
  "RequestGranted",
  "RequestExpired",
  "RequestFailed",
  "Manual",
] as const;
/** What happened to an access request, or `"Manual"` for a webhook that a person invokes. */
export type AponoTriggerName = (typeof aponoTriggers)[number];

/** A place in a JSON document, and the values that it may have for the condition to hold. */
export interface AponoCondition {
  /** Names and indexes: `"$.data.access_flow.name"`. */
  readonly json_path: string;
  /** One of these must be there; numbers and booleans are compared as text. */
  readonly expected_values: readonly (string | number | boolean)[];
}

/** A custom webhook as an operator sets it up in Apono. */
export interface AponoWebhookConfig {
  /** Becomes the endpoint's. */
  readonly name: string;
  /** @default true */
  readonly active?: boolean;
  /** The HTTP verb. GET carries no body, so it allows no `body_template`. */
  readonly method: "POST" | "PUT" | "DELETE" | "GET" | "PATCH";
  /** https, on its usual port. */
  readonly url: string;
  /** Static ones, credentials included; they are masked wherever they would be shown. */
  readonly headers?: Readonly<Record<string, SecretSource>>;
  /** The event types that are sent; at least one. */
  readonly triggers: readonly AponoTriggerName[];
  /** Only events whose payload meets all of these. */
  readonly filters?: readonly AponoCondition[];
  /** `{{ }}` against `{ event_type, event_time, data }`. Default: all of it as JSON. */
  readonly body_template?: string;
  /** Only answers that meet all of these are success. */
  readonly response_validators?: readonly AponoCondition[];
  /** @default "30s" */
  readonly timeout?: Duration;
}

/** Times are seconds with a fraction, as JSON numbers. */
export interface AponoPayload {
  /** One of the triggers: `"RequestCreated"`. */
  readonly event_type: string;
  /** Seconds since the epoch, with a fraction. */
  readonly event_time: number;
  /** The access request: who asked, for what, until when, and what became of it. */
  readonly data: unknown;
}

const KEYS: KeysOf<AponoWebhookConfig> = {
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

const METHODS = ["POST", "PUT", "DELETE", "GET", "PATCH"] as const;
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
 * @throws ConfigurationError for a setting that Apono would refuse or that is not possible here
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
export function fromApono(config: AponoWebhookConfig): EndpointOptions[] {
  checkKeys(config, KEYS, "webhook");
  const name = checkText(config.name, "webhook.name");
  const method = checkChoice(config.method, "webhook.method", METHODS);
  if (method === "GET" && config.body_template !== undefined) {
    throw new ConfigurationError(
      "webhook.body_template",
      "webhook.body_template is not possible with GET, which carries no body.",
    );
  }
  const validators = readConditions(config.response_validators ?? [], "webhook.response_validators");
  const conditions = readConditions(config.filters ?? [], "webhook.filters");
  return [
    {
      name,
      method,
      url: config.url,
      schemes: ["https"],
      ports: [443],
      ...(config.headers === undefined ? {} : { headers: config.headers }),
      ...(method === "GET" ? {} : { body: readBody(config.body_template) }),
      filter: readFilter(config.triggers, conditions),
      timeout: config.timeout ?? "30s",
      statuses: STATUSES,
      retry: never(),
      breaker: false,
      enabled: checkBoolean(config.active ?? true, "webhook.active"),
      ...(validators.length === 0 ? {} : { judge: (answer: AttemptResponse) => validate(answer, validators) }),
      testEvent: { type: "AccessRequestCreated", data: MOCK },
    },
  ];
}

/** The payload that templates and filters read. */
function payloadOf({ type, time, data }: OutgoingEvent): AponoPayload {
  return { event_type: type, event_time: time / 1_000, data };
}

function readBody(source: string | undefined) {
  return source === undefined
    ? json({ event: payloadOf })
    : template(source, { scope: payloadOf }, "webhook.body_template");
}

interface Condition {
  readonly read: JsonPath;
  readonly path: string;
  readonly expected: ReadonlySet<string>;
}

function readConditions(list: readonly AponoCondition[], option: string): readonly Condition[] {
  if (!Array.isArray(list)) throw new ConfigurationError(option, `${option} must be a list.`);
  return list.map((one: AponoCondition, index) => {
    const path = `${option}[${index}]`;
    checkKeys(one, ["json_path", "expected_values"], path);
    const { expected_values: expected } = one;
    if (!Array.isArray(expected) || expected.length === 0) {
      throw new ConfigurationError(`${path}.expected_values`, `${path}.expected_values must list at least one value.`);
    }
    return {
      read: compileJsonPath(one.json_path, `${path}.json_path`),
      path: one.json_path,
      expected: new Set(expected.map(String)),
    };
  });
}

/** The name of the trigger (`RequestCreated`) and that of the event (`AccessRequestCreated`) mean the same. */
function readFilter(triggers: readonly AponoTriggerName[], conditions: readonly Condition[]): FilterOptions {
  const option = "webhook.triggers";
  if (!Array.isArray(triggers) || triggers.length === 0)
    throw new ConfigurationError(option, `${option} must name at least one trigger.`);
  const names = triggers.map((one, index) => checkChoice(one, `${option}[${index}]`, aponoTriggers));
  const include = names.flatMap((name) => [name, `Access${name}`]);
  if (conditions.length === 0) return { include };
  return { include, where: (event) => conditions.every((one) => holds(one, payloadOf(event))) };
}

function holds({ read, expected }: Condition, document: unknown): boolean {
  const value = read(document);
  return (typeof value !== "object" || value === null) && value !== undefined && expected.has(String(value));
}

function validate({ body }: AttemptResponse, validators: readonly Condition[]): Ruling {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return { kind: "permanent", reason: "The answer is not JSON, which response_validators need." };
  }
  const failed = validators.find((one) => !holds(one, document));
  return failed === undefined
    ? { kind: "success" }
    : { kind: "permanent", reason: `The answer's ${failed.path} is not one of the expected values.` };
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

/** What an event's `data` contains for this system. */
export type AponoData = AponoEvent extends { readonly data: infer Data } ? Data : unknown;
