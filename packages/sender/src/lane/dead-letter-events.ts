import type { WebhookEvent } from "@countersign/core/event";
import { DEAD_LETTER_TYPE, type StoredEvent } from "../event/stored-event.ts";
import type { ClaimedItem } from "../outbox/parts.ts";
import type { Placed, Placing } from "../outbox/placing.ts";
import type { Intake } from "./intake.ts";

/** What a `webhook.dlq` event is made with. */
export interface DeadLetterEventTools {
  readonly intake: Intake;
  readonly store: (event: WebhookEvent) => StoredEvent;
  /** Whether they are raised at all. */
  readonly enabled: boolean;
}

/**
 * Tells those who ask for it that an event was given up, without the event's data: in the transaction in which it is, so
 * that there is no letter without its event.
 */
export class DeadLetterEvents {
  readonly #tools: DeadLetterEventTools;
  #raised = false;

  constructor(tools: DeadLetterEventTools) {
    this.#tools = tools;
  }

  /** What follows from a burial. Never about such an event itself, and never to the endpoint that failed: there is no loop. */
  async raise({ endpoint, event }: ClaimedItem, reason: string, attempts: number): Promise<readonly Placing[]> {
    const { intake, store, enabled } = this.#tools;
    if (!enabled || event.type === DEAD_LETTER_TYPE) return [];
    const { id, type, severity, time } = event;
    const data = { endpoint, reason, attempts, event: { id, type, severity, time: new Date(time).toISOString() } };
    return intake.placing(store({ type: DEAD_LETTER_TYPE, severity: "error", data }), endpoint);
  }

  /** It is in the outbox. */
  raised(placing: Placing, placed: readonly Placed[]): void {
    this.#raised = true;
    this.#tools.intake.placed(placing, placed);
  }

  /** Whether there were any since it was last asked. */
  any(): boolean {
    const some = this.#raised;
    this.#raised = false;
    return some;
  }
}
