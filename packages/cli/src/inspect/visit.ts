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
  /** The header that holds a credential. */
  credential?: string;
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
