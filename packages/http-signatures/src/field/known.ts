import { type Table, table } from "@countersign/core/checks";
import type { FieldType } from "./structured.ts";

/**
 * Fields whose form is known (IANA's HTTP field names registry, and RFC 9651's retrofit where that is the same for
 * every value): what `sf` may be said of.
 */
export const KNOWN_FIELDS: Table<FieldType> = table({
  "accept-ch": "list",
  "accept-signature": "dictionary",
  "cache-status": "list",
  "capsule-protocol": "item",
  "cdn-cache-control": "dictionary",
  "client-cert": "item",
  "client-cert-chain": "list",
  "content-digest": "dictionary",
  "cross-origin-embedder-policy": "item",
  "cross-origin-opener-policy": "item",
  "origin-agent-cluster": "item",
  priority: "dictionary",
  "proxy-status": "list",
  "repr-digest": "dictionary",
  signature: "dictionary",
  "signature-agent": "dictionary",
  "signature-input": "dictionary",
  "ucp-agent": "dictionary",
  "want-content-digest": "dictionary",
  "want-repr-digest": "dictionary",
} as const);
