/** How long `countersign --help` keeps somebody waiting who typed it, against `node -e 0` in the same run. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PACKED } from "../packed/pack.ts";
import { quantile, type Row, rounds } from "./measure.ts";

const BIN = join(PACKED, "node_modules", "countersign", "dist", "bin.js");
const SIDES = { node: ["-e", "0"], help: [BIN, "--help"] } as const;

export async function benchCommand(): Promise<Row[]> {
  const took = { node: [] as number[], help: [] as number[] };
  for (let round = 0; round < rounds(20); round++) {
    for (const side of ["node", "help"] as const) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, SIDES[side], { encoding: "utf8" });
      if (status !== 0) throw new Error(`${side} does not start: ${stderr}`);
      took[side].push(performance.now() - start);
    }
  }
  // Somebody waits for the clock and not for the processor; a neighbour disturbs only some of the rounds.
  const [node, help] = [quantile(took.node, 0.15), quantile(took.help, 0.15)];
  return [
    {
      name: "countersign --help / (2 × node -e 0 + 50 ms)",
      value: help / (2 * node + 50),
      target: ["<=", 1],
      note: `${help.toFixed(0)} ms; node -e 0 alone ${node.toFixed(0)} ms`,
    },
  ];
}
