import { ConfigurationError } from "@countersign/core";
import { checkBoolean, checkInteger, checkText, checkTexts, type KeysOf } from "@countersign/core/checks";
import { readFields, readHeaders, readName, readObject, readTimeout, readUrl } from "../document/fields.ts";
import { isSlip, suggestion } from "../document/nearest.ts";
import type { Note } from "../document/notes.ts";
import {
  type ApertureAuthorizationKind,
  type ApertureCapabilityRule,
  type ApertureHookConfig,
  type ApertureRule,
  type ApertureSendHook,
  apertureEvents,
  apertureFields,
} from "./config.ts";

/** A file of settings, or a tailnet's policy file, taken apart. */
export interface ApertureFile {
  readonly hooks: ReadonlyMap<string, ApertureHookConfig>;
  readonly rules: readonly ApertureRule[];
  readonly others: readonly ApertureCapabilityRule[];
  /** Who is in a group, where the file says so. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly notes: readonly Note[];
}

const CAPABILITY = "tailscale.com/cap/aperture";
const AUTHORIZATIONS: readonly ApertureAuthorizationKind[] = [
  "bearer",
  "x-api-key",
  "x-goog-api-key",
  "hec",
  "cf-aig-authorization",
];
const HOOK: KeysOf<ApertureHookConfig> = {
  url: "required",
  apikey: "optional",
  authorization: "optional",
  timeout: "optional",
  disabled: "optional",
  fail_policy: "optional",
  preference: "optional",
};
/** What mean nothing before there is an answer. https://github.com/tailscale/aperture-recipes */
const AFTERWARDS: readonly string[] = ["tools", "response_body", "raw_responses"];
/** A tailnet's policy file, and not Aperture's own. https://tailscale.com/kb/1337/policy-syntax */
const POLICY = ["acls", "groups", "tagOwners", "nodeAttrs", "ssh", "autoApprovers", "hosts", "postures"];

/**
 * Reads either file. Hooks that are defined in the other one come along.
 *
 * @throws ConfigurationError that names what is wrong
 */
export function readFile(value: unknown, defined?: ApertureFile["hooks"]): ApertureFile {
  const { hooks: given, grants, groups, ...sections } = readObject(value, "");
  const notes: Note[] = [];
  for (const section of Object.keys(sections)) readPast(section, section, ["hooks", "grants"], notes);
  const hooks = new Map(defined);
  for (const [name, hook] of Object.entries(readObject(given ?? {}, "hooks"))) {
    hooks.set(name, readHook(hook, `hooks.${name}`));
  }
  if (grants !== undefined && !Array.isArray(grants)) throw new ConfigurationError("grants", "grants must be a list.");
  const policy = defined !== undefined || (given === undefined && POLICY.some((key) => key in (value as object)));
  const file: Reading = {
    hooks,
    policy,
    foreign: given === undefined && defined === undefined,
    notes,
    rules: [],
    others: [],
  };
  (grants ?? []).forEach((grant: unknown, index: number) => {
    readGrant(grant, `grants[${index}]`, file);
  });
  for (const [name, hook] of hooks) {
    if (hook.disabled)
      notes.push({ option: `hooks.${name}`, message: `hooks.${name} is never told, because it is disabled.` });
  }
  return { hooks, rules: file.rules, others: file.others, groups: readGroups(groups), notes };
}

/** Notes what no hook is concerned by. A misspelt name that concerns them is a mistake. */
function readPast(name: string, path: string, ours: readonly string[], notes: Note[]): void {
  if (isSlip(name, ours)) {
    throw new ConfigurationError(path, `There is no "${path}".${suggestion(name, ours)}`, "unknown_option");
  }
  notes.push({ option: path, message: `${path} is skipped, because it concerns no hook.` });
}

function readGroups(value: unknown): ReadonlyMap<string, readonly string[]> {
  if (value === undefined) return new Map();
  return new Map(
    Object.entries(readObject(value, "groups")).map(([name, list]) => [name, checkTexts(list, `groups.${name}`)]),
  );
}

function readHook(value: unknown, path: string): ApertureHookConfig {
  const { apikey, ...hook } = readFields<Record<string, unknown>>(value, HOOK, path);
  const at = (key: string) => `${path}.${key}`;
  if (typeof apikey === "string" && apikey !== "") readHeaders({ apikey }, path);
  return {
    url: readUrl(hook.url, at("url")),
    // Inside a tailnet a hook often has no credential: the empty text is Aperture's own default.
    ...(apikey === undefined || apikey === "" ? {} : { apikey: apikey as NonNullable<ApertureHookConfig["apikey"]> }),
    authorization: readName(hook.authorization ?? "bearer", at("authorization"), AUTHORIZATIONS, "Aperture's kinds"),
    timeout: `${readTimeout(hook.timeout ?? "5s", at("timeout"))}ms`,
    disabled: checkBoolean(hook.disabled ?? false, at("disabled")),
    fail_policy: readName(
      hook.fail_policy ?? "fail_open",
      at("fail_policy"),
      ["fail_open", "fail_closed"],
      "Aperture's policies",
    ),
    preference: checkInteger(hook.preference ?? 0, at("preference"), -1_000_000, 1_000_000),
  };
}

/** What is read, and what is told of it. */
interface Reading {
  readonly hooks: ReadonlyMap<string, ApertureHookConfig>;
  /** It is a tailnet's policy file, where a grant needs a `dst`. */
  readonly policy: boolean;
  /** No hook can be known, because no file was given that defines them. */
  readonly foreign: boolean;
  readonly notes: Note[];
  readonly rules: ApertureRule[];
  readonly others: ApertureCapabilityRule[];
}

function readGrant(value: unknown, path: string, file: Reading): void {
  const { src: sources, app, dst, ip, ...more } = readObject(value, path);
  const note = (option: string, why: string) =>
    file.notes.push({ option, message: `${option} is skipped, because ${why}` });
  for (const key of Object.keys(more)) readPast(key, `${path}.${key}`, ["src", "app", "dst", "ip"], file.notes);
  const src = checkTexts(sources, `${path}.src`);
  if (app === undefined || app === null) {
    note(path, "it has no app: it grants no capability.");
    return;
  }
  if (file.policy && dst === undefined) {
    note(path, "it has no dst: in a policy file such a grant does nothing.");
    return;
  }
  if (dst !== undefined) note(`${path}.dst`, "whatever reaches Aperture concerns its hooks.");
  if (ip !== undefined) note(`${path}.ip`, "it concerns no hook.");
  for (const [capability, list] of Object.entries(readObject(app, `${path}.app`))) {
    const option = `${path}.app["${capability}"]`;
    if (!Array.isArray(list)) throw new ConfigurationError(option, `${option} must be a list.`);
    if (capability === CAPABILITY) {
      list.forEach((one: unknown, index: number) => {
        readCapability(one, { src, path }, `${option}[${index}]`, file);
      });
    } else {
      file.others.push({ src, capability, values: list });
      note(option, "it is not Aperture's own: it only reaches the hooks whose send has grants.");
    }
  }
}

function readCapability(value: unknown, grant: Pick<ApertureRule, "src" | "path">, path: string, file: Reading): void {
  const { models: glob, send_hooks: list = [], ...more } = readObject(value, path);
  for (const key of Object.keys(more)) readPast(key, `${path}.${key}`, ["models", "send_hooks"], file.notes);
  const models = checkText(glob ?? "**", `${path}.models`);
  if (!Array.isArray(list)) throw new ConfigurationError(`${path}.send_hooks`, `${path}.send_hooks must be a list.`);
  list.forEach((one: unknown, index: number) => {
    const hook = readSendHook(one, `${path}.send_hooks[${index}]`, file);
    if (hook !== undefined) file.rules.push({ ...grant, models, ...hook });
  });
}

function readSendHook(value: unknown, path: string, file: Reading): Required<ApertureSendHook> | undefined {
  const hook = readFields<Record<keyof ApertureSendHook, unknown>>(value, ["name", "events", "send"], path);
  const name = checkText(hook.name, `${path}.name`);
  const events = checkTexts(hook.events, `${path}.events`).map((one, index) =>
    readName(one, `${path}.events[${index}]`, apertureEvents, "Aperture's events"),
  );
  const send = checkTexts(hook.send ?? [], `${path}.send`).map((one, index) =>
    readName(one, `${path}.send[${index}]`, apertureFields, "what can be sent"),
  );
  if (file.foreign) {
    const message = `${path} is skipped, because no file here defines the hook ${JSON.stringify(name)}: pass Aperture's own settings, and this one as context.policy.`;
    file.notes.push({ option: path, message });
    return undefined;
  }
  if (!file.hooks.has(name)) {
    const known = suggestion(name, file.hooks.keys());
    throw new ConfigurationError(
      `${path}.name`,
      `${path}.name is ${JSON.stringify(name)}, which is not in hooks.${known}`,
    );
  }
  if (events.length === 0)
    throw new ConfigurationError(`${path}.events`, `${path}.events must name at least one event.`);
  const early = events.every((event) => event === "pre_request") ? send.filter((one) => AFTERWARDS.includes(one)) : [];
  if (early.length > 0) {
    const message = `${path}.send has ${early.join(", ")}, which do not exist before the answer: pre_request never has them.`;
    file.notes.push({ option: `${path}.send`, message });
  }
  return { name, events, send };
}
