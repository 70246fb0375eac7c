import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { AcceptNotice, RejectNotice, ReplayNotice, StoreFailure } from "@countersign/core";
import type { SenderEvents } from "@countersign/sender";
import { diag } from "@opentelemetry/api";

/** What a replay store finds out beside one operation that failed. */
interface StoreTrouble {
  readonly operation?: never;
  readonly reason: string;
}

/** The messages of core's channels and the sender's, by the channel's name. */
export type Channels = {
  readonly "countersign:accept": AcceptNotice;
  readonly "countersign:reject": RejectNotice;
  readonly "countersign:replay": ReplayNotice;
  readonly "countersign:store": StoreFailure | StoreTrouble;
} & { readonly [Name in keyof SenderEvents & string as `countersign:sender:${Name}`]: SenderEvents[Name] };

/** Who hears what. */
export type Listeners = { readonly [Name in keyof Channels]?: (message: Channels[Name]) => void };

/** Listens until the function that it gives back is called. What a listener throws would end the process: it is kept. */
export function listen(listeners: Listeners): () => void {
  const open = Object.entries(listeners).map(([name, listener]) => {
    const hear = (message: unknown): void => {
      try {
        (listener as (message: unknown) => void)(message);
      } catch (error) {
        diag.error(`@countersign/otel: ${name}`, error);
      }
    };
    subscribe(name, hear);
    return () => unsubscribe(name, hear);
  });
  return () => {
    for (const close of open) close();
  };
}
