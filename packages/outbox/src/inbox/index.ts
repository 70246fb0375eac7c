export type { ProvenDelivery, ReceivedDelivery } from "./deliveries.ts";
export type { DurableInbox, InboxLetter, InboxLetterPage } from "./inbox.ts";
export type { RouteOptions } from "./ordering.ts";
export type { InboxWorker } from "./worker.ts";
export type { InboxHandler, TransactionHandler, WorkerOptions } from "./worker-options.ts";
