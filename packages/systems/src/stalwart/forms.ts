import { ConfigurationError } from "@countersign/core";
import type { TextFormat } from "../document/document.ts";
import { readObject } from "../document/fields.ts";
import type { Note } from "../document/notes.ts";
import type { StalwartContext, StalwartWebhook } from "./config.ts";
import { readWebhookObject } from "./object.ts";
import { matchesAny, readWebhookSection } from "./section.ts";

/** A configuration, taken apart. */
export interface StalwartForms {
  readonly webhooks: readonly StalwartWebhook[];
  readonly notes: readonly Note[];
}

/** One webhook within a form: its name, its path, and what it says. */
type Found = readonly [name: string | undefined, path: string, config: unknown];

/** JSON begins with a brace, or a bracket with a brace in it; `[webhook."id"]` is TOML. */
export function formatOf(text: string): TextFormat {
  return /^\s*(?:\/\/|\/\*|\{|\[\s*[\]{])/.test(text) ? "json" : "toml";
}

/** Whether the whole is one webhook, which errors then call `webhook`. */
export function isSingle(value: unknown): boolean {
  return typeof value !== "object" || value === null || (!Array.isArray(value) && !FORMS.some((key) => key in value));
}
const FORMS = ["webhook", "methodCalls", "methodResponses", "list"];

/** Finds the webhooks in any form that Stalwart has for them. @throws ConfigurationError */
export function readForms(value: unknown, context: StalwartContext): StalwartForms {
  if (!Array.isArray(value) && typeof value === "object" && value !== null && "webhook" in value) {
    return readToml(value, context);
  }
  const found = findObjects(value);
  if (found.length === 0) throw new ConfigurationError("webhooks", "There is no webhook in it.");
  const several = found.length > 1;
  return {
    notes: [],
    webhooks: found.map(([id, path, config], index) => {
      const given = id ?? (several ? String(index + 1) : undefined);
      const own = context.secrets?.[given ?? ""] ?? context.secrets?.[context.name ?? "stalwart"] ?? {};
      return readWebhookObject(config, nameOf(given, several, context), path, own, context.readers);
    }),
  };
}

/** One keeps the name that it is given here; several are told apart by their own. */
function nameOf(id: string | undefined, several: boolean, { name }: StalwartContext): string {
  if (!several) return name ?? "stalwart";
  return name === undefined && id !== undefined && !/^\d+$/.test(id) ? id : `${name ?? "stalwart"}-${id}`;
}

function findObjects(value: unknown): readonly Found[] {
  if (Array.isArray(value)) return inList(value, "webhooks");
  if (isSingle(value)) return [[readId(value), "webhook", value]];
  const { methodCalls, methodResponses, list } = value as Record<string, unknown>;
  if (Array.isArray(list)) return inList(list, "list");
  return [...inMethods(methodCalls, "methodCalls"), ...inMethods(methodResponses, "methodResponses")];
}

/** JMAP: `[["x:WebHook/set", { create: … }, "c1"]]`, `[["x:WebHook/get", { list: … }, "c1"]]`. */
function inMethods(calls: unknown, path: string): readonly Found[] {
  if (!Array.isArray(calls)) return [];
  return calls.flatMap((call: unknown, index): readonly Found[] => {
    if (!Array.isArray(call) || !String(call[0]).startsWith("x:WebHook/")) return [];
    const at = `${path}[${index}][1]`;
    const { create, list } = readObject(call[1], at);
    if (Array.isArray(list)) return inList(list, `${at}.list`);
    if (typeof create !== "object" || create === null) return [];
    return Object.entries(create).map(([id, config]) => [id, `${at}.create.${id}`, config] as const);
  });
}

function inList(list: readonly unknown[], path: string): readonly Found[] {
  return list.map((config, index) => [readId(config), `${path}[${index}]`, config] as const);
}

function readId(config: unknown): string | undefined {
  const id = typeof config === "object" && config !== null ? (config as { id?: unknown }).id : undefined;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** `config.toml`: whatever stands beside `[webhook.…]` is not ours. */
function readToml(file: object, context: StalwartContext): StalwartForms {
  const notes: Note[] = [];
  const sections = Object.entries(readObject((file as { webhook: unknown }).webhook, "webhook"));
  const webhooks = sections.flatMap(([id, section]) => {
    const path = `webhook.${id}`;
    if (readObject(section, path).url === undefined) {
      notes.push({ option: path, message: `${path} is skipped, because it has no url: Stalwart does not see it.` });
      return [];
    }
    const name = context.name === undefined || sections.length === 1 ? (context.name ?? id) : `${context.name}-${id}`;
    const webhook = readWebhookSection(section, name, path, file, context);
    if (webhook.events.some(matchesAny)) return [webhook];
    notes.push({ option: `${path}.events`, message: `${path} is skipped, because no event matches it.` });
    return [];
  });
  for (const key of Object.keys(file)) {
    if (key !== "webhook") notes.push({ option: key, message: `${key} is skipped, because it concerns no webhook.` });
  }
  return { webhooks, notes };
}
