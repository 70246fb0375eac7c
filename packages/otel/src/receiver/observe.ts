import type { ReplayNotice } from "@countersign/core";
import type { ObservableCallback } from "@opentelemetry/api";
import type { Listeners } from "../channel/listen.ts";
import { attribute } from "../convention/attributes.ts";
import type { Instruments } from "../convention/instruments.ts";
import type { Links } from "./links.ts";

/** What is heard of all verifiers of the process. */
export function observeReceivers(instruments: Instruments, links: Links, held: Held): Listeners {
  const { verdicts, claims, storeFailures } = instruments;
  const judged = (provider: string, verdict: string): void =>
    verdicts.add(1, { [attribute.provider]: provider, [attribute.verdict]: verdict });
  return {
    "countersign:accept": (notice) => {
      links.accepted(notice);
      judged(notice.provider, "accepted");
    },
    "countersign:reject": ({ provider, error }) => judged(provider, error.code),
    "countersign:replay": (notice) => {
      held.notice(notice);
      const { provider, what } = notice;
      claims.add(1, { [attribute.provider]: provider, [attribute.claim]: what });
    },
    "countersign:store": ({ operation, reason }) =>
      storeFailures.add(1, {
        [attribute.reason]: reason,
        ...(operation === undefined ? {} : { [attribute.storeOperation]: operation }),
      }),
  };
}

/** How many claims the verifiers of each provider hold, as they last said. */
export class Held {
  readonly #verifiers = new Map<number, { readonly provider: string; readonly held: number }>();
  readonly #providers = new Set<string>();

  notice({ verifier, provider, held }: ReplayNotice): void {
    this.#providers.add(provider);
    if (held === 0) this.#verifiers.delete(verifier);
    else this.#verifiers.set(verifier, { provider, held });
  }

  /** Shows them whenever metrics are collected, until the function that it gives back is called. */
  show({ held }: Instruments): () => void {
    const collect: ObservableCallback = (result) => {
      const sums = new Map<string, number>([...this.#providers].map((provider) => [provider, 0]));
      for (const one of this.#verifiers.values()) sums.set(one.provider, (sums.get(one.provider) ?? 0) + one.held);
      for (const [provider, sum] of sums) result.observe(sum, { [attribute.provider]: provider });
    };
    held.addCallback(collect);
    return () => held.removeCallback(collect);
  }
}
