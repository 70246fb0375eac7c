/** The campaign "fleet", small: `npm run campaign -- fleet` kills fifteen times as often and sends 500 times as much. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClientName } from "../clients.ts";
import { bundleMachine } from "../fleet.ts";
import { hasOwnPostgres, hasOwnRedis, type OwnService, ownPostgres, ownRedis } from "../services.ts";
import { siege } from "./campaign.ts";

/** One whose faults follow each other closely, with a handler and an outage that last longer than the lease. */
const SEED = Number(process.env.COUNTERSIGN_SEED ?? 31);

let program: Awaited<ReturnType<typeof bundleMachine>>;
beforeAll(async () => {
  program = await bundleMachine("siege/worker.ts");
});
afterAll(() => program.remove());

function suite(
  name: string,
  there: boolean,
  start: () => Promise<OwnService>,
  clients: readonly [ClientName, ClientName],
): void {
  describe.runIf(there)(name, () => {
    let service: OwnService;
    beforeAll(async () => {
      service = await start();
    }, 30_000);
    afterAll(() => service.destroy());

    test("processes killed and the store taken away: nothing is lost, and each double has its cause", async () => {
      const found = await siege({
        service,
        clients,
        program: program.file,
        seed: SEED,
        deliveries: 40,
        kills: 2,
        outages: 2,
        lease: 400,
        wait: 200,
        senders: 16,
        rounds: 0,
      });
      expect(found.lost).toEqual([]);
      expect(found.violations).toEqual([]);
      expect(found.handled).toBeGreaterThanOrEqual(40);
    }, 60_000);
  });
}

suite("on a Redis of its own", hasOwnRedis(), () => ownRedis(true), ["ioredis", "node-redis"]);
suite("on a PostgreSQL of its own", hasOwnPostgres(), ownPostgres, ["pg", "Postgres.js"]);
