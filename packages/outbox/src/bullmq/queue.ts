import type { DeliveryJob } from "../engine/job.ts";

/** A new job as BullMQ takes it, with the retries that are left to Redis and its workers. */
export interface BullmqBulkJob {
  /** The event's type, which dashboards show. */
  name: string;
  /** The event as JSON, its endpoint, and where its attempts stand. */
  data: DeliveryJob;
  /** BullMQ's own: `jobId`, retries, and how long it is kept. */
  opts: object;
}

/** A `Queue` of BullMQ, by its shape. */
export interface BullmqQueue {
  /** Adds all or none; one whose `jobId` is known is not added again. */
  addBulk(jobs: BullmqBulkJob[]): Promise<unknown>;
}

/** A `Job` of BullMQ, by its shape. */
export interface BullmqJob {
  /** An event for one endpoint, as `enqueue` put it there, and from the first wait on what the next attempt needs. */
  readonly data: DeliveryJob;
  /** Keeps the attempt's record with the job. */
  log(row: string): Promise<unknown>;
  /** Keeps what the next attempt is handed. */
  updateData(data: DeliveryJob): Promise<unknown>;
  /** Back to wait, if the token still holds the lock. */
  moveToDelayed(timestamp: number, token?: string): Promise<unknown>;
}
