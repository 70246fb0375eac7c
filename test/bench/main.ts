/** `npm run bench`: each figure is a ratio of two sides that ran in this run, on the packages as they are published. */
import { unpackForNode } from "../packed/pack.ts";
import { benchCold } from "./cold.ts";
import { benchGrowth } from "./growth.ts";
import { benchHttp, benchLarge } from "./http.ts";
import { hurry, print, type Row } from "./measure.ts";
import { benchPeers } from "./peers.ts";
import { benchRefused } from "./refused.ts";
import { benchReplay } from "./replay.ts";
import { benchSender } from "./sender.ts";
import { benchSize } from "./size.ts";
import { benchVerify } from "./verify.ts";

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  size: benchSize,
  cold: benchCold,
  verify: benchVerify,
  peers: benchPeers,
  http: benchHttp,
  large: benchLarge,
  refused: benchRefused,
  replay: benchReplay,
  growth: benchGrowth,
  sender: () => benchSender(),
};

unpackForNode();
const wanted = process.argv.slice(2).filter((word) => word !== "--quick");
if (process.argv.includes("--quick")) hurry();
let good = true;
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  good = print(await part()) && good;
}
process.exitCode = good ? 0 : 1;
