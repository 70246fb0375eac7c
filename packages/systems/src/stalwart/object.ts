import { ConfigurationError } from "@countersign/core";
import { checkBoolean, checkChoice, checkTexts, type KeysOf } from "@countersign/core/checks";
import type { Readers } from "@countersign/sender";
import { readFields, readHeaders, readObject, readUrl } from "../document/fields.ts";
import { suggestion } from "../document/nearest.ts";
import { type StalwartOwnSecrets, type StalwartWebhook, type StalwartWebhookConfig, stalwartLevels } from "./config.ts";
import { readStalwartDuration } from "./duration.ts";
import { listable } from "./events.ts";
import { readAuth, readSecret } from "./secret.ts";

const KEYS: KeysOf<StalwartWebhookConfig> = {
  url: "required",
  events: "optional",
  eventsPolicy: "optional",
  level: "optional",
  timeout: "optional",
  throttle: "optional",
  discardAfter: "optional",
  lossy: "optional",
  signatureKey: "optional",
  httpHeaders: "optional",
  httpAuth: "optional",
  allowInvalidCerts: "optional",
  enable: "optional",
  id: "optional",
  "@type": "optional",
};

type Given = { readonly [Key in keyof StalwartWebhookConfig]?: NonNullable<StalwartWebhookConfig[Key]> };

/** Reads today's form, the `WebHook` object. @throws ConfigurationError */
export function readWebhookObject(
  config: unknown,
  name: string,
  path: string,
  own: StalwartOwnSecrets,
  readers: Readers | undefined,
): StalwartWebhook {
  const given = readFields<Given>(config, KEYS, path);
  const at = (key: string) => `${path}.${key}`;
  const flag = (key: "lossy" | "enable" | "allowInvalidCerts", otherwise: boolean) =>
    checkBoolean(given[key] ?? otherwise, at(key));
  const duration = (key: "timeout" | "throttle" | "discardAfter", otherwise: number) =>
    given[key] === undefined ? otherwise : readStalwartDuration(given[key], at(key));
  const events = readEvents(given.events ?? [], at("events"));
  const policy = checkChoice(given.eventsPolicy ?? "exclude", at("eventsPolicy"), ["include", "exclude"]);
  if (policy === "include" && events.length === 0) {
    throw new ConfigurationError(
      at("events"),
      `${at("events")} lists nothing, and eventsPolicy is "include": nothing would be sent. List an event, or use "exclude".`,
    );
  }
  return {
    name,
    url: readUrl(given.url, at("url")),
    events,
    policy,
    level: checkChoice(given.level ?? "info", at("level"), stalwartLevels),
    timeout: duration("timeout", 30_000),
    throttle: duration("throttle", 1_000),
    discardAfter: duration("discardAfter", 300_000),
    lossy: flag("lossy", false),
    enable: flag("enable", true),
    allowInvalidCerts: flag("allowInvalidCerts", false),
    key: readSecret(given.signatureKey, at("signatureKey"), own.signatureKey, readers),
    auth: readAuth(given.httpAuth, at("httpAuth"), own, readers),
    headers: readHeaders(given.httpHeaders ?? {}, at("httpHeaders")),
  };
}

/** A list, or the API's set, in which `false` is "not in it". */
function readEvents(events: unknown, path: string): readonly string[] {
  if (Array.isArray(events))
    return checkTexts(events, path).map((name, index) => checkEvent(name, `${path}[${index}]`));
  return Object.entries(readObject(events, path)).flatMap(([name, listed]) => {
    checkEvent(name, `${path}.${name}`);
    return checkBoolean(listed, `${path}.${name}`) ? [name] : [];
  });
}

/** @throws ConfigurationError that names the nearest of the event types */
export function checkEvent(name: string, path: string): string {
  if (listable.has(name)) return name;
  const why = name.includes("*")
    ? " Stalwart takes exact names here, not patterns."
    : ` It is not one of Stalwart's event types.${suggestion(name, listable)}`;
  throw new ConfigurationError(path, `${path} is ${JSON.stringify(name)}.${why}`);
}
