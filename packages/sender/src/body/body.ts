import type { OutgoingEvent } from "../event/stored-event.ts";

/** How events become the body of one request. `json()` and `template()` make one; so can you. */
export interface Body {
  /** Sent as `Content-Type`, unless the endpoint's `headers` have one. */
  readonly contentType: string;
  /** Whether one body can carry several events: what a throttle needs. */
  readonly batches: boolean;
  /** Secret values in the body: they are masked wherever the body is shown. */
  readonly secrets?: readonly string[];
  /** The body exactly as it is signed and sent. Throwing gives the event up. */
  render(events: readonly OutgoingEvent[]): string;
}
