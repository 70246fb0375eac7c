import type { Provider } from "@countersign/core";
import type { Outbox } from "@countersign/sender";
import type { GivenSecret } from "../secret/given.ts";
import type { RingBounds } from "./ring.ts";

/** What a page is made of. */
export interface PageOptions {
  /** The folder of this package. */
  readonly home: URL;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What is watched, in words: `http://127.0.0.1:4040`, or a command. */
  readonly source: string;
  readonly kind: "listen" | "inspect";
  /** Where bodies of one's own are sent; absent where nothing listens yet. */
  readonly origin: () => string | undefined;
  /** What `--provider` named: bodies of one's own are signed as it would. */
  readonly provider?: Provider<any>;
  /** Empty where nothing can be signed. They never leave this process. */
  readonly secrets: readonly GivenSecret[];
  /** Takes secrets out of a text. */
  readonly masked: (text: string) => string;
  readonly outbox?: Outbox<any>;
  readonly bounds?: RingBounds;
}
