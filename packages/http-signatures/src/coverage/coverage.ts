import type { PARAMETERS } from "../candidate/parameters.ts";

/**
 * What must be signed for a signature to count. Who signs decides what is covered: a genuine signature over the method
 * alone would otherwise prove any body.
 *
 * Components are written as in the signature: `@method`, `content-type`, `signature-agent;key="sig1"`. `{label}` as a
 * `key` stands for the signature's own label, and `{any}` for any member. A header counts as covered when it is covered whole, in any of its forms.
 */
export interface Coverage {
  /**
   * How much of the URL:
   * - `"uri"` (default): all of it, as `@target-uri`, or as `@authority` with `@request-target`, or with `@path` and
   *   (where the URL has one) `@query`;
   * - `"path"`: the same without the authority: what was meant for one host then holds at another;
   * - `"authority"`: the host alone, as `@authority` or `@target-uri`;
   * - `"none"`.
   */
  readonly target?: "uri" | "path" | "authority" | "none";
  /** Always; default `["@method"]`, of a response `["@status"]`. */
  readonly components?: readonly string[];
  /** Each of these headers, where the message has it; default none. */
  readonly present?: readonly string[];
  /** Where the message has a body; default the digest's header. */
  readonly body?: readonly string[];
  /** What the signature must say of itself, each of these names; default `["created"]`. */
  readonly parameters?: readonly (typeof PARAMETERS)[number][];
}
