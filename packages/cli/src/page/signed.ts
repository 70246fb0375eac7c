import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ContentPart, ContentReference, Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import { neededHeaders } from "../provider/detect.ts";
import { headerOf, type SavedRequest } from "../request/saved.ts";
import type { Signed, SignedPart } from "./wire.ts";

type Signing = Exclude<Provider<any>["scheme"], { readonly kind: "token" | "proof" }>;

/** What a provider's proof covers of a request, as far as it can be shown without any secret. */
export function signedOf(provider: Provider<any>, request: SavedRequest, called: string): Signed {
  const { scheme } = provider;
  if (isProof(scheme)) {
    const body = scheme.covers === "body" ? "own" : "nothing";
    return { parts: [], headers: [], proof: scheme.headers, body };
  }
  const parts = scheme.content.map((part) => shown(part, scheme, request, called));
  const kinds = scheme.content.map((part) => (typeof part === "string" ? "" : part.part));
  const digested =
    scheme.kind === "hmac" && scheme.bodyDigest !== undefined && new URL(called, "http://x").search !== "";
  const proof = [...[scheme.signature.header].flat(), ...neededHeaders(provider)].map((name) => name.toLowerCase());
  return {
    parts,
    headers: scheme.content.flatMap((part) => headersOf(part, scheme, request)).map((name) => name.toLowerCase()),
    proof: [...new Set(proof)],
    body: kinds.includes("body")
      ? "whole"
      : digested || kinds.some(isDigest)
        ? "digest"
        : kinds.includes("form")
          ? "form"
          : "nothing",
  };
}

/** What stands in a part's place. */
const VALUES: Readonly<
  Record<
    ContentReference["part"],
    (part: ContentReference, scheme: Signing, request: SavedRequest, called: string) => string
  >
> = {
  body: () => "",
  bodyHash: ({ hash }, _, { body }) =>
    hash === undefined ? "" : createHash(hash.digest).update(body).digest(hash.encoding),
  crc32: (_, __, { body }) => String(crc32(body)),
  timestamp: (_, scheme, { headers }) => timestampOf(scheme, headers),
  id: (_, { id }, { headers }) => headerOf(headers, id?.header.toLowerCase() ?? "") ?? "",
  method: (_, __, { method }) => method,
  url: ({ transform = same }, _, __, called) => transform(called),
  path: ({ transform = same }, _, __, called) => transform(pathOf(called)),
  header: ({ name = "" }, _, { headers }) => headerOf(headers, name) ?? "",
  headers: ({ name = "" }, _, { headers }) =>
    listed(name, headers)
      .sort()
      .map((one) => `${one}:${headerOf(headers, one) ?? ""}`)
      .join(";"),
  form: (_, __, { body }) => sortedFields(body),
};

const NAMES: Readonly<Record<ContentReference["part"], string>> = {
  body: "the body",
  bodyHash: "a hash of the body",
  crc32: "a checksum of the body",
  timestamp: "the time",
  id: "the id",
  method: "the method",
  url: "the URL",
  path: "path and query",
  header: "a header",
  headers: "the headers that are listed",
  form: "the form's fields, sorted",
};

function shown(part: ContentPart, scheme: Signing, request: SavedRequest, called: string): SignedPart {
  if (typeof part === "string") return { what: "a fixed text", text: part };
  if (part.part === "body") return { what: NAMES.body };
  const what = part.part === "header" ? `the header ${part.name}` : NAMES[part.part];
  try {
    return { what, text: VALUES[part.part](part, scheme, request, called).slice(0, 65_536) };
  } catch {
    return { what, text: "" }; // A transform that cannot read what a stranger wrote.
  }
}

function headersOf(part: ContentPart, scheme: Signing, { headers }: SavedRequest): readonly string[] {
  if (typeof part === "string") return [];
  if (part.part === "timestamp") return [scheme.timestamp?.header ?? []].flat();
  if (part.part === "id") return [scheme.id?.header ?? []].flat();
  if (part.part === "header") return [part.name ?? []].flat();
  return part.part === "headers" ? listed(part.name ?? "", headers) : [];
}

function timestampOf({ timestamp, signature }: Signing, headers: SavedRequest["headers"]): string {
  if (timestamp?.header !== undefined) return headerOf(headers, timestamp.header.toLowerCase()) ?? "";
  const [, name = "t"] = /(\w+)=\{timestamp\}/.exec(signature.layout ?? "") ?? [];
  const value = headerOf(headers, ([signature.header].flat()[0] ?? "").toLowerCase()) ?? "";
  return new RegExp(`(?:^|[,;]\\s*)${name}=([^,;]*)`).exec(value)?.[1] ?? "";
}

function listed(name: string, headers: SavedRequest["headers"]): string[] {
  return (headerOf(headers, name) ?? "")
    .split(",")
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== "");
}

function sortedFields(body: Uint8Array): string {
  const fields = [...new URLSearchParams(Buffer.from(body).toString("utf8"))];
  return fields
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .flat()
    .join("");
}

function isDigest(kind: string): boolean {
  return kind === "bodyHash" || kind === "crc32";
}

function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, "") || "/";
}

const same = (value: string) => value;
