import { createHash } from "node:crypto";
import { defineProvider, type Provider, sign } from "@countersign/core";
import {
  aperture,
  apono,
  azureDevops,
  chargebee,
  cloudEvents,
  postmark,
  providers,
  stalwartHttpAuth,
  tappass,
} from "@countersign/core/providers";
import { isProof } from "@countersign/core/scheme";
import fc from "fast-check";
import { keysOf } from "../key-pairs.ts";

export const NOW = 1_784_000_000_000;

/** One provider, what its sender holds and what its receiver holds. */
export interface Subject {
  readonly name: string;
  /** Without the time inside the body: any bytes are a body here. */
  readonly provider: Provider<any>;
  readonly signing: string;
  readonly verifying: string;
  readonly signsUrl: boolean;
}

export interface Genuine {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const CALLS: readonly Provider<any>[] = [
  aperture({ authorization: "x-api-key" }),
  tappass({ header: "authorization", prefix: "Token token=" }),
  apono({ header: "x-apono" }),
  stalwartHttpAuth(),
  stalwartHttpAuth({ username: "mail" }),
  postmark({ username: "u" }),
  azureDevops({ username: "u" }),
  chargebee({ username: "u" }),
  cloudEvents({ origins: ["a.example"] }),
];

export const subjects: readonly Subject[] = [...Object.values(providers), ...CALLS].map((row) => {
  const { occurredAt: _, tolerance: __, ...rest } = row;
  const provider: Provider<any> = defineProvider(rest);
  const content = isProof(row.scheme) ? [] : row.scheme.content;
  const signsUrl = content.some((part) => typeof part !== "string" && (part.part === "url" || part.part === "path"));
  return { name: row.name, provider, signsUrl, ...keysOf(row) };
});

const path = fc
  .tuple(fc.stringMatching(/^[a-z0-9/_-]{0,20}$/), fc.stringMatching(/^[a-z0-9=&_.-]{0,20}$/))
  .map(([name, query]) => `/${name}${query === "" ? "" : `?${query}`}`);
const bytes = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.nat(70_000).map((length) => new Uint8Array(length).fill(length & 255)) },
);

/** What the sender of a provider could have to say. */
export const message = fc.record({
  path,
  host: fc.constantFrom("https://example.com", "http://127.0.0.1:3000", "https://a.b.example:8443"),
  body: bytes,
  id: fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
  offset: fc.integer({ min: -4_000, max: 4_000 }),
});
export type Message = typeof message extends fc.Arbitrary<infer M> ? M : never;

/** The request that the provider's sender makes of it, signed at a time inside the window. */
export async function genuine(
  { provider, signing }: Subject,
  { host, path, body, id, offset }: Message,
): Promise<Genuine> {
  const method = provider.methods?.[0] ?? "POST";
  const headers: Record<string, string> = { "content-type": "application/octet-stream" };
  let url = host + path;
  if (provider.name === "twilio") {
    url += `${url.includes("?") ? "&" : "?"}bodySHA256=${createHash("sha256").update(body).digest("hex")}`;
  }
  if (provider.name === "contentful") {
    headers["x-contentful-signed-headers"] = "x-contentful-signed-headers,x-contentful-timestamp";
  }
  if (!isProof(provider.scheme)) {
    for (const part of provider.scheme.content) {
      if (typeof part === "object" && part.part === "header") headers[part.name as string] = "value-1";
    }
  }
  const signed = await sign(provider, {
    secret: signing,
    body,
    id,
    method,
    url,
    headers,
    timestamp: new Date(NOW + offset),
  });
  return { method, url, body, headers: { ...headers, ...signed } };
}
