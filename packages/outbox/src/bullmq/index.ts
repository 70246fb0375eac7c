export type { DeliveryJob, EngineSender } from "../engine/job.ts";
export {
  type BullmqDelivery,
  type BullmqJob,
  type BullmqOptions,
  type BullmqQueue,
  bullmqDelivery,
} from "./delivery.ts";
