import type { WebhookErrorCode } from "../errors/errors.ts";
import type { HeadersLike } from "../head/headers.ts";
import type { Provider } from "../scheme/provider.ts";
import type { Secrets } from "../scheme/secret.ts";

/** `explain` of `@countersign/core`, by its shape: who does not give it has none of it in the bundle. */
export type ExplainFunction = (
  provider: Provider<any>,
  request: {
    /** One, or several during a rotation: each is tried. */
    readonly secret: Secrets;
    /** As they came, with the signature among them. */
    readonly headers: HeadersLike;
    /** Exactly the bytes that came. */
    readonly body: Uint8Array;
    /** In upper case; absent means the provider's first. */
    readonly method?: string;
    /** The public one, for schemes that sign it. */
    readonly url?: string;
  },
) => Promise<{
  /** Causes, the surest first; empty when none was found. */
  readonly findings: readonly {
    /** Stable, for tests: `"body_empty"`. */
    readonly code: string;
    /** What is the matter, without the secret. */
    readonly sentence: string;
    /** One sentence on how to put it right. */
    readonly mend: string;
  }[];
}>;

/** What it can say something about. */
export const EXPLAINED: ReadonlySet<WebhookErrorCode> = new Set<WebhookErrorCode>([
  "missing_signature",
  "malformed_signature",
  "signature_mismatch",
  "credential_mismatch",
]);

/** Larger bodies are not explained while requests are served: trying costs time. */
export const LARGEST_EXPLAINED = 65_536;

/** Explains refusals one at a time: a flood of forgeries must not keep the process busy with reasons. */
export class Explainer {
  readonly #explain: ExplainFunction;
  #busy = false;

  constructor(explain: ExplainFunction) {
    this.#explain = explain;
  }

  /** Calls back with the first finding, if there is one. */
  async run(
    provider: Provider,
    request: Parameters<ExplainFunction>[1],
    tell: (sentence: string) => void,
  ): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const [first] = (await this.#explain(provider, request)).findings;
      if (first !== undefined) tell(`${first.sentence} ${first.mend} (${first.code})`);
    } catch {
      // It is a help, and changes nothing.
    } finally {
      this.#busy = false;
    }
  }
}
