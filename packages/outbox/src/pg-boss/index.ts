export type { DeliveryJob, EngineSender } from "../engine/job.ts";
export type {
  PgBoss,
  PgBossCall,
  PgBossClaim,
  PgBossDatabase,
  PgBossJob,
  PgBossJobData,
  PgBossRows,
  PgBossTransaction,
  PgBossUpdate,
} from "./boss.ts";
export { type PgBossDelivery, pgBossDelivery } from "./delivery.ts";
export type { PgBossEnqueueOptions, PgBossOptions } from "./options.ts";
