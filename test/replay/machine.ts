/**
 * One machine of a fleet: a process of its own with a real HTTP server. The test tells it what to serve and asks it
 * afterwards what it did.
 */
import type { StoreFailure } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import type { Running } from "../adapters/harness.ts";
import { CLIENTS, type ClientName, type Connected } from "./clients.ts";
import { type AdapterName, HARNESSES } from "./harnesses.ts";
import { pause } from "./until.ts";

export interface Serve {
  readonly client: ClientName;
  readonly adapter: AdapterName;
  readonly url: string;
  readonly space: string;
  readonly secret: string;
  readonly lease: string;
  /** `"count"`: works for a moment. `"hang"`: says that it holds the claim, and works until it is told to go on. */
  readonly mode: "count" | "hang";
}

export type Told =
  | { readonly serving: number }
  | { readonly holds: string }
  | { readonly handled: readonly string[]; readonly failures: readonly Omit<StoreFailure, "cause">[] }
  | { readonly closing: true }
  | { readonly closed: true };

let running: Running | undefined;
let connected: Connected | undefined;
let handled: string[] = [];
let failures: Omit<StoreFailure, "cause">[] = [];
let goOn: () => void = () => {};

function tell(message: Told): void {
  process.send?.(message);
}

async function serve({ client, adapter, url, space, secret, lease, mode }: Serve): Promise<void> {
  await running?.close();
  await connected?.close();
  handled = [];
  failures = [];
  connected = await CLIENTS[client](url, space);
  const { store } = connected;
  const harness = await HARNESSES[adapter]();
  running = await harness.start({
    provider: tailscale,
    options: {
      secret,
      replay: {
        store,
        lease,
        // Longer than a busy machine's scheduler needs: what is tested here is not the store's slowness.
        wait: "20s",
        onFailure: ({ operation, key, reason }: StoreFailure) => void failures.push({ operation, key, reason }),
      },
    },
    async handler({ delivery }) {
      const id = delivery.payload[0].message as string;
      if (mode === "hang") {
        const told = new Promise<void>((resolve) => {
          goOn = resolve;
        });
        tell({ holds: id });
        await told;
      } else await pause(2);
      handled.push(id);
      return { status: 204 };
    },
  });
  tell({ serving: running.port });
}

process.on("message", (message: Serve | "report" | "go on") => {
  if (message === "report") tell({ handled, failures });
  else if (message === "go on") goOn();
  else void serve(message);
});

// As a service should: no new connections, the handlers to their end, then the store.
process.on("SIGTERM", () => {
  running?.server.close(async () => {
    await connected?.close();
    tell({ closed: true });
    process.disconnect();
  });
  running?.server.closeIdleConnections();
  tell({ closing: true });
});
process.on("disconnect", () => process.exit(0));
