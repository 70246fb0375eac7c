import { ConfigurationError } from "@countersign/core";
import { checkTexts } from "@countersign/core/checks";
import type { SecretSource } from "@countersign/sender";
import { chatOf } from "../document/chats.ts";
import { readFields, readName, readObject, readUrl } from "../document/fields.ts";
import { type TailscaleChat, type TailscaleContext, tailscaleChats } from "./config.ts";
import { subscribable } from "./events.ts";

/** One webhook, read from any of the forms. */
export interface TailscaleWebhook {
  readonly name: string;
  readonly url: string;
  readonly chat: TailscaleChat | undefined;
  readonly subscriptions: readonly string[];
  readonly secret: SecretSource | readonly SecretSource[] | undefined;
  /** What errors call it. */
  readonly path: string;
  readonly names: Names;
}

/** What the API calls the fields, and what Terraform does. */
interface Names {
  readonly id: string;
  readonly url: string;
  readonly type: string;
  readonly unused: readonly string[];
}
const API: Names = {
  id: "endpointId",
  url: "endpointUrl",
  type: "providerType",
  unused: ["creatorLoginName", "created", "lastModified"],
};
const TERRAFORM: Names = { id: "id", url: "endpoint_url", type: "provider_type", unused: [] };

/** What errors call the whole: `webhook`, `webhooks`, or by its own keys. */
export function rootOf(value: unknown): string {
  if (Array.isArray(value)) return "webhooks";
  return isList(value) || isTerraformFile(value) ? "" : "webhook";
}

/** Finds the webhooks in any form that Tailscale has for them. @throws ConfigurationError */
export function readForms(value: unknown, context: TailscaleContext): readonly TailscaleWebhook[] {
  const found = find(value);
  if (found.length === 0) throw new ConfigurationError("webhooks", "There is no webhook in it.");
  return found.map(([path, one], index) => {
    const names = isTerraform(one) ? TERRAFORM : API;
    const given = readFields<Record<string, unknown>>(
      one,
      [names.id, names.url, names.type, "subscriptions", "secret", ...names.unused],
      path,
    );
    const id = typeof given[names.id] === "string" ? (given[names.id] as string) : undefined;
    return readWebhook(given, names, path, nameOf(id, found.length > 1 ? index : undefined, context), id, context);
  });
}

function nameOf(id: string | undefined, index: number | undefined, { name }: TailscaleContext): string {
  if (index === undefined) return name ?? id ?? "tailscale";
  if (name === undefined && id !== undefined) return id;
  return `${name ?? "tailscale"}-${id ?? index + 1}`;
}

function readWebhook(
  given: Readonly<Record<string, unknown>>,
  names: Names,
  path: string,
  name: string,
  id: string | undefined,
  { secrets }: TailscaleContext,
): TailscaleWebhook {
  const url = readUrl(given[names.url], `${path}.${names.url}`, { https: true, ports: [80, 443] });
  const type = given[names.type] ?? "";
  const chat =
    type === ""
      ? chatOf(url, ["slack", "discord"])
      : readName(type, `${path}.${names.type}`, tailscaleChats, "Tailscale's chats");
  const own = (id === undefined ? undefined : secrets?.[id]) ?? secrets?.[name];
  return {
    name,
    url,
    chat,
    subscriptions: readSubscriptions(given.subscriptions, `${path}.subscriptions`),
    secret: own ?? (given.secret as SecretSource | undefined),
    path,
    names,
  };
}

function readSubscriptions(value: unknown, path: string): readonly string[] {
  const names = checkTexts(value, path);
  if (names.length === 0) throw new ConfigurationError(path, `${path} must name at least one event or category.`);
  names.forEach((name, index) => {
    readName(name, `${path}[${index}]`, subscribable, "Tailscale's events or categories");
  });
  return names;
}

function find(value: unknown): readonly (readonly [path: string, webhook: unknown])[] {
  if (Array.isArray(value)) return value.map((one, index) => [`webhooks[${index}]`, one]);
  if (isList(value)) return value.webhooks.map((one, index) => [`webhooks[${index}]`, one]);
  if (isTerraformFile(value)) {
    const path = "resource.tailscale_webhook";
    return Object.entries(readObject(value.resource.tailscale_webhook, path)).map(([name, one]) => [
      `${path}.${name}`,
      one,
    ]);
  }
  return [["webhook", value]];
}

function isList(value: unknown): value is { readonly webhooks: readonly unknown[] } {
  return typeof value === "object" && value !== null && Array.isArray((value as { webhooks?: unknown }).webhooks);
}

/** Terraform's JSON syntax: `{ "resource": { "tailscale_webhook": { "name": { … } } } }`. */
function isTerraformFile(value: unknown): value is { readonly resource: { readonly tailscale_webhook: object } } {
  const { resource } = (typeof value === "object" && value !== null ? value : {}) as { resource?: unknown };
  return typeof resource === "object" && resource !== null && "tailscale_webhook" in resource;
}

function isTerraform(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("endpoint_url" in value || "provider_type" in value);
}
