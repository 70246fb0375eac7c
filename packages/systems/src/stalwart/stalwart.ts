import { checkFunction, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { Severity } from "@countersign/core/event";
import { stalwart } from "@countersign/core/providers";
import {
  type AuthOptions,
  type EndpointOptions,
  type FilterOptions,
  json,
  type OutgoingEvent,
  retryEverything,
  type Schedule,
} from "@countersign/sender";
import { readDocument } from "../document/document.ts";
import { type LoadedEndpoints, loaded } from "../document/notes.ts";
import { locating } from "../document/positions.ts";
import { switchedOff } from "../document/unwanted.ts";
import type { StalwartContext, StalwartLevel, StalwartWebhook, StalwartWebhookConfig } from "./config.ts";
import { formatOf, isSingle, readForms } from "./forms.ts";
import { unwantedBy } from "./wanted.ts";

const CONTEXT: KeysOf<StalwartContext> = {
  name: "optional",
  maxEvents: "optional",
  secrets: "optional",
  readers: "optional",
  levelOf: "optional",
};

const LEVEL_OF: Readonly<Record<Severity, StalwartLevel>> = {
  info: "info",
  warn: "warn",
  error: "error",
  critical: "error",
};

/**
 * A failed batch goes back at once, and the throttle alone makes it wait: so does Stalwart. It ends by the age of its
 * events.
 */
const AT_ONCE: Schedule = Object.freeze({
  description: "at once, within the throttle",
  attempts: Number.POSITIVE_INFINITY,
  next: () => 0,
});

/**
 * Sends as Stalwart does: the first event of a quiet time at once, and then what has come together no sooner than
 * `throttle` after the start of the last request, in one envelope, signed in `X-Signature` when there is a key. One
 * request at a time; everything but 2xx is tried again until an event's age reaches `discardAfter`. Event ids stay the
 * same over retries, where Stalwart makes new ones: a receiver is none the worse for it.
 *
 * Takes the `WebHook` object as text or value, a list of them, the API's `x:WebHook/set` and `x:WebHook/get`, and the
 * `config.toml` of Stalwart up to 0.15. Secrets in files and environment variables go through the sender's `readers`.
 *
 * @throws ConfigurationError for a setting that Stalwart would refuse or that is not possible here, with line and
 * column where text was given
 *
 * @example
 * ```ts
 * import { createSender } from "@countersign/sender";
 * import { fromStalwart } from "@countersign/systems";
 * createSender({
 *   endpoints: fromStalwart(`{
 *     "url": "https://example.com/webhook",
 *     "events": { "auth.success": true, "auth.failed": true },
 *     "eventsPolicy": "include",
 *     "signatureKey": { "@type": "Value", "secret": "my-secret-key" }
 *   }`),
 * });
 * ```
 */
export function fromStalwart(
  config: string | StalwartWebhookConfig | readonly StalwartWebhookConfig[] | object,
  context: StalwartContext = {},
): LoadedEndpoints {
  checkOptions(context, CONTEXT, "context");
  checkFunction(context.levelOf, "context.levelOf");
  const maxEvents = checkInteger(context.maxEvents ?? 1_000, "context.maxEvents", 1, 10_000);
  const { value, positions } = readDocument(config, formatOf);
  const root = isSingle(value) ? "webhook" : Array.isArray(value) ? "webhooks" : "";
  const { webhooks, notes } = locating(positions, root, () => readForms(value, context));
  return loaded(
    webhooks.map((webhook) => define(webhook, maxEvents, context.levelOf)),
    notes,
  );
}

function define(webhook: StalwartWebhook, maxEvents: number, levelOf: StalwartContext["levelOf"]): EndpointOptions {
  const { name, url, throttle, discardAfter, lossy, enable, key, auth } = webhook;
  const age = lossy ? Math.min(discardAfter, 2 * throttle) : discardAfter;
  return {
    name,
    url,
    body: json({ text: eventText, root: { property: "events" } }),
    filter: filterOf(webhook, levelOf),
    timeout: `${webhook.timeout}ms`,
    // A gap between the starts of requests, not a window that has to fill: what waits when it ends goes together.
    throttle: { window: 0, maxEvents },
    rate: { requests: 1, per: `${throttle}ms` },
    retry: AT_ONCE,
    retryAfterCeiling: 0,
    discardAfter: `${age}ms`,
    statuses: retryEverything,
    breaker: false,
    lossy,
    enabled: enable,
    ...(key === undefined ? {} : { sign: { provider: stalwart, secret: key } }),
    ...(auth === undefined ? {} : { auth }),
    headers: withoutAuthorization(webhook.headers, auth),
    ...(webhook.allowInvalidCerts ? { tls: { allowInvalidCertificates: true } } : {}),
    testEvent: { type: "test", data: {} },
  };
}

function filterOf(webhook: StalwartWebhook, levelOf: StalwartContext["levelOf"]): FilterOptions {
  if (!webhook.enable) return { where: switchedOff("enable") };
  const whyNot = unwantedBy(webhook, levelOf ?? (({ severity }) => LEVEL_OF[severity ?? "info"]));
  return { where: (event) => whyNot(event) ?? true };
}

/** In Stalwart `httpAuth` replaces a custom header of that name. */
function withoutAuthorization(
  headers: Readonly<Record<string, string>>,
  auth: AuthOptions | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => auth === undefined || name.toLowerCase() !== "authorization"),
  );
}

/** Whole seconds and `Z`; `data` is the application's JSON as it is, so that 64-bit ids stay exact. */
function eventText({ id, type, time, json }: OutgoingEvent): string {
  const createdAt = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return `{"id":${JSON.stringify(id)},"createdAt":"${createdAt}","type":${JSON.stringify(type)},"data":${json}}`;
}
