export type { DeliveryJob, EngineSender } from "../engine/job.ts";
export { type BullmqDelivery, type BullmqEnqueueOptions, type BullmqOptions, bullmqDelivery } from "./delivery.ts";
export type { BullmqBulkJob, BullmqJob, BullmqQueue } from "./queue.ts";
