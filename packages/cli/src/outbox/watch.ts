import type { EndpointStats } from "@countersign/sender";
import type { Context, Outcome } from "../command-line/command.ts";
import { statsAsJson, statsLines } from "./stats.ts";

/** The counts whenever they change, until Ctrl-C. @param what the first column is called: an inbox has routes */
export async function watchStats(
  look: () => Promise<readonly EndpointStats[]>,
  { output, world }: Context,
  what?: string,
): Promise<Outcome> {
  let last = "";
  while (!world.signal.aborted) {
    const all = await look();
    const seen = JSON.stringify(all.map(({ overdue: _, ...counts }) => counts));
    if (seen !== last) {
      const at = new Date(world.now()).toISOString();
      await output.value({ at, endpoints: all.map(statsAsJson) });
      await output.lines([output.paint.dim(at), ...statsLines(all, what), ""]);
    }
    last = seen;
    if (output.unread) break;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      world.signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
    });
  }
  return { ok: true, json: undefined, lines: [] };
}
