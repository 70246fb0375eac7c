import { bundleMachine } from "../fleet.ts";
import { ownPostgres, ownRedis } from "../services.ts";
import { siege } from "./campaign.ts";
const [store, n, kills, outages] = process.argv.slice(2);
const service = store === "redis" ? await ownRedis(true) : await ownPostgres();
const program = await bundleMachine("siege/worker.ts");
const t = Date.now();
try {
  const clients = store === "redis" ? (["ioredis", "node-redis"] as const) : (["pg", "Postgres.js"] as const);
  console.log(await siege({ service, clients, program: program.file, seed: Number(process.argv[6] ?? 1), deliveries: Number(n), kills: Number(kills), outages: Number(outages), lease: 3000, wait: 1000, senders: 32 }), Date.now() - t);
} finally { await service.destroy(); program.remove(); }
process.exit();
