/**
 * What `countersign inspect` has Node load before the application: it listens to the verifiers of this process and tells
 * the page of them. It imports nothing before there is something to tell.
 */
import { subscribe } from "node:diagnostics_channel";

if (process.env.COUNTERSIGN_INSPECT !== undefined && process.env.NODE_ENV !== "production") {
  let teller: Promise<(notice: unknown) => void> | undefined;
  subscribe("countersign:inspect", (notice) => {
    teller ??= import("./inspect/teller.ts").then(({ startTeller }) => startTeller(process.env, process.pid));
    teller.then((tell) => tell(notice)).catch(() => {});
  });
}
