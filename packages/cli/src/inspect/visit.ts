import type { Finding } from "@countersign/core";
import type { Step } from "../listen/timeline.ts";

/** A request on its way through an inspected process, as that process tells of it. */
export interface Visit {
  /** What tells it from all others. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `"node server.js, 4711"` */
  readonly from: string;
  readonly provider: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The headers that hold a credential, in lower case. */
  readonly credentials: readonly string[];
  /** Base64 of what came; empty until it has. */
  body: string;
  steps: Step[];
  /** Absent until there is a verdict. */
  verdict?: { ok: boolean; code: string; message: string };
  signedUrl?: string;
  secret?: number;
  signedAt?: string;
  status: number;
  findings: readonly Finding[];
}

const TEXTS = ["key", "from", "provider", "method", "url", "body"];

/** Whether a process that has the token speaks as ours does: it may be of another version. */
export function isVisit(value: unknown): value is Visit {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  const lists = [fields.credentials, fields.headers, fields.steps, fields.findings];
  const headers = fields.headers as readonly unknown[];
  return (
    TEXTS.every((name) => typeof fields[name] === "string") &&
    Number.isFinite(fields.at) &&
    Number.isFinite(fields.status) &&
    lists.every(Array.isArray) &&
    headers.every((line) => Array.isArray(line) && line.length === 2 && line.every((one) => typeof one === "string"))
  );
}
