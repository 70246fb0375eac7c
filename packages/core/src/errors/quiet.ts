import type { WebhookErrorCode } from "./errors.ts";
import type { Rulebook } from "./rulebook.ts";

/** In a bundle for production an error has its code, and its option or detail: the sentences stand in docs/errors.md. */
export const TELL: boolean = false;

export function describe(code: WebhookErrorCode, detail: string | number, provider: Rulebook): string {
  const short = typeof detail === "string" ? detail.slice(0, 300) : detail;
  return `${provider.name}: ${code}${short === "" ? "" : `: ${short}`}`;
}

export function describeNotReceived(_: unknown): string {
  return "the body was not given as bytes";
}
