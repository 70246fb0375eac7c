import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Folder } from "../kept/folder.ts";
import { count } from "../terminal/text.ts";
import { type Checked, ok } from "./finding.ts";

/** The oldest Node that the packages are tested with. */
const NODE = [20, 19] as const;

export function checkNode(version: string): Checked {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) return ok("node", `Node ${version}`);
  return { name: "node", state: "wrong", says: `Node ${version}`, mend: `Node ${NODE.join(".")} or later is needed.` };
}

/** Clocks that differ by more than this are looked at: a window is five minutes mostly. */
const OFFSET = 30_000;

/** The clock here against the sender's: how long the latest proven delivery was under way. */
export function checkClock(folder: Folder): Checked {
  const records = [...folder.numbers()].reverse().map((number) => folder.record(number));
  const latest = records.find((record) => record?.code === "genuine" && record.signedAt !== undefined);
  if (latest?.signedAt === undefined) {
    return ok("clock", "not compared: listen has kept no delivery that says when it was signed");
  }
  const late = Date.parse(latest.at) - Date.parse(latest.signedAt);
  const says = `the latest delivery was signed ${Math.abs(late) / 1_000} s ${late < 0 ? "after" : "before"} it arrived (${latest.at})`;
  if (late >= -1_000 && late < OFFSET) return ok("clock", says);
  const mend =
    late < 0
      ? "This machine's clock is behind the sender's: set it by NTP."
      : "A retry, a slow way, or a clock that is ahead: set this one by NTP.";
  return { name: "clock", state: "warn", says, mend };
}

export function checkFolder(folder: Folder): Checked {
  let place = folder.path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    return ok("kept", `${count(folder.numbers().length, "delivery", "deliveries")} kept in ${folder.path}`);
  } catch (error) {
    const { code = "ERR" } = error as NodeJS.ErrnoException;
    return {
      name: "kept",
      state: "wrong",
      says: `deliveries cannot be kept in ${folder.path} (${code})`,
      mend: "countersign listen --keep DIR keeps them elsewhere.",
    };
  }
}

/** Variables that send other programs' requests through a proxy. */
const PROXIES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"];

export function checkProxies(env: Readonly<Record<string, string | undefined>>): Checked {
  const set = PROXIES.filter((name) => env[name]);
  if (set.length === 0) return ok("proxy", "no proxy in the environment");
  return {
    name: "proxy",
    state: "warn",
    says: `${set.join(", ")} ${set.length === 1 ? "is" : "are"} set`,
    mend: "countersign and its sender connect directly: what has to go through the proxy will not arrive.",
  };
}
