/** One store for many instances, over HTTPS: Upstash's Redis, where no TCP connection lives (Workers, Vercel, Lambda). */
import { createVerifier } from "@countersign/core";
import { stripe } from "@countersign/core/providers";
import { type NodeRedisLike, redisReplayStore } from "@countersign/core/replay/redis";
import { Redis } from "@upstash/redis"; // On Workers "@upstash/redis/cloudflare".

const redis = new Redis({
  url: process.env.UPSTASH_REDIS_REST_URL!,
  token: process.env.UPSTASH_REDIS_REST_TOKEN!,
  retry: false, // The SDK's own retries outlast the two seconds that a claim may take.
  enableAutoPipelining: false, // Or a request that fails takes others' claims with it.
});

const client: NodeRedisLike = { eval: (script, { keys, arguments: values }) => redis.eval(script, keys, values) };
export const store = redisReplayStore(client);

const verifier = createVerifier(stripe, { secret: process.env.STRIPE_WEBHOOK_SECRET!, replay: store });

export const POST = (request: Request) =>
  verifier.handle(request, ({ payload }) => {
    console.log(payload.type);
    return new Response(null, { status: 204 });
  });
