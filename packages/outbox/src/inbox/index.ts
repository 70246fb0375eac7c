export type { ReceivedDelivery } from "./deliveries.ts";
export type { DurableInbox, InboxLetter, InboxLetterPage } from "./inbox.ts";
export type { InboxHandler, InboxWorker, WorkerOptions } from "./worker.ts";
