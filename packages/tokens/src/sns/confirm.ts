import type { Answer, Handshake } from "@countersign/core";
import type { SnsMessage } from "./message.ts";
import type { Topic } from "./topic.ts";

/** What fetches: the platform's `fetch`, or its like. */
export type ConfirmFetch = (
  url: string,
  init: {
    /** Only ever this. */
    readonly method: "GET";
    /** Never followed: the host is the pin. */
    readonly redirect: "error";
    /** Aborts after ten seconds. */
    readonly signal: AbortSignal;
  },
) => Promise<{
  /** Whether the status says success, 200 to 299. */
  readonly ok: boolean;
}>;

/** How long a confirmation may take, in milliseconds: SNS waits for fifteen seconds. */
const LONGEST = 10_000;

/**
 * Answers a proven confirmation by confirming it. The address is made here, of the pinned topic's host and the token:
 * `SubscribeURL` is not used, so that nothing in a message says what this server fetches.
 */
export function confirming(
  { arn, host }: Topic,
  fetch: ConfirmFetch,
  asked: (message: SnsMessage) => boolean,
): Handshake {
  return {
    marker: "SubscriptionConfirmation",
    async proven(payload): Promise<Answer | undefined> {
      const message = payload as SnsMessage;
      if (message.Type !== "SubscriptionConfirmation" || !asked(message)) return undefined;
      const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: arn, Token: message.Token ?? "" });
      const url = `https://${host}/?${query.toString()}`;
      // SNS tries again what is answered 503.
      const confirmed = await fetch(url, {
        method: "GET",
        redirect: "error",
        signal: AbortSignal.timeout(LONGEST),
      }).then(
        ({ ok }) => ok,
        () => false,
      );
      return { status: confirmed ? 200 : 503 };
    },
  };
}
