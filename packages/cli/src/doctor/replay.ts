import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { redisReplayStore } from "@countersign/core/replay/redis";
import { Failure } from "../terminal/failure.ts";
import { plain } from "../terminal/text.ts";
import { type Checked, ok } from "./finding.ts";

/** How long the server may take to be reached, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Whether a replay store in this Redis would work: every operation once, with a key of its own, and what the server says
 * of keys that it may drop.
 *
 * @throws Failure without the driver
 */
export async function checkReplay(url: string): Promise<Checked> {
  const { createClient } = await import("redis").catch(() => {
    throw new Failure(
      "outside",
      "no_driver",
      "Redis's driver is not installed.",
      "npm install redis, beside countersign.",
    );
  });
  const told: string[] = [];
  const hear = (message: unknown) => void told.push((message as { readonly message: string }).message);
  subscribe("countersign:store", hear);
  let client: ReturnType<typeof createClient> | undefined;
  try {
    client = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: PATIENCE, socketTimeout: PATIENCE, reconnectStrategy: false },
    });
    client.on("error", () => {});
    await client.connect();
    await redisReplayStore(client as never).ready();
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    const ready = code === "store_not_ready";
    return {
      name: "replay",
      state: "wrong",
      says: ready
        ? plain(message, 300)
        : `Redis cannot be reached (${typeof code === "string" ? plain(code) : plain(message, 200)})`,
      mend: ready ? "Every process with this store would answer 503." : "Is it the right URL, and open from here?",
    };
  } finally {
    unsubscribe("countersign:store", hear);
    if (client?.isOpen) client.destroy();
  }
  const [evicts] = told;
  if (evicts === undefined) return ok("replay", "Redis takes every operation of a replay store, and drops no key");
  return { name: "replay", state: "warn", says: plain(evicts, 300), mend: "CONFIG SET maxmemory-policy noeviction." };
}
