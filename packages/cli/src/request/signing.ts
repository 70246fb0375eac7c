import { type Provider, sign } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import { neededHeaders } from "../provider/detect.ts";
import { listOfSigned } from "../provider/listed.ts";
import type { GivenSecret } from "../secret/given.ts";
import { Failure } from "../terminal/failure.ts";
import type { Header, SavedRequest } from "./saved.ts";

/** What a signature is made for, beside the request. */
export interface Signing {
  readonly secrets: readonly GivenSecret[];
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly id?: string | undefined;
}

/** A request signed anew: its other headers stay. */
export interface SignedRequest {
  readonly headers: readonly Header[];
  /** Those that prove it. */
  readonly proof: Readonly<Record<string, string>>;
}

/**
 * Signs a request as the provider would, in place of whatever signature it has.
 *
 * @throws ConfigurationError when the secret or the request is nothing that the provider signs
 */
export async function signRequest(
  provider: Provider<any>,
  request: SavedRequest,
  signing: Signing,
): Promise<SignedRequest> {
  const { secrets, time, id } = signing;
  const others = request.headers.filter(([name]) => !provesIt(provider, name));
  const typed = others.some(([name]) => name.toLowerCase() === "content-type") ? [] : [contentType(provider)];
  const there = new Set(others.map(([name]) => name.toLowerCase()));
  const listed = listOfSigned(provider).filter(([name]) => !there.has(name));
  const headers: Header[] = [...others, ...typed, ...listed];
  if (
    id !== undefined &&
    (provider.scheme.kind === "token" || (provider.scheme.kind !== "proof" && provider.scheme.id === undefined))
  ) {
    throw new Failure("usage", "unexpected_id", `${provider.name} signs no id.`, "Leave --id out.");
  }
  const proof = await sign(provider, {
    secret: secrets.map(({ value }) => value),
    body: request.body,
    timestamp: new Date(time),
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    ...(id === undefined ? {} : { id }),
  });
  return { headers: [...headers, ...Object.entries(proof)], proof };
}

function provesIt(provider: Provider<any>, name: string): boolean {
  const { scheme } = provider;
  const all = isProof(scheme)
    ? neededHeaders(provider)
    : [...neededHeaders(provider), ...[scheme.signature.header].flat()];
  return all.some((one) => one.toLowerCase() === name.toLowerCase());
}

function contentType({ contentType, payload }: Provider<any>): Header {
  const usual = payload === "form" ? "application/x-www-form-urlencoded" : "application/json";
  return ["Content-Type", contentType ?? usual];
}
