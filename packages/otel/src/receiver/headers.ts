import type { HeadersLike } from "@countersign/core";
import type { TextMapGetter } from "@opentelemetry/api";

/** Reads a header from any of the forms that frameworks use. One that came twice says nothing. */
export const headerGetter: TextMapGetter<HeadersLike> = {
  get(headers, name) {
    if (typeof headers.get === "function") return headers.get(name) ?? undefined;
    const lines = Object.entries(headers)
      .filter(([key]) => key.toLowerCase() === name.toLowerCase())
      .flatMap(([, value]) => value ?? []);
    return lines.length === 1 ? (lines[0] as string) : undefined;
  },
  keys: (headers) => (typeof headers.get === "function" ? [] : Object.keys(headers)),
};
