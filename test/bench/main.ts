/**
 * `npm run bench`: each figure is a ratio of two sides that ran in this run, on the packages as they are published.
 * `npm run bench -- verify peers` runs some parts, `--quick` takes a quarter of the rounds, `--write` keeps the results
 * as a page of core's documentation.
 */
import { unpackForNode } from "../packed/pack.ts";
import { benchAsymmetric } from "./asymmetric.ts";
import { benchCold } from "./cold.ts";
import { benchCommand } from "./command.ts";
import { benchGrowth } from "./growth.ts";
import { benchHttp, benchLarge } from "./http.ts";
import { benchHttpSignatures } from "./http-signatures.ts";
import { hurry, print, type Row } from "./measure.ts";
import { benchOutbox } from "./outbox.ts";
import { benchPostgres } from "./outbox-postgres.ts";
import { benchPeers } from "./peers.ts";
import { benchRefused } from "./refused.ts";
import { benchReplay } from "./replay.ts";
import { writeReport } from "./report.ts";
import { benchSender } from "./sender.ts";
import { benchSize } from "./size.ts";
import { benchVerify } from "./verify.ts";

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  size: benchSize,
  cold: benchCold,
  command: benchCommand,
  verify: benchVerify,
  signatures: benchHttpSignatures,
  asymmetric: benchAsymmetric,
  peers: benchPeers,
  http: benchHttp,
  large: benchLarge,
  refused: benchRefused,
  replay: benchReplay,
  growth: benchGrowth,
  outbox: benchOutbox,
  postgres: benchPostgres,
  sender: () => benchSender(),
};

unpackForNode();
const options = process.argv.slice(2);
const wanted = options.filter((word) => !word.startsWith("--"));
if (options.includes("--quick")) hurry();
const done = new Map<string, readonly Row[]>();
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  const rows = await part();
  done.set(name, rows);
  if (!print(rows)) process.exitCode = 1;
}
if (options.includes("--write")) writeReport(done, new Date().toISOString().slice(0, 10));
