import { isProof } from "@countersign/core/scheme";
import type { Header } from "../request/saved.ts";
import type { Entry } from "./entry.ts";

/** Headers whose value is a credential, whoever sends it. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
  "x-gitlab-token",
  "x-goog-channel-token",
]);

/** Whether a header holds what proves its sender by itself: it is never shown. A signature proves one request alone. */
export function isCredential(name: string, { provider, credentials = [] }: Entry): boolean {
  const lower = name.toLowerCase();
  if (CREDENTIALS.has(lower) || credentials.includes(lower)) return true;
  const scheme = provider?.scheme;
  return scheme !== undefined && isProof(scheme) && scheme.covers === "nothing" && scheme.headers.includes(lower);
}

/** The headers as they may be shown. */
export function covered(entry: Entry): readonly Header[] {
  return entry.request.headers.map(([name, value]) =>
    isCredential(name, entry) ? [name, `•••••• (${value.length} characters, not shown)`] : [name, value],
  );
}
