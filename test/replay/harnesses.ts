import type { Harness } from "../adapters/harness.ts";

export type AdapterName = "express" | "fastify" | "hono" | "handle";

/** Loaded when it is asked for: a process serves one of them. */
export const HARNESSES: Readonly<Record<AdapterName, () => Promise<Harness>>> = {
  express: async () => {
    const { default: express } = await import("express");
    return (await import("../adapters/express.ts")).expressHarness("express", express);
  },
  fastify: async () => (await import("../adapters/fastify.ts")).fastifyHarness,
  hono: async () => (await import("../adapters/hono.ts")).honoHarness,
  handle: async () => (await import("../adapters/plain.ts")).fetchHarness,
};
