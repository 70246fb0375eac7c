import { fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { pause } from "../replay/until.ts";
import { bundle } from "./bundle.ts";
import { randomFrom } from "./random.ts";
import type { StoreOptions } from "./worker.ts";
import type { WriterOptions } from "./writer.ts";

/** Runs so many transactions in processes that are killed at random moments. How many kills there were. */
export async function writeRows(store: StoreOptions, transactions: number, seed: number): Promise<number> {
  const random = randomFrom(seed);
  const program = await bundle("writer");
  const share = Math.max(50, Math.ceil(transactions / 20));
  let kills = 0;
  try {
    for (let done = 0, turn = 0; done < transactions; done += share, turn += 1) {
      const options: WriterOptions = { store, name: `t${turn}`, seed: seed + turn, transactions: share };
      const child = fork(program, { env: { ...process.env, WRITER: JSON.stringify(options) } });
      const exited = once(child, "exit") as Promise<[number | null]>;
      // Every second one is killed, if it has not ended by then.
      if (turn % 2 === 0) void pause(250 + random() * 400).then(() => child.kill("SIGKILL"));
      const [code] = await exited;
      if (code === null) kills += 1;
      else if (code !== 0) throw new Error(`A writer ended with ${code}.`);
    }
  } finally {
    rmSync(program, { force: true });
  }
  return kills;
}
