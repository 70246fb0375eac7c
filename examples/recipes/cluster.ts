/** Many processes, one store. PM2 forks as this does (`pm2 start server.js -i max`): it needs the worker's part alone. */
import cluster from "node:cluster";
import { createServer } from "node:http";
import { availableParallelism } from "node:os";
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import { redisReplayStore } from "@countersign/core/replay/redis";
import { Redis } from "ioredis";

if (cluster.isPrimary) {
  for (let i = 0; i < Math.max(2, availableParallelism()); i++) cluster.fork();
} else {
  const redis = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379", { enableOfflineQueue: false });
  redis.on("error", (error) => console.error("redis:", error.message));
  const verifier = createVerifier(stripe, {
    secret: process.env.STRIPE_WEBHOOK_SECRET!,
    replay: redisReplayStore(redis),
  });
  const server = createServer((req, res) => {
    const handler = () => console.log("handled by", process.pid);
    verifier.handleIncoming(req, res, handler).catch((error) => res.destroy(error));
  });
  redis.once("ready", () => server.listen(Number(process.env.PORT ?? 3000)));
}
