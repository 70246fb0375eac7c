import type { SignRequest } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import { vectors } from "../vectors/vectors.ts";

/** A vector as JSON, for another runtime: the provider by its name, the time as a number or as ISO 8601. */
export interface Case {
  readonly name: string;
  readonly provider: string;
  readonly secret: string;
  /** Milliseconds at which the verifier's clock stands. */
  readonly now: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Given where a query would otherwise be refused. */
  readonly exactUrl?: string;
  /** What `sign` is given, where it makes the vector's own headers. */
  readonly message?: Omit<SignRequest, "timestamp"> & { readonly timestamp?: number | string };
}

/** Every vector of test/vectors. */
export const cases: readonly Case[] = vectors.map((vector) => {
  const { provider, secret, privateKey, timestamp, id, method, url, body, headers, unsigned } = vector;
  const unit = isProof(provider.scheme) ? undefined : provider.scheme.timestamp?.unit;
  const now = timestamp instanceof Date ? timestamp.getTime() : (timestamp ?? 0) * (unit === "s" ? 1000 : 1);
  const message = {
    secret: privateKey ?? secret,
    body,
    headers,
    ...(timestamp === undefined ? {} : { timestamp: timestamp instanceof Date ? timestamp.toISOString() : timestamp }),
    ...(id === undefined ? {} : { id }),
    ...(method === undefined ? {} : { method }),
    ...(url === undefined ? {} : { url }),
  };
  return {
    name: `${provider.name}: ${vector.name}`,
    provider: provider.name,
    secret,
    now,
    method: method ?? "POST",
    url: url ?? "https://example.com/hook",
    headers,
    body,
    ...(provider.seams?.includes("url/body") && url?.includes("?") ? { exactUrl: url } : {}),
    ...(unsigned === undefined ? { message } : {}),
  };
});
