import type { Provider } from "@countersign/core";
import type { Header, SavedRequest } from "../request/saved.ts";

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
export function isCredential(name: string, provider: Provider<any> | undefined): boolean {
  const lower = name.toLowerCase();
  return CREDENTIALS.has(lower) || (provider?.scheme.kind === "token" && provider.scheme.header === lower);
}

/** The headers as they may be shown. */
export function covered({ headers }: SavedRequest, provider: Provider<any> | undefined): readonly Header[] {
  return headers.map(([name, value]) =>
    isCredential(name, provider) ? [name, `•••••• (${value.length} characters, not shown)`] : [name, value],
  );
}
