export type { DeliveryJob, EngineSender } from "../engine/job.ts";
export type { PgBoss, PgBossDatabase, PgBossJob, PgBossTransaction } from "./boss.ts";
export { type PgBossDelivery, pgBossDelivery } from "./delivery.ts";
export type { PgBossOptions } from "./options.ts";
